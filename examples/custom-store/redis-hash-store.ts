import { Cookie, Cookies, Inject, Session, SessionStore } from 'ingot'
import { Redis } from 'ioredis'
import { create, isId, patch, read, remove, type HeldRecord } from './record.js'

const COOKIE = '__Host-session'

// #region store
/** Keeps each session as one hash in Redis: a field per key, its value as JSON. */
export class RedisHashStore extends SessionStore {
  override readonly capabilities = { isRevocable: true, mergesWrites: false, takesOnce: false }
  readonly #held = new WeakMap<Session, HeldRecord>()

  @Inject()
  async load(cookies: Cookies, redis: Redis): Promise<Session> {
    for (const id of cookies.getAll(COOKIE).filter(isId)) {
      const held = await read(redis, id)
      if (!held) continue
      const session = new Session(id, held.data)
      this.#held.set(session, held)
      return session
    }
    // An id that Redis does not hold is never adopted, so that nobody can plant one.
    return Session.empty()
  }

  @Inject()
  async dump(session: Session, redis: Redis): Promise<Cookie | undefined> {
    if (!session.isChanged) return undefined
    const { id, previousId } = session
    const held = session.isNew ? undefined : this.#held.get(session)
    if (held && !previousId) {
      this.#held.set(session, await patch(redis, id, held, session))
      return undefined
    }
    const wasThere = previousId && (await remove(redis, previousId))
    // Where another request logged out meanwhile, a new id must not bring the session back.
    if (session.isDestroyed || (held && !wasThere)) return Cookie.expired(COOKIE)
    this.#held.set(session, await create(redis, id, session, held?.since))
    return new Cookie(COOKIE, id)
  }
}
// #endregion
