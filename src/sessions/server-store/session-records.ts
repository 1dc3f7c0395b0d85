import {
  CorruptRecordError,
  type SessionBackend,
  type SessionIndex,
} from '../backend/session-backend.js'
import { SessionOptionError, SessionStoreError, SessionTooLargeError } from '../errors/errors.js'
import { limitReached, type Expiry, type SessionMetadata } from '../session/expiry.js'
import {
  LAYOUT_FIELD,
  metadataFields,
  noteFields,
  readRecord,
  type RecordNotes,
  type StoredSession,
} from '../session/record.js'
import { recordKey } from '../session/session-id.js'

/** What is the same for all records of a store. */
export interface RecordPolicy {
  readonly expiry: Expiry
  /** Milliseconds for which a replaced record can be read. */
  readonly regenerateGrace: number
  /** Bytes that the fields of one record may take. */
  readonly maxSize: number
}

/** Why there is no session under an id. */
export type Absence =
  | 'unknown'
  | 'corrupt'
  | 'expired-idle'
  | 'expired-absolute'
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
    const { expiry } = this.policy
    const stored = await this.#read(key)
    if (typeof stored === 'string') return stored
    const { metadata } = stored
    const now = expiry.clock()
    if (expiry.isOver(metadata, now)) return limitReached(expiry, metadata, now)
    return now < (stored.notes.replacedUntil ?? Infinity) ? stored : 'replaced'
  }

  /** Reads a record; anything that is not a session of ours counts as none. */
  async read(key: string): Promise<StoredSession | undefined> {
    const stored = await this.#read(key)
    return typeof stored === 'string' ? undefined : stored
  }

  /**
   * Creates the record of a new id.
   *
   * @throws SessionStoreError when there is one already: `newId` repeats itself.
   */
  async create(
    id: string,
    metadata: SessionMetadata,
    fields: ReadonlyMap<string, string>,
    notes: RecordNotes = {},
  ): Promise<StoredSession> {
    this.checkSize(fields)
    // Before the record: no session is ever alive that its user cannot find and revoke.
    await this.addToIndex(recordKey(id), metadata)
    const record = new Map([
      LAYOUT_FIELD,
      ...metadataFields(metadata),
      ...noteFields(notes),
      ...fields,
    ])
    if (!(await this.backend.create(recordKey(id), record, this.timeToLive(metadata)))) {
      throw new SessionStoreError(
        'the key of a new session is taken; does `newId` repeat itself?',
        { reason: 'id-taken' },
      )
    }
    return { metadata, notes, fields, version: 1 }
  }

  /**
   * Deletes a record with the one that it replaced, which can still be read, and with the one that replaced
   * it in the meantime: a request that regenerates the id does not undo a logout.
   *
   * @returns whether there was a record.
   * @throws SessionUnconfirmedError when they are deleted, and the backend cannot say that they stay so.
   */
  async destroy(key: string): Promise<boolean> {
    const since = performance.now()
    const wasThere = await this.#delete(key)
    await this.backend.confirm?.(since)
    return wasThere
  }

  async #delete(key: string): Promise<boolean> {
    const removed = await this.backend.destroy(key)
    const stored = removed && readRecord(removed)
    if (stored) {
      const { successor, predecessor } = stored.notes
      if (successor !== undefined) await this.#delete(successor)
      if (predecessor !== undefined) await this.#delete(predecessor)
      await this.removeFromIndex(key, stored.metadata)
    }
    return removed !== undefined
  }

  /** Deletes a record whose id never reached a browser, and only that. */
  async deleteUnused(key: string, { metadata }: StoredSession): Promise<void> {
    await this.backend.destroy(key)
    await this.removeFromIndex(key, metadata)
  }

  /**
   * Adds a record to the index of its user, if it has one, for as long as the session can live.
   *
   * @throws SessionOptionError when the backend cannot find the sessions of a user.
   */
  async addToIndex(key: string, metadata: SessionMetadata): Promise<void> {
    if (metadata.userId === undefined) return
    const { expiry } = this.policy
    const ttl = Math.max(1, Math.ceil(expiry.limitOf(metadata) - expiry.clock()))
    await this.index.add(recordKey(metadata.userId), key, ttl)
  }

  /** @throws SessionOptionError when the backend cannot find the sessions of a user. */
  get index(): SessionIndex {
    if (this.backend.index) return this.backend.index
    throw new SessionOptionError(
      'backend',
      'has no index, which session.bind() and UserSessions need.',
    )
  }

  /** Undoes `addToIndex`. A failure does no harm: the entry leads to no session, and expires by itself. */
  async removeFromIndex(key: string, { userId }: SessionMetadata): Promise<void> {
    if (userId === undefined) return
    await this.backend.index?.remove(recordKey(userId), key).catch(() => {})
  }

  /** How long to keep a record, in milliseconds from now: the clock of the backend does not matter. */
  timeToLive(metadata: SessionMetadata): number {
    const { expiry } = this.policy
    return Math.max(1, Math.ceil(expiry.endOf(metadata) - expiry.clock()))
  }

  async #read(key: string): Promise<StoredSession | 'unknown' | 'corrupt'> {
    try {
      const record = await this.backend.read(key)
      return record ? (readRecord(record) ?? 'corrupt') : 'unknown'
    } catch (error) {
      if (error instanceof CorruptRecordError) return 'corrupt'
      throw error
    }
  }

  /** @throws SessionTooLargeError when the fields are more than one visitor may store. */
  checkSize(fields: ReadonlyMap<string, string>): void {
    const { maxSize } = this.policy
    let size = 0
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
