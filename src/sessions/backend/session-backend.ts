import { anObjectWith } from '../../di/index.js'
/** A session as a backend keeps it: texts under names. A backend understands neither. */
export interface BackendRecord {
  /** Every field: the keys of the session and the store's own notes, such as its deadlines. */
  readonly fields: ReadonlyMap<string, string>
  /** Counts the patches; `create` makes it 1. */
  readonly version: number
}

/** What `patch` changes, and under which conditions. */
export interface RecordPatch {
  /** Fields to write. */
  readonly set: ReadonlyMap<string, string>
  /** Fields to remove; one that is not there is no error. Default: none. */
  readonly deleted?: Iterable<string>
  /** What these fields must hold for anything to be written; `undefined` means absent. Default: nothing. */
  readonly expected?: ReadonlyMap<string, string | undefined>
  /** The version that the record must have for anything to be written. Default: any. */
  readonly version?: number
  /** Whether it ends the use of the record, as `destroy` does: then `confirm` is about it. Default: false. */
  readonly isEnd?: boolean
}

/**
 * How a write ended. `landed`: it is stored. `lost`: there is no such record (any more). `taken`: another write
 * came first, so the record is not as expected. Nothing was written in the last two, and neither is an error
 * here: the store tells the request. When it is not known whether a write has landed, the call rejects.
 */
export type WriteOutcome = 'landed' | 'lost' | 'taken'

/**
 * Where a `ServerStore` keeps its records: five verbs and no policy. The store makes ids, hashes
 * them, checks deadlines and decides what to write; a backend keeps texts under keys.
 *
 * Each verb is atomic for its key and touches no other key. Each settles in bounded time: it rejects
 * when the outcome is not known, and a write that rejected takes no effect later. A backend never
 * answers "not there" because it could not look: that would end sessions whenever it is down.
 *
 * What writes takes a `deadline`, on the clock of `performance.now` in milliseconds: by then the visitor has got
 * a 503, so nothing may be written any more, and the call rejects. Without it the backend's own timeout holds.
 *
 * Keys are 43 characters of `A-Z a-z 0-9 - _`, so they are safe as file names and table keys.
 * Fields are any text without lone surrogates, the empty text and `__proto__` included; only `version` is
 * never one, so that a backend can keep its count among them.
 */
export interface SessionBackend {
  /** Which promises it cannot keep; printed by the conformance kit and reported at start-up. Default: none. */
  readonly limits?: readonly BackendLimit[]

  /** Whether a part of it can be away while the rest answers: the store's `isPartitioned`. Default: false. */
  readonly isPartitioned?: boolean

  /**
   * Gives the record, or `undefined` when there is none. Sees every write that was acknowledged.
   *
   * @throws CorruptRecordError when something under the key is not a record. It must be left as it is.
   */
  read(key: string): Promise<BackendRecord | undefined>

  /**
   * Makes a record that ends by itself after `ttl` milliseconds. Must write nothing when anything is
   * under the key already.
   *
   * @returns whether it was made.
   */
  create(
    key: string,
    fields: ReadonlyMap<string, string>,
    ttl: number,
    deadline?: number,
  ): Promise<boolean>

  /**
   * Changes the named fields, adds 1 to the version, and sets the time to live to `ttl` milliseconds:
   * all of it or nothing. Must not make a record that is not there, and must not touch fields that
   * are not named: two requests that write different fields both win.
   */
  patch(key: string, patch: RecordPatch, ttl: number, deadline?: number): Promise<WriteOutcome>

  /**
   * Sets the time to live to `ttl` milliseconds and writes `fields`, when the record still has this
   * version: a patch since then has set its time as well. Leaves the version as it is. Must not
   * make a record, and should work when the backend is too full for `patch`.
   */
  touch(
    key: string,
    version: number,
    fields: ReadonlyMap<string, string>,
    ttl: number,
    deadline?: number,
  ): Promise<WriteOutcome>

  /**
   * Removes the record, in one step with giving it back: what it says by then leads to what has to go
   * with it. No error when there is none any more.
   */
  destroy(key: string, deadline?: number): Promise<BackendRecord | undefined>

  /**
   * Waits until the ends that were written since a moment (`destroy`, and patches with `isEnd`) outlive the
   * loss of a server. Asked once, after the last of them. Default: that they were acknowledged is enough.
   *
   * @param since on the clock of `performance.now`, in milliseconds.
   * @throws SessionUnconfirmedError when that is not known in time. The ends stay.
   */
  confirm?(since: number): Promise<void>

  /** Finds the sessions of a user. Without it `session.bind` and `UserSessions` are refused. */
  readonly index?: SessionIndex
}

/** What takes a backend: the methods that every backend has. */
export const aBackend = anObjectWith(
  'a SessionBackend',
  'read',
  'create',
  'patch',
  'touch',
  'destroy',
)

/**
 * Finds the records of a user, for a backend that can. Each step touches one key of its own, so a user
 * and the user's sessions may live on different nodes of a cluster.
 */
export interface SessionIndex {
  /** Notes a record of a user for `ttl` milliseconds. What the index keeps for a user ends with the last. */
  add(user: string, key: string, ttl: number, deadline?: number): Promise<void>

  /** Removes one. No error when it is not there. */
  remove(user: string, key: string): Promise<void>

  /** Gives the keys whose time has not ended: at most `limit` of them, after the first `offset`. */
  list(user: string, offset: number, limit: number): Promise<string[]>
}

/** A promise of `SessionBackend` that a backend cannot keep. */
export type BackendLimit =
  /** Two patches of different fields at the same time may lose one. */
  | 'atomic-patch'
  /** A patch at the same time as `destroy` may bring the record back. */
  | 'no-revival'
  /** Two `create` of one key at the same time may both succeed. */
  | 'exclusive-create'

/** Something under a session's key is not a session. Stores answer it with an anonymous visit. */
export class CorruptRecordError extends Error {
  override readonly name = 'CorruptRecordError'
  readonly code = 'SESSION_RECORD_CORRUPT'
}
