import { anObjectWith, isObject, type OptionRules } from '../../../di/index.js'
import { checkSessionOptions, ownOptions } from '../../errors/options.js'
import {
  dataSession,
  ID_RULES,
  SIGNED_COOKIE_RULES,
  SignedCookie,
  type CookieSessionOptions,
} from './cookie-session.js'
import type { NamedSession, OldSession, OldSessions } from './old-sessions.js'

/** The methods that are used of an external store of koa-session. */
export interface KoaStore {
  // oxlint-disable-next-line typescript/no-explicit-any -- each store types its options in its own way
  get(key: string, maxAge: any, options: any): unknown
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  destroy(key: string, options: any): unknown
}

/** How koa-session was set up. */
export interface KoaSessionOptions extends CookieSessionOptions {
  /** Its external store, when it had one: then the cookie holds a signed key, and `idOf` is not asked. */
  readonly store?: KoaStore
}

/**
 * The sessions of koa-session. The cookie is named `koa.sess`, unless `name` says otherwise; `keys` are `app.keys`.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function koaSession(given: KoaSessionOptions): OldSessions {
  checkSessionOptions(given, RULES)
  const { store, ...options } = ownOptions(given)
  const cookie = new SignedCookie(options, 'koa.sess')
  return {
    names: cookie.names,
    find: async (cookies) =>
      cookie.find(cookies, (text) =>
        store
          ? storedSession(text, store, cookie)
          : dataSession(text, cookie, options.idOf, sessionIn),
      ),
  }
}

function storedSession(text: string, store: KoaStore, cookie: SignedCookie): NamedSession {
  return {
    text,
    key: text,
    read: async (now) => {
      const kept = await store.get(text, DAY, { rolling: false })
      if (kept === undefined || kept === null) return 'unknown'
      return isObject(kept) ? sessionIn(kept as OldSession['data'], now) : 'corrupt'
    },
    end: async () => {
      await store.destroy(text, {})
      return cookie.forgetting()
    },
  }
}

/** Until when it is good, and for how long it was, is among its data. */
function sessionIn(kept: OldSession['data'], now: number): OldSession | 'expired-idle' {
  const { _expire, _maxAge, _session, ...data } = kept
  if (typeof _expire !== 'number' || typeof _maxAge !== 'number') return { data }
  return _expire < now ? 'expired-idle' : { data, seenAt: new Date(_expire - _maxAge) }
}

/** The `maxAge` of koa-session, in milliseconds, which stores get; none is known to depend on it. */
const DAY = 86_400_000

const RULES: OptionRules<KoaSessionOptions> = {
  ...SIGNED_COOKIE_RULES,
  ...ID_RULES,
  store: anObjectWith('a store of koa-session', 'get', 'destroy'),
}
