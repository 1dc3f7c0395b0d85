import { Cookie, Cookies, Inject, Session, SessionLostError, SessionStore } from 'ingot'
import { Redis } from 'ioredis'
import { create, end, isId, patch, read, replaceId, type HashRecord } from './record.js'

const COOKIE = '__Host-session'
/** Seconds. */
const LIMITS = { idleTimeout: 30 * 60, absoluteTimeout: 8 * 60 * 60 }

// #region store
/** Keeps each session as one hash in Redis: a field per key, per message, and per time. */
export class RedisHashStore extends SessionStore {
  override readonly capabilities = { isRevocable: true, mergesWrites: false, takesOnce: false }
  readonly #held = new WeakMap<Session, HashRecord>()

  @Inject()
  async load(cookies: Cookies, redis: Redis): Promise<Session> {
    for (const id of cookies.getAll(COOKIE).filter(isId)) {
      const record = await read(redis, id)
      const session = Session.fromRecord(id, record, LIMITS)
      if (!session) continue
      this.#held.set(session, record)
      return session
    }
    // An id that Redis does not hold is never adopted, so that nobody can plant one.
    return Session.empty(LIMITS)
  }

  @Inject()
  async dump(session: Session, redis: Redis): Promise<Cookie | undefined> {
    if (!session.isChanged) return undefined
    const { id, previousId, isNew, isDestroyed, lifetime } = session
    if (isNew && previousId) await end(redis, previousId)
    if (isDestroyed) return Cookie.expired(COOKIE)
    const [record, endsAt] = [session.toRecord(), session.expiresAt!]
    if (isNew) await create(redis, id, record, endsAt)
    else if (previousId) {
      if (!(await replaceId(redis, previousId, id, record, endsAt))) throw new SessionLostError()
    } else if (!(await patch(redis, id, this.#held.get(session)!, record, endsAt))) {
      throw new SessionLostError()
    }
    this.#held.set(session, record)
    return new Cookie(COOKIE, id, lifetime === undefined ? {} : { maxAge: lifetime })
  }
}
// #endregion
