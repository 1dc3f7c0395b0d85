import { noteRemedy } from '../../di/index.js'
import { USER_SESSIONS_REMEDY, type UserSession, type UserSessions } from './sessions-of-user.js'

/**
 * The sessions of every user, for administrators and jobs: ask for it by type, in a handler or in `app.run`. It needs
 * no request, so each method says whose sessions it is about, and none of them is the current one. Who may call it is
 * for the application to decide. OWASP ASVS 5.0: 7.4.2 and 7.4.5.
 */
export class AllSessions {
  readonly #sessions: UserSessions

  /** @internal Ask for it as a parameter. */
  constructor(sessions: UserSessions) {
    this.#sessions = sessions
  }

  /**
   * The live sessions of a user, the latest activity first; at most 1,000.
   *
   * @throws HttpError 503 when the store fails.
   */
  async list(userId: string): Promise<UserSession[]> {
    return this.#sessions.list(checked(userId, 'list'))
  }

  /**
   * The live sessions of a user one after the other, in no order, however many there are.
   *
   * @throws HttpError 503 when the store fails.
   */
  each(userId: string): AsyncIterable<UserSession> {
    return this.#sessions.each(checked(userId, 'each'))
  }

  /**
   * How many live sessions a user has.
   *
   * @throws HttpError 503 when the store fails.
   */
  async count(userId: string): Promise<number> {
    return this.#sessions.count(checked(userId, 'count'))
  }

  /**
   * Revokes one session of a user, which `list` named.
   *
   * @returns whether the user had it.
   * @throws HttpError 503 when the store fails.
   */
  async revoke(userId: string, handle: string): Promise<boolean> {
    return this.#sessions.revoke(handle, checked(userId, 'revoke'))
  }

  /**
   * Revokes all sessions of a user.
   *
   * @returns how many.
   * @throws HttpError 503 when the store fails; then some may be revoked.
   */
  async revokeAll(userId: string): Promise<number> {
    return this.#sessions.revokeAll(checked(userId, 'revokeAll'))
  }
}

/** A user that is `undefined` by mistake must not pass for one without sessions. */
function checked(userId: unknown, method: string): string {
  if (typeof userId === 'string' && userId !== '') return userId
  throw new TypeError(
    `AllSessions.${method} needs the id of a user, as session.bind() was given it, not ${String(userId) || "''"}.`,
  )
}

noteRemedy(AllSessions, USER_SESSIONS_REMEDY)
