import { noteRemedy } from '../../di/index.js'
import type { Expiry, SessionMetadata } from '../session/expiry.js'
import { stateOf, type AnySession } from '../session/session-view.js'

/** One session of a user, as the user may see it. */
export interface UserSession {
  /** Names it to `revoke`. It is neither its id nor its key, so it is worthless as a cookie. */
  readonly handle: string
  /** What was given to `session.bind`. */
  readonly label: string | undefined
  /** Whether it is the session of this request. */
  readonly isCurrent: boolean
  readonly createdAt: Date
  /** The last noted activity; it is noted now and then, not at each request. */
  readonly seenAt: Date
  readonly authenticatedAt: Date | undefined
  /** When it expires if nothing more happens; `undefined` when the store sets no limits. */
  readonly expiresAt: Date | undefined
}

/**
 * The sessions that were bound to a user with `session.bind`: ask for it by type. Without a user id its
 * methods are about the user of this request. OWASP ASVS 5.0: 7.4.2, 7.4.3, 7.4.5 and 7.5.2.
 *
 * A revoked session is destroyed at once: a request under way with it stores nothing any more. A request
 * with an id that `regenerate()` has replaced can list, and throws SessionReadOnlyError when it revokes.
 *
 * A store of your own extends it, and gives an instance from its `userSessions`. Its methods are called
 * within the `deadline` of `sessions()`, and what they throw becomes a 503, as for `load` and `dump`.
 */
export abstract class UserSessions {
  /**
   * The live sessions of a user, the latest activity first; at most 1,000.
   *
   * @throws HttpError 503 when the store fails.
   */
  abstract list(userId?: string): Promise<UserSession[]>

  /**
   * The live sessions of a user one after the other, in no order, however many there are. A store of your own
   * that lists no more than some has its own.
   *
   * @throws HttpError 503 when the store fails.
   */
  async *each(userId?: string): AsyncIterable<UserSession> {
    yield* await this.list(userId)
  }

  /**
   * How many live sessions a user has.
   *
   * @throws HttpError 503 when the store fails.
   */
  async count(userId?: string): Promise<number> {
    let count = 0
    for await (const _session of this.each(userId)) count += 1
    return count
  }

  /**
   * Revokes one session; the one of this request as `session.destroy()` does. A store must not revoke a
   * session that is not the user's.
   *
   * @returns whether the user had it.
   * @throws HttpError 503 when the store fails.
   */
  abstract revoke(handle: string, userId?: string): Promise<boolean>

  /**
   * Revokes all sessions of the user of this request but that of the request: after a change of password.
   *
   * @returns how many.
   * @throws HttpError 503 when the store fails; then some may be revoked.
   */
  abstract revokeOthers(): Promise<number>

  /**
   * Revokes all sessions of a user: when the account is closed, or taken over.
   *
   * @returns how many.
   * @throws HttpError 503 when the store fails; then some may be revoked.
   */
  abstract revokeAll(userId?: string): Promise<number>

  /**
   * What `list` shows of a session.
   *
   * @param session what `Session.fromRecord` opened.
   * @param handle names it to `revoke`: a hash of the id, so that it shows nothing of it.
   * @throws SessionUsageError when the session was opened without its record, so that nothing is known of it.
   */
  protected describe(
    session: AnySession,
    { handle, isCurrent }: Pick<UserSession, 'handle' | 'isCurrent'>,
  ): UserSession {
    const state = stateOf(session)
    state.assertKept('list the session')
    const { expiry, metadata = state.metadataNow } = state
    return userSession(metadata, { handle, isCurrent, expiry })
  }
}

/** What `list` shows of a session with these times. */
export function userSession(
  metadata: SessionMetadata,
  {
    handle,
    isCurrent,
    expiry,
  }: Pick<UserSession, 'handle' | 'isCurrent'> & { expiry?: Expiry | undefined },
): UserSession {
  const { label, createdAt, seenAt, authenticatedAt } = metadata
  return {
    handle,
    label,
    isCurrent,
    createdAt: new Date(createdAt),
    seenAt: new Date(seenAt),
    authenticatedAt: authenticatedAt === undefined ? undefined : new Date(authenticatedAt),
    expiresAt: expiry && new Date(expiry.endOf(metadata)),
  }
}

/** What to do where no store finds the sessions of a user. */
export const USER_SESSIONS_REMEDY =
  'Add `sessions(new MemoryStore())` to the `components` of the application, or sessions(…) with another store that can find the sessions of a user; a CookieStore cannot.'

noteRemedy(UserSessions, USER_SESSIONS_REMEDY)
