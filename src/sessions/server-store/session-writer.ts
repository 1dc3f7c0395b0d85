import type { Cookie } from '../../http/index.js'
import type { BackendRecord, ReplaceResult } from '../backend/session-backend.js'
import { SessionLostError, SessionUnconfirmedError } from '../errors/errors.js'
import type { SessionMetadata } from '../session/expiry.js'
import {
  draftOf,
  draftText,
  fieldsIn,
  readRecord,
  withSeenAt,
  type StoredSession,
} from '../session/record.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import { nextStep, type WriteOutcome, type WriteStep } from '../store/next-step.js'
import { emitStepEvents } from '../store/step-events.js'
import { MadeRecord } from './made-record.js'
import { overtaken, replaced, timeToLive } from './record-writes.js'
import { SessionEdit, TakeEdit } from './session-edit.js'
import type { SessionRecords } from './session-records.js'

/** `unknown`: nobody waits any more, and what may have landed was undone. */
type Outcome = WriteOutcome | 'unknown'

/** Carries out what `nextStep` decides, for one session of one request. */
export class SessionWriter {
  readonly records: SessionRecords
  #key: string
  /** The record as this request last read or wrote it. */
  #known: BackendRecord | undefined
  /** The metadata as this request loaded or wrote it; what differs from it is the request's own change. */
  #loaded: SessionMetadata | undefined
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
  dump(session: Session): undefined | Promise<Cookie | undefined> {
    const step = nextStep(session)
    return step.kind === 'nothing' ? undefined : this.#dump(session, step)
  }

  async #dump(session: Session, step: WriteStep): Promise<Cookie | undefined> {
    const state = stateOf(session)
    const { deadline = Infinity } = state
    let outcome: Outcome = 'landed'
    let done = step
    if (step.kind === 'touch') await this.#touch(step.metadata, deadline)
    else if (step.kind === 'create') await this.#create(step, deadline)
    else if (step.kind === 'destroy') await this.#destroy(step.id, deadline)
    else if (step.kind !== 'nothing') {
      const edit = new SessionEdit(session, step, this.#stored, this.#loaded, this.records.policy)
      outcome = await (step.kind === 'patch' ? this.#patch(edit) : this.#regenerate(edit))
      // Made again on what others had written, its updates may have led to another step.
      if (edit.step.kind !== step.kind) return this.#dump(session, edit.step)
      done = edit.step
    }
    if (state.emit) emitStepEvents(state, done, outcome)
    if (outcome === 'lost') throw new SessionLostError()
    return outcome === 'landed' ? this.#cookieFor(done) : undefined
  }

  /** Removes a field at once; of several requests only one gets its text. */
  async takeField(field: string, deadline = Infinity): Promise<string | undefined> {
    const edit = new TakeEdit(this.#stored, field, deadline, this.records.policy.expiry)
    const record = await this.records.writes.write(this.#key, edit)
    if (!record) return undefined
    this.#known = record
    return edit.text
  }

  /** Parsed when it is needed: what a request has written itself it seldom writes again. */
  get #stored(): StoredSession {
    const known = this.#known
    const stored = known && ('fields' in known ? (known as StoredSession) : readRecord(known))
    if (!stored) throw new TypeError('the session is not stored yet')
    return stored
  }

  async #patch(edit: SessionEdit): Promise<Outcome> {
    const { writes } = this.records
    const { metadata, deadline } = edit
    const record =
      metadata.lifetime === this.#loaded?.lifetime
        ? await writes.write(this.#key, edit)
        : // The index has to know it for longer.
          await this.records.indexed(this.#key, metadata, deadline, () =>
            writes.write(this.#key, edit),
          )
    if (!record) return 'lost'
    this.#wrote(record, edit.metadata)
    return 'landed'
  }

  #wrote(record: BackendRecord, metadata: SessionMetadata): void {
    this.#known = record
    this.#loaded = metadata
  }

  async #touch(metadata: SessionMetadata, deadline: number): Promise<void> {
    const { backend, policy, touchThrottle } = this.records
    const { expiry } = policy
    const known = this.#stored
    const isNoted = (last: number): boolean =>
      last > known.metadata.seenAt && !expiry.isTouchDue({ ...metadata, seenAt: last })
    await touchThrottle.note(this.#key, metadata.seenAt, isNoted, async () => {
      const text = withSeenAt(known, metadata)
      const ttl = timeToLive(expiry, { ...known.metadata, seenAt: metadata.seenAt })
      // Deleted, or written by another request: then there is nothing left to note.
      const isNew = await backend.touch(this.#key, known.version, text, ttl, deadline)
      if (isNew) this.#known = { text, version: known.version }
    })
  }

  async #create(step: WriteStep & { kind: 'create' }, deadline: number): Promise<void> {
    const { id, destroyedId, record } = step
    if (destroyedId !== undefined) await this.#destroy(destroyedId, deadline)
    const key = this.records.keyOf(id)
    this.#wrote(await this.#own.create(key, { ...record, notes: {} }, deadline), record.metadata)
    this.#key = key
  }

  /** The record that this request has made. */
  get #own(): MadeRecord {
    return (this.#made ??= new MadeRecord(this.records))
  }

  async #destroy(id: string | undefined, deadline: number): Promise<void> {
    if (id !== undefined) await this.records.destroy(this.records.keyOf(id), deadline)
  }

  /** Nobody else in this process writes meanwhile; what others write makes a conflict, and is included then. */
  async #regenerate(edit: SessionEdit): Promise<Outcome> {
    let outcome: Outcome = 'lost'
    const { conflictTimeoutMs } = this.records.policy
    await this.records.writes.write(this.#key, async (newest) => {
      const giveUpAt = Math.min(performance.now() + conflictTimeoutMs, edit.deadline)
      const { version } = edit.known
      let known = newest && newest.version > version ? readRecord(newest) : edit.known
      while (known) {
        if (known.notes.replacedUntil !== undefined) {
          edit.overtaken()
          throw replaced()
        }
        const result = await this.#renew(edit, known)
        if (typeof result === 'string') {
          outcome = result
          return undefined
        }
        if (performance.now() >= giveUpAt || !edit.isAwaited()) throw overtaken()
        known = readRecord(result)
      }
      return undefined
    })
    return outcome
  }

  /**
   * Creates the successor first: after an interruption one of the ids still works. When the request was already
   * answered with an error, its visitor has to find the session under the old id.
   */
  async #renew(edit: SessionEdit, known: StoredSession): Promise<Outcome | BackendRecord> {
    const draft = edit.applyTo(draftOf(known))
    const { step, deadline } = edit
    if (step.kind !== 'regenerate') return 'landed'
    const { metadata } = draft
    const successor = this.records.keyOf(step.id)
    const content = { metadata, fields: fieldsIn(draft), notes: { predecessor: this.#key } }
    const made = await this.#own.create(successor, content, deadline)
    let ended: ReplaceResult | undefined
    try {
      if (edit.isAwaited()) ended = await this.#endOldId(known, successor, deadline)
    } catch (error) {
      // Without waiting: the store may be down, and the visitor has waited long enough.
      void this.#takeBack(error, this.#key, successor).catch(() => {})
      throw error
    }
    if (ended === 'applied' && edit.isAwaited()) {
      // The entry leads to an id that is only read, and expires by itself: nobody has to wait for its end.
      void this.records.removeFromIndex(this.#key, known.metadata)
      this.#wrote(made, edit.metadata)
      this.#key = successor
      return 'landed'
    }
    if (ended === 'applied') await this.#restore(this.#key, successor)
    await this.#own.delete(successor)
    if (ended === 'missing') return 'lost'
    return ended === 'applied' || ended === undefined ? 'unknown' : ended
  }

  /**
   * Ends writing to a record: for the grace it can be read as it is now, without what the request that
   * regenerates the id has written. Only if nobody has written to it since it was read.
   */
  async #endOldId(
    known: StoredSession,
    successor: string,
    deadline: number,
  ): Promise<ReplaceResult> {
    const { backend, policy } = this.records
    const { regenerateGrace, expiry } = policy
    const now = expiry.clock()
    const replacedUntil = Math.min(now + regenerateGrace, expiry.endOf(known.metadata))
    const notes = { ...known.notes, replacedUntil, successor }
    const text = draftText({ ...draftOf(known), notes })
    const ttl = Math.max(1, Math.ceil(replacedUntil - now))
    const since = performance.now()
    const result = await backend.replace(this.#key, known.version, text, ttl, deadline, true)
    if (result === 'applied') await backend.confirm?.(since)
    return result
  }

  /** It is not known whether the old id was replaced: it gets its rights back, and the new one is deleted. */
  async #takeBack(error: unknown, key: string, successor: string): Promise<void> {
    if (!(error instanceof SessionUnconfirmedError)) await this.#restore(key, successor)
    await this.#own.delete(successor)
  }

  /** Undoes `#endOldId`, when the request no longer awaits the successor. */
  async #restore(key: string, successor: string): Promise<void> {
    const stored = await this.records.read(key)
    if (stored?.notes.successor !== successor) return
    const notes = { predecessor: stored.notes.predecessor }
    const text = draftText({ ...draftOf(stored), notes })
    const ttl = timeToLive(this.records.policy.expiry, stored.metadata)
    await this.records.backend.replace(key, stored.version, text, ttl)
  }

  #cookieFor(step: WriteStep): Cookie | undefined {
    const { cookie, expiry } = this.records.policy
    if (step.kind === 'destroy') return cookie.clear()
    if (step.kind === 'touch' || step.kind === 'nothing') return undefined
    if (step.kind === 'patch' && !step.sendsCookie) return undefined
    return cookie.carry(step.id, step.record.metadata, expiry)
  }
}
