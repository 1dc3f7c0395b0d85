import { isThenable } from '../../di/index.js'
import type { Cookie } from '../../http/index.js'
import type { BackendRecord, MaybePromise } from '../backend/session-backend.js'
import { SessionLostError } from '../errors/errors.js'
import type { SessionMetadata } from '../session/expiry.js'
import { readRecord, textIn, withSeenAt, type StoredSession } from '../session/record.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import { nextStep, type WriteOutcome, type WriteStep } from '../store/next-step.js'
import { emitStepEvents } from '../store/step-events.js'
import { MadeRecord, Regeneration } from './regeneration.js'
import { SessionEdit } from './session-edit.js'
import type { SessionRecords } from './session-records.js'

/** Carries out what `nextStep` decides, for one session of one request. */
export class SessionWriter {
  readonly records: SessionRecords
  #key: string
  /** The record as this request last read or wrote it. */
  #known: BackendRecord | undefined
  /** The metadata as this request loaded or wrote it; what differs from it is the request's own change. */
  #loaded: SessionMetadata | undefined
  /** The record that this request has made. */
  #made: MadeRecord | undefined

  /** @param known the record of the session, when the backend has one. */
  constructor(records: SessionRecords, key = '', known?: StoredSession) {
    this.records = records
    this.#key = key
    this.#known = known
    this.#loaded = known?.metadata
  }

  /**
   * Writes what the request changed, and nothing else.
   *
   * @returns the cookie, when the browser has to learn something.
   * @throws SessionLostError when the session is gone, and something was to be written to it.
   * @throws SessionConflictError when other requests were faster again and again, or one regenerated the id.
   */
  dump(session: Session): MaybePromise<Cookie | undefined> {
    return this.#carryOut(session, nextStep(session))
  }

  #carryOut(session: Session, step: WriteStep): MaybePromise<Cookie | undefined> {
    if (step.kind === 'nothing') return undefined
    if (step.kind !== 'patch' && step.kind !== 'regenerate') return this.#doAlone(session, step)
    const edit = new SessionEdit(session, step, this.#stored, this.#loaded, this.records.policy)
    const ended = (outcome: WriteOutcome | 'unknown'): MaybePromise<Cookie | undefined> =>
      // Made again on what others had written, its updates may have led to another step.
      edit.step.kind === step.kind
        ? this.#ended(session, edit.step, outcome)
        : this.#carryOut(session, edit.step)
    const outcome = step.kind === 'patch' ? this.#patch(edit) : this.#regenerate(edit)
    return isThenable(outcome) ? outcome.then(ended) : ended(outcome)
  }

  /** What is not merged with the writes of others. */
  async #doAlone(session: Session, step: WriteStep): Promise<Cookie | undefined> {
    const { deadline = Infinity } = stateOf(session)
    if (step.kind === 'touch') await this.#touch(step.metadata, deadline)
    else if (step.kind === 'create') await this.#create(step, deadline)
    else if (step.kind === 'destroy') await this.records.destroyId(step.id, deadline)
    return this.#ended(session, step, 'landed')
  }

  #ended(session: Session, step: WriteStep, outcome: WriteOutcome | 'unknown'): Cookie | undefined {
    const state = stateOf(session)
    if (state.emit) emitStepEvents(state, step, outcome)
    if (outcome === 'lost') throw new SessionLostError()
    return outcome === 'landed' ? this.#cookieFor(step) : undefined
  }

  /** Removes a field at once; of several requests only one gets its text. */
  async takeField(field: string, deadline = Infinity): Promise<string | undefined> {
    const { writes, policy } = this.records
    let text: string | undefined
    const record = await writes.write(this.#key, {
      known: this.#stored,
      deadline,
      isAwaited: () => true,
      overtaken: () => {},
      applyTo: (draft) => {
        // Its record may outlive it a little.
        const isOver = policy.expiry.isOver(draft.metadata)
        text = isOver ? undefined : textIn(draft, field)
        if (text === undefined) return draft
        const seenAt = Math.max(draft.metadata.seenAt, policy.expiry.clock())
        const texts = new Map(draft.texts).set(field, undefined)
        return { ...draft, metadata: { ...draft.metadata, seenAt }, texts }
      },
    })
    if (!record) return undefined
    this.#known = record
    return text
  }

  /** Parsed when it is needed: what a request has written itself it seldom writes again. */
  get #stored(): StoredSession {
    const known = this.#known
    const stored = known && ('fields' in known ? (known as StoredSession) : readRecord(known))
    if (!stored) throw new TypeError('the session is not stored yet')
    return stored
  }

  #patch(edit: SessionEdit): MaybePromise<WriteOutcome> {
    const { writes } = this.records
    const { metadata, deadline } = edit
    const write = (): MaybePromise<BackendRecord | undefined> => writes.write(this.#key, edit)
    // The index has to know a lifetime that has changed.
    const isKnown = metadata.lifetime === this.#loaded?.lifetime
    const written = isKnown ? write() : this.records.indexed(this.#key, metadata, deadline, write)
    const patched = (record: BackendRecord | undefined): WriteOutcome => this.#patched(edit, record)
    return isThenable(written) ? written.then(patched) : patched(written)
  }

  #patched(edit: SessionEdit, record: BackendRecord | undefined): WriteOutcome {
    if (!record) return 'lost'
    this.#known = record
    this.#loaded = edit.metadata
    return 'landed'
  }

  async #regenerate(edit: SessionEdit): Promise<WriteOutcome | 'unknown'> {
    const made = (this.#made ??= new MadeRecord(this.records))
    const regenerated = await new Regeneration(this.records, this.#key, made).run(edit)
    if (regenerated === 'other') return 'landed'
    if (typeof regenerated === 'string') return regenerated
    this.#key = regenerated.key
    this.#known = regenerated.record
    this.#loaded = edit.metadata
    return 'landed'
  }

  async #touch(metadata: SessionMetadata, deadline: number): Promise<void> {
    const { backend, policy, touchThrottle } = this.records
    const { expiry } = policy
    const known = this.#stored
    const isNoted = (last: number): boolean =>
      last > known.metadata.seenAt && !expiry.isTouchDue({ ...metadata, seenAt: last })
    await touchThrottle.note(this.#key, metadata.seenAt, isNoted, async () => {
      const text = withSeenAt(known, metadata)
      const ttl = expiry.timeToLive({ ...known.metadata, seenAt: metadata.seenAt })
      // Deleted, or written by another request: then there is nothing left to note.
      const isNew = await backend.touch(this.#key, known.version, text, ttl, deadline)
      if (isNew) this.#known = { text, version: known.version }
    })
  }

  async #create(step: WriteStep & { kind: 'create' }, deadline: number): Promise<void> {
    const { id, destroyedId, record } = step
    await this.records.destroyId(destroyedId, deadline)
    const key = this.records.keyOf(id)
    const made = (this.#made ??= new MadeRecord(this.records))
    this.#known = await made.create(key, { ...record, notes: {} }, deadline)
    this.#loaded = record.metadata
    this.#key = key
  }

  #cookieFor(step: WriteStep): Cookie | undefined {
    const { cookie, expiry } = this.records.policy
    if (step.kind === 'destroy') return cookie.clear()
    if (step.kind === 'touch' || step.kind === 'nothing') return undefined
    if (step.kind === 'patch' && !step.sendsCookie) return undefined
    return cookie.carry(step.id, step.record.metadata, expiry)
  }
}
