import { isThenable } from '../../di/index.js'
import type { Cookie } from '../../http/index.js'
import type { BackendRecord, MaybePromise } from '../backend/session-backend.js'
import { SessionLostError } from '../errors/errors.js'
import { changedMetadata, type SessionMetadata } from '../session/expiry.js'
import {
  checkSize,
  readRecord,
  RecordDraft,
  withSeenAt,
  type StoredSession,
} from '../session/record.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import { emitStepEvents, nextStep, type WriteOutcome, type WriteStep } from '../store/next-step.js'
import { MadeRecord, Regeneration, type StepEdit } from './regeneration.js'
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
  dump(session: Session, step = nextStep(session)): MaybePromise<Cookie | undefined> {
    if (step.kind === 'nothing') return undefined
    if (step.kind !== 'patch' && step.kind !== 'regenerate') return this.#doAlone(session, step)
    const { writes, policy } = this.records
    const edit = new SessionEdit(session, step, this.#stored, this.#loaded, policy.maxSize)
    if (step.kind === 'regenerate') return this.#regenerate(session, edit)
    const { metadata } = step.record
    const key = this.#key
    const isLifetimeKnown = metadata.lifetime === this.#loaded?.lifetime
    // The index has to know a lifetime that has changed.
    const written = isLifetimeKnown
      ? writes.write(key, edit)
      : this.records.indexed(key, metadata, edit.deadline, () => writes.write(key, edit))
    return isThenable(written)
      ? written.then((record) => this.#patched(session, edit, record))
      : this.#patched(session, edit, written)
  }

  #patched(
    session: Session,
    { step }: SessionEdit,
    record: BackendRecord | undefined,
  ): MaybePromise<Cookie | undefined> {
    if (record) this.#known = record
    // Made again on what others had written, its updates may have led to another step.
    if (step.kind !== 'patch') return this.dump(session, step)
    if (record) this.#loaded = step.record.metadata
    return this.#ended(session, step, record ? 'landed' : 'lost')
  }

  /** What is not merged with the writes of others. */
  async #doAlone(session: Session, step: WriteStep): Promise<Cookie | undefined> {
    const { deadline = Infinity } = stateOf(session)
    if (step.kind === 'touch') await this.#touch(step.record.metadata, deadline)
    else if (step.kind === 'create') await this.#create(step, deadline)
    else if (step.kind === 'destroy') await this.records.destroyId(step.id, deadline)
    return this.#ended(session, step, 'landed')
  }

  #ended(session: Session, step: WriteStep, outcome: WriteOutcome | 'unknown'): Cookie | undefined {
    const state = stateOf(session)
    if (state.emit) emitStepEvents(state, step, outcome)
    if (outcome === 'lost') throw new SessionLostError()
    if (outcome !== 'landed') return undefined
    const { cookie, expiry } = this.records.policy
    if (step.kind === 'destroy') return cookie.clear()
    if (step.kind === 'touch' || step.kind === 'nothing') return undefined
    if (step.kind === 'patch' && !step.sendsCookie) return undefined
    return cookie.carry(step.id, step.record.metadata, expiry)
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
        text = isOver ? undefined : draft.textOf(field)
        if (text === undefined) return draft
        const seenAt = Math.max(draft.metadata.seenAt, policy.expiry.clock())
        const texts = new Map(draft.texts).set(field, undefined)
        const { known, notes, isCleared } = draft
        const metadata = { ...draft.metadata, seenAt }
        return new RecordDraft(known, { notes, metadata, isCleared, texts })
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

  async #regenerate(session: Session, edit: SessionEdit): Promise<Cookie | undefined> {
    const made = (this.#made ??= new MadeRecord(this.records))
    const regenerated = await new Regeneration(this.records, this.#key, made).run(edit)
    const { step } = edit
    if (step.kind !== 'regenerate' || regenerated === 'other') return this.dump(session, step)
    if (typeof regenerated === 'string') return this.#ended(session, step, regenerated)
    this.#key = regenerated.key
    this.#known = regenerated.record
    this.#loaded = step.record.metadata
    return this.#ended(session, step, 'landed')
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
}

/** What a session has changed: put into the record as it is by then. */
class SessionEdit implements StepEdit {
  readonly known: StoredSession
  readonly deadline: number
  /** What the session wants by now: replaying its updates may change that. */
  step: WriteStep
  readonly #session: Session
  /** The metadata as this request loaded it; what differs from it is the request's own change. */
  readonly #loaded: SessionMetadata
  readonly #maxSize: number
  readonly #abandonedDumps: number

  constructor(
    session: Session,
    step: WriteStep,
    known: StoredSession,
    loaded: SessionMetadata = known.metadata,
    maxSize: number,
  ) {
    const { deadline = Infinity, abandonedDumps } = stateOf(session)
    this.known = known
    this.deadline = deadline
    this.step = step
    this.#session = session
    this.#loaded = loaded
    this.#maxSize = maxSize
    this.#abandonedDumps = abandonedDumps
  }

  isAwaited(): boolean {
    return stateOf(this.#session).abandonedDumps === this.#abandonedDumps
  }

  applyTo(draft: RecordDraft): RecordDraft {
    const isMoved =
      draft.known.version !== this.known.version || draft.metadata !== draft.known.metadata
    if (isMoved && this.#isStale(draft)) this.#replayOn(draft)
    const { step } = this
    if (step.kind !== 'patch' && step.kind !== 'regenerate') return draft
    const { changes, record } = step
    const seenAt = Math.max(draft.metadata.seenAt, record.metadata.seenAt)
    // Mostly nobody else has changed them.
    const metadata: SessionMetadata =
      draft.metadata === this.#loaded
        ? { ...record.metadata, seenAt }
        : { ...draft.metadata, ...changedMetadata(this.#loaded, record.metadata), seenAt }
    const isAlone = changes.isCleared || draft.texts.size === 0
    const texts = isAlone ? changes.texts : new Map([...draft.texts, ...changes.texts])
    const { known, notes } = draft
    const isCleared = changes.isCleared || draft.isCleared
    const merged = new RecordDraft(known, { notes, metadata, isCleared, texts })
    let length = known.text.length
    for (const [name, text] of texts) length += name.length + (text?.length ?? 0)
    // A character takes three bytes at most, so that most records need not be counted.
    if (length * 3 > this.#maxSize) checkSize(merged, this.#maxSize)
    return merged
  }

  overtaken(): void {
    emitStepEvents(stateOf(this.#session), this.step, 'taken')
  }

  /** Whether the change depends on what others have changed, so that it is not merged as it is. */
  #isStale(draft: RecordDraft): boolean {
    const { step } = this
    if (step.kind !== 'patch') return true
    const { isCleared, updated } = step.changes
    if (isCleared || draft.metadata.lifetime !== this.known.metadata.lifetime) return true
    for (const [field, expected] of updated) if (draft.textOf(field) !== expected) return true
    return false
  }

  /** Runs the request's `update`s again, on what is stored by now. */
  #replayOn(draft: RecordDraft): void {
    this.overtaken()
    const { fields } = stateOf(this.#session)
    const updated = [...fields.changes().updated.keys()]
    fields.replay(new Map(updated.map((field) => [field, draft.textOf(field)])))
    this.step = nextStep(this.#session)
  }
}
