import { SessionReadOnlyError } from '../errors/errors.js'
import { userSession, UserSessions, type UserSession } from '../store/sessions-of-user.js'
import { recordKey, recordKeyOf } from '../session/session-id.js'
import type { SessionIndex } from '../backend/session-backend.js'
import type { SessionRecords } from './session-records.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import type { StoreCalls } from '../calls/store-calls.js'
import { type StoreWork, failureReason, storeFailure } from '../calls/store-failure.js'

/** The sessions of a user in a backend: their records are found by its index. */
export class RecordSessions extends UserSessions {
  readonly #records: SessionRecords
  readonly #index: SessionIndex
  readonly #session: Session
  readonly #calls: StoreCalls | undefined

  /**
   * @throws SessionOptionError when the backend cannot find the sessions of a user.
   */
  constructor(records: SessionRecords, session: Session, calls?: StoreCalls) {
    super()
    this.#records = records
    this.#index = records.index
    this.#session = session
    this.#calls = calls
  }

  /** The same, within the bounds in which the application calls the store. */
  boundBy(calls: StoreCalls): RecordSessions {
    return new RecordSessions(this.#records, this.#session, calls)
  }

  override async list(userId = this.#session.userId): Promise<UserSession[]> {
    const listed: UserSession[] = []
    for await (const page of this.#pages(userId)) {
      listed.push(...page)
      if (listed.length >= MOST_LISTED) break
    }
    return listed
      .toSorted((one, other) => other.seenAt.getTime() - one.seenAt.getTime())
      .slice(0, MOST_LISTED)
  }

  override async *each(userId = this.#session.userId): AsyncIterable<UserSession> {
    for await (const page of this.#pages(userId)) yield* page
  }

  override async revoke(handle: string, userId = this.#session.userId): Promise<boolean> {
    return (await this.#revoke(userId, (key) => handleOf(key) === handle)) > 0
  }

  override async revokeOthers(): Promise<number> {
    const own = this.#ownKeys()
    return this.#revoke(this.#session.userId, (key) => !own.has(key))
  }

  override async revokeAll(userId = this.#session.userId): Promise<number> {
    return this.#revoke(userId, () => true)
  }

  /** One round is enough: destroying a record that is being replaced destroys its successor as well. */
  async #revoke(userId: string | undefined, isMeant: (key: string) => boolean): Promise<number> {
    // A replaced id may only read: a copy of it must not destroy the session that replaced it.
    if (stateOf(this.#session).isReadOnly) throw new SessionReadOnlyError('revoke sessions')
    return this.#reportingFailures('dump', async () => {
      const keys = (await this.#keysOf('dump', userId)).filter(isMeant)
      let count = 0
      for (let start = 0; start < keys.length; start += AT_ONCE) {
        const destroy = (key: string) => this.#destroy(key, userId)
        const ended = await Promise.all(keys.slice(start, start + AT_ONCE).map(destroy))
        count += ended.filter(Boolean).length
      }
      return count
    })
  }

  /** The live sessions of a user, a bounded number at a time. */
  async *#pages(userId: string | undefined): AsyncIterable<UserSession[]> {
    const keys = await this.#reportingFailures('load', () => this.#keysOf('load', userId))
    for (let start = 0; start < keys.length; start += AT_ONCE) {
      const page = keys.slice(start, start + AT_ONCE)
      const read = (key: string) => this.#call('load', () => this.#described(key, userId))
      const found = await this.#reportingFailures('load', () => Promise.all(page.map(read)))
      yield found.filter((session) => session !== undefined)
    }
  }

  async #reportingFailures<Value>(doing: StoreWork, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      const failure = storeFailure(error, doing)
      const reason = failureReason(failure)
      stateOf(this.#session).emit?.({ type: 'failed', reason, operation: 'sessions' })
      throw failure
    }
  }

  /** Bounds each record by itself: how long all of them take depends on how many the user has. */
  async #call<Value>(
    doing: StoreWork,
    work: (deadline?: number) => Promise<Value>,
  ): Promise<Value> {
    return this.#calls ? this.#calls.run(doing, work) : work()
  }

  /** An entry of the index that does not lead to a session of the user ends nothing. */
  async #destroy(key: string, userId: string | undefined): Promise<boolean> {
    const stored = await this.#call('dump', () => this.#records.read(key))
    if (!stored || stored.metadata.userId !== userId) return false
    const destroy = () => this.#call('dump', (deadline) => this.#records.destroy(key, deadline))
    // The dump of this request's own session emits that it was destroyed.
    if (this.#ownKeys().has(key)) {
      this.#session.destroy()
      return destroy()
    }
    const isOver = this.#records.policy.expiry.isOver(stored.metadata)
    // A record may outlive its session a little; then nobody's session was ended.
    const wasThere = (await destroy()) && !isOver
    const hash = recordKeyOf(key, this.#records.keyOf)
    if (wasThere) stateOf(this.#session).emit?.({ type: 'destroyed', reason: 'revoked', key: hash })
    return wasThere
  }

  /** The record of this request's session, and the one that it gets when its id is being regenerated. */
  #ownKeys(): ReadonlySet<string> {
    const { isNew, previousId } = stateOf(this.#session)
    const ids = [previousId, isNew ? undefined : this.#session.id]
    return new Set(ids.filter((id) => id !== undefined).map((id) => this.#records.keyOf(id)))
  }

  /**
   * The keys of all records of the user. A record that is deleted between two pages moves those behind it
   * forward, so each page begins with the last key of the one before; if that has moved, the search goes back.
   */
  async #keysOf(doing: StoreWork, userId: string | undefined): Promise<string[]> {
    if (userId === undefined) return []
    const keys = new Set<string>()
    for (let offset = 0; ;) {
      const list = () => this.#index.list(this.#records.keyOf(userId), offset, PAGE)
      const page = await this.#call(doing, list)
      const isJoined = offset === 0 || (page[0] !== undefined && keys.has(page[0]))
      if (isJoined) for (const key of page) keys.add(key)
      if (isJoined && page.length < PAGE) return [...keys]
      offset = isJoined ? offset + PAGE - 1 : Math.max(0, offset - PAGE)
    }
  }

  async #described(key: string, userId: string | undefined): Promise<UserSession | undefined> {
    const stored = await this.#records.find(key)
    // An expired or replaced record, or one of somebody else, is not among a user's sessions.
    if (typeof stored === 'string' || stored.notes.replacedUntil !== undefined) return undefined
    if (stored.metadata.userId !== userId) return undefined
    const isCurrent = this.#ownKeys().has(key)
    const { expiry } = this.#records.policy
    return userSession(stored.metadata, { handle: handleOf(key), isCurrent, expiry })
  }
}

const MOST_LISTED = 1000
const PAGE = 500
/** Records to read in parallel; more would hold up the requests of others. */
const AT_ONCE = 50

/** Shorter than an id, so that nothing could take it for one. */
function handleOf(key: string): string {
  return recordKey(`handle ${key}`).slice(0, 22)
}
