import { aFunction, checkedElsewhere, isObject, type OptionRules } from '../../../di/index.js'
import type { Cookies } from '../../../http/index.js'
import { checkSessionOptions, ownOptions } from '../../errors/options.js'
import { forgetting, OLD_COOKIE_RULES, valuesOf, type OldCookieOptions } from './old-cookie.js'
import type { NamedSession, OldSession, OldSessions, RefusedCookie } from './old-sessions.js'
import { keygrip, oldSecrets, type KeyVerifier } from './signatures.js'

/** A cookie that the package `cookies` signed in a second one, `name.sig`. */
export interface SignedCookieOptions extends OldCookieOptions {
  /** The keys that signed it, as the old system had them; or its `Keygrip`, where it chose the algorithm. */
  readonly keys: string | readonly string[] | KeyVerifier
}

export const SIGNED_COOKIE_RULES: OptionRules<SignedCookieOptions> = {
  ...OLD_COOKIE_RULES,
  keys: checkedElsewhere,
}

/** How cookie-session was set up. */
export interface CookieSessionOptions extends SignedCookieOptions {
  /**
   * What only one visitor has among the data, such as an id that was made at login or a CSRF secret. Two visitors
   * with the same data have the same cookie, so without it a session cannot be told from another: each request that
   * brings it makes a session of its own, the old cookie is cleared at once, and after a logout a copy of it is good
   * until the move is over.
   */
  readonly idOf?: (data: Readonly<Record<string, unknown>>) => string | undefined
}

export const ID_RULES: OptionRules<Pick<CookieSessionOptions, 'idOf'>> = { idOf: aFunction }

/**
 * The sessions of cookie-session. The cookie is named `session`, unless `name` says otherwise.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function cookieSession(given: CookieSessionOptions): OldSessions {
  checkSessionOptions(given, { ...SIGNED_COOKIE_RULES, ...ID_RULES })
  const options = ownOptions(given)
  const cookie = new SignedCookie(options, 'session')
  return {
    names: cookie.names,
    find: async (cookies) =>
      cookie.find(cookies, (text) => dataSession(text, cookie, options.idOf, (data) => ({ data }))),
  }
}

/** Verifies a cookie by the one beside it that signs name and value. */
export class SignedCookie {
  readonly names: readonly string[]
  readonly #keys: KeyVerifier
  readonly #options: OldCookieOptions

  constructor(options: SignedCookieOptions, defaultName: string) {
    const { name = defaultName, keys } = options
    const hasVerifier = isObject(keys) && 'verify' in keys
    this.names = [name, `${name}.sig`]
    this.#keys = hasVerifier ? keys : keygrip(oldSecrets('keys', keys))
    this.#options = options
  }

  /** What the values of it name that are signed. */
  find(
    cookies: Cookies,
    named: (text: string) => NamedSession | RefusedCookie,
  ): (NamedSession | RefusedCookie)[] {
    const [name, signature] = this.names as [string, string]
    const signatures = valuesOf(cookies, signature)
    return valuesOf(cookies, name).map((text) => {
      const isSigned = signatures.some((given) => this.#keys.verify(`${name}=${text}`, given))
      return isSigned ? named(text) : { reason: 'tampered', text }
    })
  }

  forgetting() {
    return forgetting(this.names, this.#options)
  }
}

/** A session whose data is in the cookie: JSON in base64. */
export function dataSession(
  text: string,
  cookie: SignedCookie,
  idOf: CookieSessionOptions['idOf'],
  sessionOf: (data: OldSession['data'], now: number) => OldSession | 'expired-idle',
): NamedSession | RefusedCookie {
  const data = dataIn(text)
  if (!data) return { reason: 'corrupt', text }
  return {
    text,
    key: idOf?.(data),
    read: async (now) => sessionOf(data, now),
    end: async () => cookie.forgetting(),
  }
}

function dataIn(text: string): OldSession['data'] | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
    return isObject(data) && !Array.isArray(data) ? (data as OldSession['data']) : undefined
  } catch {
    return undefined
  }
}
