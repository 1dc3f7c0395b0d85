import {
  CorruptRecordError,
  type BackendRecord,
  type SessionBackend,
  type SessionIndex,
  type WriteOutcome,
} from '../backend/session-backend.js'
import { SessionOptionError, SessionStoreError, SessionTooLargeError } from '../errors/errors.js'
import {
  CLOCK_SKEW,
  type Expiry,
  type ExpiryRefusal,
  type SessionMetadata,
} from '../session/expiry.js'
import {
  LAYOUT_FIELD,
  metadataFields,
  noteFields,
  readRecord,
  type StoredSession,
} from '../session/record.js'
import { recordKey } from '../session/session-id.js'
import type { SessionRecord } from '../store/next-step.js'

/** What is the same for all records of a store. */
export interface RecordPolicy {
  readonly expiry: Expiry
  /** Milliseconds for which a replaced record can be read. */
  readonly regenerateGrace: number
  /** Bytes that the fields of one record may take. */
  readonly maxSize: number
}

/** What the record of a new id is made of. */
export type NewRecord = Pick<StoredSession, 'metadata' | 'fields'> & Partial<StoredSession>

/** Why there is no session under an id. */
export type Absence =
  | 'unknown'
  | 'corrupt'
  | 'too-large'
  | ExpiryRefusal
  /** The grace of its id has passed. */
  | 'replaced'

/** The records of a store in one backend: found by id, created, and deleted with what belongs to them. */
export class SessionRecords {
  readonly backend: SessionBackend
  readonly policy: RecordPolicy

  constructor(backend: SessionBackend, policy: RecordPolicy) {
    this.backend = backend
    this.policy = policy
  }

  /** Finds the session of a key, or why there is none. */
  async find(key: string): Promise<StoredSession | Absence> {
    const { expiry, regenerateGrace } = this.policy
    const stored = await this.#read(key)
    if (typeof stored === 'string') return stored
    const { metadata } = stored
    const now = expiry.clock()
    const refusal = expiry.refusal(metadata, now)
    if (refusal) return refusal
    const { replacedUntil } = stored.notes
    if (replacedUntil === undefined) return stored
    // A clock that was set back must not lengthen the grace.
    const isInGrace = now < replacedUntil && replacedUntil <= now + regenerateGrace + CLOCK_SKEW
    return isInGrace ? stored : 'replaced'
  }

  /** Reads a record; anything that is not a session of ours counts as none. */
  async read(key: string): Promise<StoredSession | undefined> {
    const stored = await this.#read(key)
    return typeof stored === 'string' ? undefined : stored
  }

  /**
   * Creates the record of a new id.
   *
   * @param deadline nothing is written afterwards.
   * @throws SessionStoreError when there is one already: `newId` repeats itself.
   */
  async create(
    id: string,
    { metadata, notes = {}, fields }: NewRecord,
    deadline?: number,
  ): Promise<StoredSession> {
    this.checkSize({ metadata, fields })
    const key = recordKey(id)
    const record = new Map([
      LAYOUT_FIELD,
      ...metadataFields(metadata),
      ...noteFields(notes),
      ...fields,
    ])
    const ttl = this.timeToLive(metadata)
    const outcome = await this.indexed(key, metadata, deadline, async () => {
      return (await this.backend.create(key, record, ttl, deadline)) ? 'landed' : 'taken'
    })
    if (outcome === 'landed') return { metadata, notes, fields, version: 1 }
    throw new SessionStoreError('the key of a new session is taken; does `newId` repeat itself?', {
      reason: 'id-taken',
    })
  }

  /**
   * Writes a record that its user has to find, for as long as the session can live. The index comes first: no
   * session is ever alive that its user cannot find and revoke. When the write does not land, the entry goes.
   *
   * @throws SessionOptionError when the backend cannot find the sessions of a user.
   */
  async indexed(
    key: string,
    metadata: SessionMetadata,
    deadline: number | undefined,
    write: () => Promise<WriteOutcome>,
  ): Promise<WriteOutcome> {
    const { userId } = metadata
    if (userId === undefined) return write()
    const { index } = this
    const { expiry } = this.policy
    const ttl = Math.max(1, Math.ceil(expiry.limitOf(metadata) - expiry.clock()))
    try {
      await index.add(recordKey(userId), key, ttl, deadline)
      const outcome = await write()
      if (outcome !== 'landed') await this.#unlist(key, metadata)
      return outcome
    } catch (error) {
      // Without waiting: the store may be down, and the visitor has waited long enough.
      void this.#unlist(key, metadata)
      throw error
    }
  }

  /** Removes an index entry, unless it leads to a session of its user: then the entry is that session's. */
  async #unlist(key: string, metadata: SessionMetadata): Promise<void> {
    try {
      const stored = await this.read(key)
      if (stored?.metadata.userId === metadata.userId) return
      await this.removeFromIndex(key, metadata)
    } catch {
      // It does no harm: `list` and `revoke` look at the record, and the entry expires by itself.
    }
  }

  /**
   * Deletes a record with the one that it replaced, which can still be read, and with the one that replaced
   * it in the meantime: a request that regenerates the id does not undo a logout.
   *
   * @param deadline nothing is deleted afterwards.
   * @returns whether there was a record.
   * @throws SessionUnconfirmedError when they are deleted, and the backend cannot say that they stay so.
   */
  async destroy(key: string, deadline?: number): Promise<boolean> {
    const since = performance.now()
    const wasThere = await this.#delete(key, deadline)
    await this.backend.confirm?.(since)
    return wasThere
  }

  async #delete(key: string, deadline: number | undefined): Promise<boolean> {
    const removed = await this.backend.destroy(key, deadline)
    const stored = removed && readRecord(removed)
    if (stored) {
      const { successor, predecessor } = stored.notes
      if (successor !== undefined) await this.#delete(successor, deadline)
      if (predecessor !== undefined) await this.#delete(predecessor, deadline)
      await this.removeFromIndex(key, stored.metadata)
    }
    return removed !== undefined
  }

  /** Deletes a record whose id never reached a browser, and only that. */
  async deleteUnused(key: string, { metadata }: StoredSession): Promise<void> {
    await this.backend.destroy(key)
    await this.removeFromIndex(key, metadata)
  }

  /** @throws SessionOptionError when the backend cannot find the sessions of a user. */
  get index(): SessionIndex {
    if (this.backend.index) return this.backend.index
    throw new SessionOptionError(
      'backend',
      'has no index, which session.bind() and UserSessions need.',
    )
  }

  /** Takes a record out of the index. A failure does no harm: the entry leads to no session, and expires by itself. */
  async removeFromIndex(key: string, { userId }: SessionMetadata): Promise<void> {
    if (userId === undefined) return
    await this.backend.index?.remove(recordKey(userId), key).catch(() => {})
  }

  /** How long to keep a record, in milliseconds from now: the clock of the backend does not matter. */
  timeToLive(metadata: SessionMetadata): number {
    const { expiry } = this.policy
    return Math.max(1, Math.ceil(expiry.endOf(metadata) - expiry.clock()))
  }

  async #read(key: string): Promise<StoredSession | 'unknown' | 'corrupt' | 'too-large'> {
    try {
      const record = await this.backend.read(key)
      if (!record) return 'unknown'
      if (isLarger(record, this.policy.maxSize + NOTES_SIZE)) return 'too-large'
      return readRecord(record) ?? 'corrupt'
    } catch (error) {
      if (error instanceof CorruptRecordError) return 'corrupt'
      throw error
    }
  }

  /** @throws SessionTooLargeError when it is more than one visitor may store. */
  checkSize({ metadata, fields }: SessionRecord): void {
    const { maxSize } = this.policy
    // The application takes these from visitors, as it does the data.
    const { userId = '', label = '' } = metadata
    let size = Buffer.byteLength(userId) + Buffer.byteLength(label)
    for (const [field, text] of fields) size += Buffer.byteLength(field) + Buffer.byteLength(text)
    if (size > maxSize) {
      throw new SessionTooLargeError(
        size,
        maxSize,
        'Keep less in it, or raise `maxSize` of the store.',
      )
    }
  }
}

/** More than times, notes, user and label ever take, in bytes. */
const NOTES_SIZE = 2 ** 14

/** Before anything is parsed. Characters, which are no more than bytes: what was written is never refused. */
function isLarger({ fields }: BackendRecord, limit: number): boolean {
  let size = 0
  for (const [field, text] of fields) size += field.length + text.length
  return size > limit
}
