import {
  anObjectWith,
  aText,
  checkedElsewhere,
  isObject,
  type OptionRules,
} from '../../../di/index.js'
import type { Cookies } from '../../../http/index.js'
import { getFrom, promiseOf, type ExpressStore } from '../../adapters/express-calls.js'
import { checkSessionOptions, ownOptions } from '../../errors/options.js'
import { forgetting, OLD_COOKIE_RULES, valuesOf, type OldCookieOptions } from './old-cookie.js'
import type { NamedSession, OldSession, OldSessions, RefusedCookie } from './old-sessions.js'
import { oldSecrets, unsigned } from './signatures.js'

/** How express-session, or @fastify/session, was set up. */
export interface ExpressSessionOptions extends OldCookieOptions {
  /** The store that it used, with its callbacks. */
  readonly store: Pick<ExpressStore, 'get' | 'destroy'>
  /** The secret that signed its cookie; or several, as it had them. */
  readonly secret: string | readonly string[]
}

/** How @fastify/session was set up. */
export interface FastifySessionOptions extends ExpressSessionOptions {
  /** Its option `cookiePrefix`. Default: none. */
  readonly cookiePrefix?: string
}

/**
 * The sessions of express-session. The cookie is named `connect.sid`, unless `name` says otherwise.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function expressSession(options: ExpressSessionOptions): OldSessions {
  checkSessionOptions(options, RULES)
  return new SignedIds({ ...options, cookiePrefix: 's:' }, 'connect.sid')
}

/**
 * The sessions of @fastify/session. The cookie is named `sessionId`, unless `name` says otherwise.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function fastifySession(options: FastifySessionOptions): OldSessions {
  checkSessionOptions(options, { ...RULES, cookiePrefix: aText })
  return new SignedIds(options, 'sessionId')
}

/** Sessions in a store with callbacks, whose signed id is in the cookie. */
class SignedIds implements OldSessions {
  readonly names: readonly string[]
  readonly #store: FastifySessionOptions['store']
  readonly #secrets: readonly string[]
  readonly #prefix: string
  readonly #options: OldCookieOptions

  constructor(given: FastifySessionOptions, name: string) {
    const options = ownOptions(given)
    this.names = [options.name ?? name]
    this.#store = options.store
    this.#secrets = oldSecrets('secret', options.secret)
    this.#prefix = options.cookiePrefix ?? ''
    this.#options = options
  }

  async find(cookies: Cookies): Promise<(NamedSession | RefusedCookie)[]> {
    return valuesOf(cookies, this.names[0]!).map((text) => {
      if (!text.startsWith(this.#prefix)) return { reason: 'malformed', text }
      const id = unsigned(text.slice(this.#prefix.length), this.#secrets)
      return id === undefined ? { reason: 'tampered', text } : this.#named(id, text)
    })
  }

  #named(id: string, text: string): NamedSession {
    return {
      text,
      key: id,
      read: async (now) => {
        const kept = await getFrom(this.#store, id)
        if (kept === undefined) return 'unknown'
        return isObject(kept) ? sessionIn(kept, now) : 'corrupt'
      },
      end: async () => {
        await promiseOf((done) => this.#store.destroy(id, done))
        return forgetting(this.names, this.#options)
      },
    }
  }
}

/** Some stores give the expiry of the cookie as a text. Without one (`null`, `false`) it ends with the browser. */
function sessionIn(kept: object, now: number): OldSession | 'expired-idle' {
  const { cookie, ...data } = kept as Record<string, unknown>
  const { expires, originalMaxAge } = Object(cookie) as Record<string, unknown>
  const end = new Date((expires || NaN) as string | number | Date).getTime()
  if (end <= now) return 'expired-idle'
  const seenAt = typeof originalMaxAge === 'number' ? end - originalMaxAge : NaN
  return { data, seenAt: Number.isNaN(seenAt) ? undefined : new Date(seenAt) }
}

const RULES: OptionRules<ExpressSessionOptions> = {
  ...OLD_COOKIE_RULES,
  store: anObjectWith('a store for express-session', 'get', 'destroy'),
  secret: checkedElsewhere,
}
