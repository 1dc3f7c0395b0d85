import type { StoreCalls } from './store-calls.js'
import { UserSessions, type UserSession } from '../store/sessions-of-user.js'

/**
 * The sessions of a user from a store of somebody else: within the bounds in which the application calls the
 * store, and with its failures as 503s.
 */
export class BoundedUserSessions extends UserSessions {
  readonly #sessions: UserSessions
  readonly #calls: StoreCalls

  constructor(sessions: UserSessions, calls: StoreCalls) {
    super()
    this.#sessions = sessions
    this.#calls = calls
  }

  override async list(userId?: string): Promise<UserSession[]> {
    return this.#calls.run('load', () => this.#sessions.list(userId))
  }

  override async *each(userId?: string): AsyncIterable<UserSession> {
    const pages = this.#sessions.each(userId)[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await this.#calls.run('load', () => pages.next())
      if (done) return
      yield value
    }
  }

  override async count(userId?: string): Promise<number> {
    return this.#calls.run('load', () => this.#sessions.count(userId))
  }

  override async revoke(handle: string, userId?: string): Promise<boolean> {
    return this.#calls.run('dump', () => this.#sessions.revoke(handle, userId))
  }

  override async revokeOthers(): Promise<number> {
    return this.#calls.run('dump', () => this.#sessions.revokeOthers())
  }

  override async revokeAll(userId?: string): Promise<number> {
    return this.#calls.run('dump', () => this.#sessions.revokeAll(userId))
  }
}
