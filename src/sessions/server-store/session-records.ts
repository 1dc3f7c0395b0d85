import { isThenable } from '../../di/index.js'
import type { KeyOf } from '../session/session-id.js'
import {
  CorruptRecordError,
  type BackendRecord,
  type MaybePromise,
  type SessionBackend,
  type SessionIndex,
} from '../backend/session-backend.js'
import { SessionOptionError, SessionStoreError } from '../errors/errors.js'
import type { RefusalReason } from '../events/events.js'
import { CLOCK_SKEW, type Expiry, type SessionMetadata } from '../session/expiry.js'
import {
  checkSize,
  readRecord,
  writeRecord,
  type RecordContent,
  type StoredSession,
} from '../session/record.js'
import type { SessionCookie } from '../store/session-cookie.js'
import { RecordWrites } from './record-writes.js'
import { TouchThrottle } from './touch-throttle.js'

/** What is the same for all records of a store. */
export interface RecordPolicy {
  readonly expiry: Expiry
  readonly cookie: SessionCookie
  /** Makes the key of an id, or of the sessions of a user. */
  readonly keyOf: KeyOf
  /** Milliseconds for which a replaced record can be read. */
  readonly regenerateGrace: number
  /** Milliseconds after which a request that other requests keep overtaking gives up. */
  readonly conflictTimeoutMs: number
  /** Bytes that the fields of one record may take. */
  readonly maxSize: number
}

/** The records of a store in one backend: found by id, created, and deleted with what belongs to them. */
export class SessionRecords {
  readonly backend: SessionBackend
  readonly policy: RecordPolicy
  readonly keyOf: KeyOf
  readonly writes: RecordWrites
  readonly touchThrottle = new TouchThrottle()
  /** Large records that a backend gives again as the same object are read once. */
  readonly #large = new WeakMap<BackendRecord, StoredSession>()

  constructor(backend: SessionBackend, policy: RecordPolicy) {
    this.backend = backend
    this.policy = policy
    this.keyOf = policy.keyOf
    this.writes = new RecordWrites(backend, policy.expiry, policy.conflictTimeoutMs)
  }

  /**
   * Finds the session of a key, or why there is none.
   *
   * @param isOpened whether the session must not be over.
   */
  find(key: string, isOpened = true): MaybePromise<StoredSession | RefusalReason> {
    try {
      const reading = this.backend.read(key)
      if (!isThenable(reading)) return this.#judge(reading, isOpened)
      return reading.then((record) => this.#judge(record, isOpened), corruptOrRethrown)
    } catch (error) {
      return corruptOrRethrown(error)
    }
  }

  #judge(record: BackendRecord | undefined, isOpened: boolean): StoredSession | RefusalReason {
    if (!record) return 'unknown'
    const stored = record.text.length < LARGE ? readRecord(record) : this.#readLarge(record)
    if (stored === undefined) return 'corrupt'
    if (typeof stored === 'string' || !isOpened) return stored
    const refusal = this.policy.expiry.refusal(stored.metadata)
    if (refusal) return refusal
    const { replacedUntil } = stored.notes
    return replacedUntil === undefined || this.#isInGrace(replacedUntil) ? stored : 'replaced'
  }

  /** Reads a record, also one that is over; anything that is not a session of ours counts as none. */
  async read(key: string): Promise<StoredSession | undefined> {
    const stored = await this.find(key, false)
    return typeof stored === 'string' ? undefined : stored
  }

  /** In characters, which are no more than bytes: what was written is never too large. */
  #readLarge(record: BackendRecord): StoredSession | 'too-large' | undefined {
    const limit = this.policy.maxSize + NOTES_SIZE
    if (record.text.length > limit * MOST_PACKING) return 'too-large'
    const stored = this.#large.get(record) ?? readRecord(record)
    if (!stored) return undefined
    if (record.text.length > limit) {
      let size = 0
      for (const [name, text] of stored.fields) size += name.length + text.length
      if (size > limit) return 'too-large'
    }
    this.#large.set(record, stored)
    return stored
  }

  /** A clock that was set back must not lengthen the grace. */
  #isInGrace(replacedUntil: number): boolean {
    const now = this.policy.expiry.clock()
    return now < replacedUntil && replacedUntil <= now + this.policy.regenerateGrace + CLOCK_SKEW
  }

  /**
   * Creates a record.
   *
   * @param deadline nothing is written afterwards.
   * @throws SessionStoreError when there is one already: `newId` repeats itself.
   */
  async create(key: string, content: RecordContent, deadline?: number): Promise<BackendRecord> {
    const { expiry, maxSize } = this.policy
    const { metadata } = content
    checkSize(content, maxSize)
    const record = { text: writeRecord(content), version: 1 }
    const ttl = expiry.timeToLive(metadata)
    const { userId } = metadata
    // For a backend that notes it in the record.
    const user = userId === undefined || this.index.add ? undefined : this.keyOf(userId)
    const made = await this.indexed(key, metadata, deadline, async () => {
      return (await this.backend.create(key, record.text, ttl, deadline, user)) ? record : undefined
    })
    if (made) return made
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
    write: () => MaybePromise<BackendRecord | undefined>,
  ): Promise<BackendRecord | undefined> {
    const { userId } = metadata
    if (userId === undefined || !this.index.add) return write()
    const { expiry } = this.policy
    const ttl = Math.max(1, Math.ceil(expiry.limitOf(metadata) - expiry.clock()))
    try {
      await this.index.add(this.keyOf(userId), key, ttl, deadline)
      const record = await write()
      if (!record) await this.#unlist(key, metadata)
      return record
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

  /** The same by the id of a session, where there is one. */
  async destroyId(id: string | undefined, deadline: number): Promise<void> {
    if (id !== undefined) await this.destroy(this.keyOf(id), deadline)
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
  async deleteUnused(key: string, metadata: SessionMetadata): Promise<void> {
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
    await this.backend.index?.remove?.(this.keyOf(userId), key).catch(() => {})
  }
}

function corruptOrRethrown(error: unknown): 'corrupt' {
  if (error instanceof CorruptRecordError) return 'corrupt'
  throw error
}

/** More than times, notes, user and label ever take, in characters. */
const NOTES_SIZE = 2 ** 14
/** The lengths of a field take two characters in place of its kind, and one more for each 25. */
const MOST_PACKING = 1.04
/** So long a text is worth a look at whether it was read before. */
const LARGE = 2048
