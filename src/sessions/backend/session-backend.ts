import { anObjectWith } from '../../di/index.js'

/** A session as a backend keeps it: one text, which the backend does not read, and a count of its replacements. */
export interface BackendRecord {
  /** Times, notes and fields, as the store has packed them. Text without lone surrogates. */
  readonly text: string
  /** Counts the replacements; `create` makes it 1. */
  readonly version: number
}

/**
 * How `replace` ended. `applied`: the text is stored. `missing`: there is no such record (any more). Or the record
 * as it is now, when its version is another one: then another write came first, and nothing was written. When it
 * is not known whether the text is stored, the call rejects.
 */
export type ReplaceResult = 'applied' | 'missing' | BackendRecord

/** What a verb gives: at once where it waits for nothing, as in the memory of the process. It throws or rejects alike. */
export type MaybePromise<Result> = Result | Promise<Result>

/**
 * Where a `ServerStore` keeps its records: five verbs and no policy. The store makes ids, hashes them, checks
 * deadlines, merges what parallel requests write, and packs all of it into one text; a backend keeps texts
 * under keys.
 *
 * Each verb is atomic for its key and touches no other key. Each gives its result or a promise of it, in bounded
 * time. When the outcome is not known it throws or rejects, and then a write takes no effect later. A backend never
 * answers "not there" because it could not look: that would end sessions whenever it is down. What is given at once
 * tells the circuit breaker nothing: it is for backends that wait for nobody.
 *
 * What writes takes a `deadline`, on the clock of `performance.now` in milliseconds: by then the visitor has got
 * a 503, so nothing may be written any more, and the call rejects. Without it the backend's own timeout holds.
 *
 * Keys are 43 characters of `A-Z a-z 0-9 - _`, so they are safe as file names and table keys.
 */
export interface SessionBackend {
  /** Which promises it cannot keep; printed by the conformance kit and reported at start-up. Default: none. */
  readonly limits?: readonly BackendLimit[]

  /**
   * Finds what operators should know, in sentences, such as that its table is missing: reported once, at start-up.
   * Default: nothing beside the `limits`.
   */
  startUpWarnings?(): Promise<readonly string[]>

  /** Whether a part of it can be away while the rest answers: the store's `isPartitioned`. Default: false. */
  readonly isPartitioned?: boolean

  /**
   * Gives the record, or `undefined` when there is none. Sees every write that was acknowledged.
   *
   * @throws CorruptRecordError when something under the key is not a record. It must be left as it is.
   */
  read(key: string): MaybePromise<BackendRecord | undefined>

  /**
   * Makes a record of version 1 that ends by itself after `ttl` milliseconds. Must write nothing when anything is
   * under the key already.
   *
   * @param user whose record it is, a key as well; given only to a backend whose `index` has no `add`.
   * @returns whether it was made.
   */
  create(
    key: string,
    text: string,
    ttl: number,
    deadline?: number,
    user?: string,
  ): MaybePromise<boolean>

  /**
   * Compares and sets: when the record still has this version, writes the text, adds 1 to the version, and sets the
   * time to live to `ttl` milliseconds; else it writes nothing and gives the record as it is. Must not make a
   * record that is not there.
   *
   * @param isEnd whether it ends the use of the record, as `destroy` does: then `confirm` is about it.
   */
  replace(
    key: string,
    version: number,
    text: string,
    ttl: number,
    deadline?: number,
    isEnd?: boolean,
  ): MaybePromise<ReplaceResult>

  /**
   * When the record still has this version, sets the time to live to `ttl` milliseconds and writes the text, which
   * differs from the stored one in its first 14 characters alone. Leaves the version as it is. Must not make a
   * record, and should work when the backend is too full for `replace`.
   *
   * @returns whether the record had the version.
   */
  touch(
    key: string,
    version: number,
    text: string,
    ttl: number,
    deadline?: number,
  ): MaybePromise<boolean>

  /**
   * Removes the record, in one step with giving it back: what it says by then leads to what has to go
   * with it. No error when there is none any more.
   */
  destroy(key: string, deadline?: number): MaybePromise<BackendRecord | undefined>

  /**
   * Waits until the ends that were written since a moment (`destroy`, and `replace` with `isEnd`) outlive the
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
  'replace',
  'touch',
  'destroy',
)

/**
 * Finds the records of a user, for a backend that can. Each step touches one key of its own, so a user
 * and the user's sessions may live on different nodes of a cluster.
 *
 * A backend that notes the user in the record itself, as in a column of its row, has neither `add` nor `remove`:
 * `create` is given the user, and the entry ends with the record.
 */
export interface SessionIndex {
  /** Notes a record of a user for `ttl` milliseconds. What the index keeps for a user ends with the last. */
  add?(user: string, key: string, ttl: number, deadline?: number): Promise<void>

  /** Removes one. No error when it is not there. */
  remove?(user: string, key: string): Promise<void>

  /** Gives the keys whose time has not ended: at most `limit` of them, after the first `offset`. */
  list(user: string, offset: number, limit: number): Promise<string[]>
}

/** A promise of `SessionBackend` that a backend cannot keep. */
export type BackendLimit =
  /** Two `replace` of one version at the same time may both be applied, so that one is lost. */
  | 'atomic-replace'
  /** A `replace` at the same time as `destroy` may bring the record back. */
  | 'no-revival'
  /** Two `create` of one key at the same time may both succeed. */
  | 'exclusive-create'

/** Something under a session's key is not a session. Stores answer it with an anonymous visit. */
export class CorruptRecordError extends Error {
  override readonly name = 'CorruptRecordError'
  readonly code = 'SESSION_RECORD_CORRUPT'
}

const MEANING: Readonly<Record<BackendLimit, string>> = {
  'atomic-replace': 'one of two writes may be lost',
  'no-revival': 'a write may undo a logout',
  'exclusive-create': 'two sessions may begin under one id',
}

/** What a backend cannot promise, and what it finds wrong with itself. */
export async function warningsOf(backend: SessionBackend): Promise<readonly string[]> {
  const { limits = [] } = backend
  const found = (await backend.startUpWarnings?.()) ?? []
  return limits.length === 0 ? found : [warningOf(backend, limits), ...found]
}

function warningOf(backend: SessionBackend, limits: readonly BackendLimit[]): string {
  const meanings = limits.map((limit) => `${MEANING[limit]} (${limit})`).join(', ')
  return (
    `${backend.constructor.name} cannot promise everything that sessions ask of a backend. ` +
    `When requests of one session meet: ${meanings}.`
  )
}
