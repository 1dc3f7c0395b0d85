import type { BackendRecord, ReplaceResult } from '../backend/session-backend.js'
import { SessionUnconfirmedError } from '../errors/errors.js'
import type { SessionMetadata } from '../session/expiry.js'
import {
  readRecord,
  RecordDraft,
  type RecordContent,
  type StoredSession,
} from '../session/record.js'
import type { WriteStep } from '../store/next-step.js'
import { overtaken, replaced, type RecordEdit } from './record-writes.js'
import type { SessionRecords } from './session-records.js'

/** An edit that knows what the session wants by now: replaying its updates may change that. */
export interface StepEdit extends RecordEdit {
  readonly step: WriteStep
}

/**
 * How it ended: the record under the id that the session got. `lost`: there is no such session (any more).
 * `unknown`: nobody waits any more, and what may have landed was undone. `other`: the session wants something else by
 * now.
 */
type Regenerated =
  | { readonly key: string; readonly record: BackendRecord }
  | 'lost'
  | 'unknown'
  | 'other'

/** Gives the session under a key another id. */
export class Regeneration {
  readonly #records: SessionRecords
  readonly #key: string
  readonly #made: MadeRecord

  constructor(records: SessionRecords, key: string, made: MadeRecord) {
    this.#records = records
    this.#key = key
    this.#made = made
  }

  /** Nobody else in this process writes meanwhile; what others write makes a conflict, and is included then. */
  async run(edit: StepEdit): Promise<Regenerated> {
    let regenerated: Regenerated = 'lost'
    const { conflictTimeoutMs } = this.#records.policy
    await this.#records.writes.write(this.#key, async (newest) => {
      const giveUpAt = Math.min(performance.now() + conflictTimeoutMs, edit.deadline)
      const { version } = edit.known
      let known = newest && newest.version > version ? readRecord(newest) : edit.known
      while (known) {
        if (known.notes.replacedUntil !== undefined) {
          edit.overtaken()
          throw replaced()
        }
        const result = await this.#attempt(edit, known)
        if (typeof result === 'string' || 'key' in result) {
          regenerated = result
          return undefined
        }
        if (performance.now() >= giveUpAt || !edit.isAwaited()) throw overtaken()
        known = readRecord(result)
      }
      return undefined
    })
    return regenerated
  }

  /**
   * Creates the successor first: after an interruption one of the ids still works. When the request was already
   * answered with an error, its visitor has to find the session under the old id.
   *
   * @returns the record as it is, when another request came first.
   */
  async #attempt(edit: StepEdit, known: StoredSession): Promise<Regenerated | BackendRecord> {
    const { metadata, fields } = edit.applyTo(new RecordDraft(known))
    const { step, deadline } = edit
    if (step.kind !== 'regenerate') return 'other'
    const key = this.#records.keyOf(step.id)
    const content = { metadata, fields, notes: { predecessor: this.#key } }
    const record = await this.#made.create(key, content, deadline)
    let ended: ReplaceResult | undefined
    try {
      if (edit.isAwaited()) ended = await this.#endOldId(known, key, deadline)
    } catch (error) {
      // Without waiting: the store may be down, and the visitor has waited long enough.
      void this.#takeBack(error, key).catch(() => {})
      throw error
    }
    if (ended === 'applied' && edit.isAwaited()) {
      // The entry leads to an id that is only read, and expires by itself: nobody has to wait for its end.
      void this.#records.removeFromIndex(this.#key, known.metadata)
      return { key, record }
    }
    if (ended === 'applied') await this.#restore(key)
    await this.#made.delete(key)
    if (ended === 'missing') return 'lost'
    return ended === 'applied' || ended === undefined ? 'unknown' : ended
  }

  /**
   * Ends writing to the old record: for the grace it can be read as it is now, without what the request that
   * regenerates the id has written. Only if nobody has written to it since it was read.
   */
  async #endOldId(
    known: StoredSession,
    successor: string,
    deadline: number,
  ): Promise<ReplaceResult> {
    const { backend, policy } = this.#records
    const { regenerateGrace, expiry } = policy
    const now = expiry.clock()
    const replacedUntil = Math.min(now + regenerateGrace, expiry.endOf(known.metadata))
    const notes = { ...known.notes, replacedUntil, successor }
    const { text } = new RecordDraft(known, { notes })
    const ttl = Math.max(1, Math.ceil(replacedUntil - now))
    const since = performance.now()
    const result = await backend.replace(this.#key, known.version, text, ttl, deadline, true)
    if (result === 'applied') await backend.confirm?.(since)
    return result
  }

  /** It is not known whether the old id was replaced: it gets its rights back, and the new one is deleted. */
  async #takeBack(error: unknown, successor: string): Promise<void> {
    if (!(error instanceof SessionUnconfirmedError)) await this.#restore(successor)
    await this.#made.delete(successor)
  }

  /** Undoes `#endOldId`, when the request no longer awaits the successor. */
  async #restore(successor: string): Promise<void> {
    const stored = await this.#records.read(this.#key)
    if (stored?.notes.successor !== successor) return
    const notes = { predecessor: stored.notes.predecessor }
    const { text } = new RecordDraft(stored, { notes })
    const ttl = this.#records.policy.expiry.timeToLive(stored.metadata)
    await this.#records.backend.replace(this.#key, stored.version, text, ttl)
  }
}

/**
 * The record that one request has created, so that a later attempt can take its place. It is deleted only when it
 * was made here for certain: under an id that `newId` gave twice there is the session of another visitor.
 */
export class MadeRecord {
  readonly #records: SessionRecords
  #made: { readonly key: string; readonly metadata: SessionMetadata } | undefined
  /** The creation that is under way: a dump that was given up may still be at it. */
  #making: Promise<BackendRecord> | undefined

  constructor(records: SessionRecords) {
    this.#records = records
  }

  /** Creates a record, in place of one that an earlier attempt has created under the key, and of no other. */
  async create(key: string, content: RecordContent, deadline: number): Promise<BackendRecord> {
    await this.#making?.catch(() => undefined)
    await this.delete(key)
    this.#making = this.#records.create(key, content, deadline)
    const made = await this.#making
    this.#made = { key, metadata: content.metadata }
    return made
  }

  /** Deletes the record under a key, if it was made here and its id has not reached a browser. */
  async delete(key: string): Promise<void> {
    if (this.#made?.key !== key) return
    await this.#records.deleteUnused(key, this.#made.metadata)
    this.#made = undefined
  }
}
