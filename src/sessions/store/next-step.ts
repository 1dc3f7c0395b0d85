import { SessionReadOnlyError } from '../errors/errors.js'
import type { Expiry, SessionMetadata } from '../session/expiry.js'
import { NO_CHANGES, type FieldChanges } from '../session/field-texts.js'
import type { SessionState } from '../session/session-state.js'
import { stateOf, type AnySession } from '../session/session-view.js'

/** A session as a store keeps it: the times, and the encoded text of each field. */
export interface SessionRecord {
  readonly metadata: SessionMetadata
  readonly fields: ReadonlyMap<string, string>
}

/**
 * How a write ended. `landed`: it is stored. `lost`: there is no such session (any more). `taken`: another write came
 * first. Nothing was written in the last two.
 */
export type WriteOutcome = 'landed' | 'lost' | 'taken'

/** What a built-in store has to do at the end of a request, and whether the browser gets a cookie. */
export type WriteStep =
  /** Write nothing, send nothing. */
  | { readonly kind: 'nothing' }
  /** Note the activity. When that fails, the visitor loses nothing. */
  | { readonly kind: 'touch'; readonly id: string; readonly record: SessionRecord }
  /** Store a new session under a new id; `destroyedId` was destroyed in the same request and has to be deleted first. */
  | {
      readonly kind: 'create'
      readonly id: string
      readonly destroyedId: string | undefined
      readonly record: SessionRecord
    }
  /** Write the changed fields, only if the record is still there. */
  | {
      readonly kind: 'patch'
      readonly id: string
      readonly changes: FieldChanges
      readonly record: SessionRecord
      /** The lifetime of the session changed, so the cookie has to say so. */
      readonly sendsCookie: boolean
    }
  /** Store the session under a new id; the previous id must not be writable from then on. */
  | {
      readonly kind: 'regenerate'
      readonly id: string
      readonly previousId: string
      readonly changes: FieldChanges
      readonly record: SessionRecord
    }
  /** Delete the record, if there is one, and clear the cookie. */
  | { readonly kind: 'destroy'; readonly id: string | undefined }

/**
 * Decides whether and what to write of a session, the same for every built-in store, and marks it: what is written to
 * the session from now on belongs to the next dump.
 *
 * @throws TypeError when the session was opened by another store.
 * @throws SessionUsageError when a value was changed into one that cannot be stored.
 */
export function nextStep(session: AnySession): WriteStep {
  const state = stateOf(session)
  const { expiry, metadata } = state
  if (state.persistedAs || !expiry || !metadata)
    throw new TypeError('the session was opened by another store')
  const now = expiry.clock()
  state.lostAs = undefined
  if (isAtRest(state, metadata, expiry, now)) return NOTHING
  const { changes, texts } = state.fields.mark()
  if (state.isReadOnly) {
    // Not by a method, which would have thrown, but inside a value.
    if (!changes.isEmpty) throw new SessionReadOnlyError('change a value of the session')
    return NOTHING
  }
  const times = state.isNew ? state.metadataNow : { ...metadata, seenAt: now }
  const record = { metadata: times, fields: texts }
  const step = expiry.isOver(metadata, now)
    ? stepOfExpired(state, record, expiry.isOver(times, now))
    : stepOf(state, changes, record)
  state.mark(step.kind === 'nothing' ? metadata : record.metadata)
  return step
}

const NOTHING: WriteStep = { kind: 'nothing' }

/** Whether a request has only read, as most do: then nothing is marked, and no record is made. */
function isAtRest(
  state: SessionState,
  metadata: SessionMetadata,
  expiry: Expiry,
  now: number,
): boolean {
  const { fields, isNew, isTouched } = state
  if (!fields.isUntouched || isTouched || state.statusWith(NO_CHANGES) !== 'clean') return false
  return isNew || !(expiry.isOver(metadata, now) || expiry.isTouchDue(metadata, now))
}

/** What a custom store has done in a dump that succeeded: it has kept all that the session asked for. */
export function stepOfCustomStore(state: SessionState): WriteStep {
  const { fields, metadataNow: metadata } = state
  return stepOf(state, fields.changes(), { metadata, fields: fields.texts() })
}

function stepOf(state: SessionState, changes: FieldChanges, record: SessionRecord): WriteStep {
  const { previousId, isLifetimeChanged: sendsCookie } = state
  switch (state.statusWith(changes)) {
    case 'new':
      return { kind: 'create', id: state.id, destroyedId: previousId, record }
    case 'destroyed':
      return { kind: 'destroy', id: previousId }
    case 'regenerated':
      return { kind: 'regenerate', id: state.id, previousId: previousId as string, changes, record }
    case 'changed':
      return { kind: 'patch', id: state.id, changes, record, sendsCookie }
    case 'clean': {
      const { isTouched, isNew, metadata, expiry, persistedAs } = state
      // A custom store notes it by itself.
      const isDue =
        persistedAs === undefined &&
        metadata &&
        expiry?.isTouchDue(metadata, record.metadata.seenAt)
      if (isNew || !(isTouched || isDue)) return NOTHING
      return { kind: 'touch', id: state.id, record }
    }
  }
}

/**
 * The session expired while the handler ran, and writing would revive it. Only a new one may still begin, unless the
 * authentication that it is to hold is too old.
 */
function stepOfExpired(state: SessionState, record: SessionRecord, isTooOld: boolean): WriteStep {
  const { previousId, status } = state
  // The visit tells the handler.
  if (status !== 'clean' && (!state.isNew || isTooOld)) state.lostAs = 'expired'
  if (!state.isNew) return { kind: 'destroy', id: previousId ?? state.id }
  if (status === 'new' && !isTooOld) {
    return { kind: 'create', id: state.id, destroyedId: previousId, record }
  }
  if (previousId === undefined && status !== 'destroyed') return NOTHING
  return { kind: 'destroy', id: previousId }
}

/** Emits how a step ended, where somebody listens. */
export function emitStepEvents(
  state: SessionState,
  step: WriteStep,
  outcome: WriteOutcome | 'unknown',
): void {
  const { emit, isAuthenticated } = state
  // Noting activity is no event: when it fails, nothing is lost.
  if (!emit || step.kind === 'nothing' || step.kind === 'touch') return
  // What is lost fails the request, whose visit says so.
  if (outcome === 'taken') emit({ type: 'conflicted', reason: 'retried', id: state.storedId })
  const { id } = step
  if (outcome !== 'landed' || id === undefined) return
  switch (step.kind) {
    case 'create': {
      const { destroyedId } = step
      if (destroyedId !== undefined) emit({ type: 'destroyed', reason: 'asked', id: destroyedId })
      return emit({ type: 'created', reason: isAuthenticated ? 'authenticated' : 'written', id })
    }
    case 'patch':
      return emit({ type: 'changed', reason: step.sendsCookie ? 'remembered' : 'written', id })
    case 'regenerate': {
      const reason = isAuthenticated ? 'authenticated' : 'asked'
      return emit({ type: 'regenerated', reason, id, previousId: step.previousId })
    }
    case 'destroy':
      // The handler did not destroy it: it expired while the handler ran.
      return emit({ type: 'destroyed', reason: state.isNew ? 'asked' : 'expired', id })
  }
}
