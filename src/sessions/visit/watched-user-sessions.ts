import type { Hooks } from '../../http/index.js'
import { UserSessions, type UserSession } from '../store/sessions-of-user.js'
import { UnawaitedCalls } from './unawaited-calls.js'

/** The sessions of a user whose calls a handler has to await: one that fails unawaited is told, and harms nobody. */
export class WatchedUserSessions extends UserSessions {
  readonly #sessions: UserSessions
  readonly #calls: UnawaitedCalls

  constructor(sessions: UserSessions, hooks: Hooks, onWarning: (error: Error) => void) {
    super()
    this.#sessions = sessions
    const calls = (this.#calls = new UnawaitedCalls(onWarning, () => {}))
    // Now: a stream may call for the first time when its handler has ended.
    hooks.afterHandler(() => calls.end())
  }

  override list(userId?: string): Promise<UserSession[]> {
    return this.#watch('list', this.#sessions.list(userId))
  }

  override each(userId?: string): AsyncIterable<UserSession> {
    return this.#sessions.each(userId)
  }

  override count(userId?: string): Promise<number> {
    return this.#watch('count', this.#sessions.count(userId))
  }

  override revoke(handle: string, userId?: string): Promise<boolean> {
    return this.#watch('revoke', this.#sessions.revoke(handle, userId))
  }

  override revokeOthers(): Promise<number> {
    return this.#watch('revokeOthers', this.#sessions.revokeOthers())
  }

  override revokeAll(userId?: string): Promise<number> {
    return this.#watch('revokeAll', this.#sessions.revokeAll(userId))
  }

  #watch<Value>(method: string, work: Promise<Value>): Promise<Value> {
    return this.#calls.watch(`sessions.${method}()`, work)
  }
}
