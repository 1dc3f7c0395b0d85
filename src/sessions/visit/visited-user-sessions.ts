import type { StoreCalls } from '../calls/store-calls.js'
import type { StoreWork } from '../calls/store-failure.js'
import { UserSessions, type UserSession } from '../store/sessions-of-user.js'
import type { UnawaitedCalls } from './unawaited-calls.js'

/**
 * The sessions of a user as a handler calls them: within the bounds in which the application calls the store, with
 * its failures as 503s. A call that fails unawaited is told, and harms nobody.
 */
export class VisitedUserSessions extends UserSessions {
  readonly #sessions: UserSessions
  readonly #unawaited: UnawaitedCalls
  readonly #bounds: StoreCalls | undefined

  /** @param bounds for sessions that have none of their own. */
  constructor(sessions: UserSessions, unawaited: UnawaitedCalls, bounds?: StoreCalls) {
    super()
    this.#sessions = sessions
    this.#unawaited = unawaited
    this.#bounds = bounds
  }

  override list(userId?: string): Promise<UserSession[]> {
    return this.#call('load', 'list', () => this.#sessions.list(userId))
  }

  override async *each(userId?: string): AsyncIterable<UserSession> {
    const pages = this.#sessions.each(userId)[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await this.#bounded('load', () => pages.next())
      if (done) return
      yield value
    }
  }

  override count(userId?: string): Promise<number> {
    return this.#call('load', 'count', () => this.#sessions.count(userId))
  }

  override revoke(handle: string, userId?: string): Promise<boolean> {
    return this.#call('dump', 'revoke', () => this.#sessions.revoke(handle, userId))
  }

  override revokeOthers(): Promise<number> {
    return this.#call('dump', 'revokeOthers', () => this.#sessions.revokeOthers())
  }

  override revokeAll(userId?: string): Promise<number> {
    return this.#call('dump', 'revokeAll', () => this.#sessions.revokeAll(userId))
  }

  #call<Value>(doing: StoreWork, method: string, work: () => Promise<Value>): Promise<Value> {
    return this.#unawaited.watch(`sessions.${method}()`, this.#bounded(doing, work))
  }

  async #bounded<Value>(doing: StoreWork, work: () => Promise<Value>): Promise<Value> {
    return this.#bounds ? this.#bounds.run(doing, work) : work()
  }
}
