import { Cookie, CookieError, CookieForm, type CookieAttributes } from '../../http/index.js'
import { SessionOptionError } from '../errors/errors.js'
import type { Expiry, SessionMetadata } from '../session/expiry.js'
import { ownOptions } from '../errors/options.js'

/** How the cookie of a session looks. The defaults are what OWASP and NIST SP 800-63B-4 5.1.1 ask for. */
export interface SessionCookieOptions {
  /** Default: `__Host-session`. A name with a prefix has to keep the promise of the prefix. */
  readonly name?: string
  /** Default: `/`. */
  readonly path?: string
  /** Default: none, so that no other host gets the cookie. Needs a name without `__Host-`. */
  readonly domain?: string
  /** Default: true. Browsers send such a cookie over https and to localhost. */
  readonly secure?: boolean
  /** Default: `lax`: a link from elsewhere arrives logged in, a form sent from elsewhere does not. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** One cookie for each embedding site (CHIPS). Default: false. */
  readonly partitioned?: boolean
  /**
   * Whether the cookie outlives the browser, up to the absolute lifetime. Default: false, as NIST
   * SP 800-63B-4 5.1 and OWASP have it; `session.remember()` makes it so for one session.
   */
  readonly persistent?: boolean
}

/** Makes the cookies of one store: one name, one set of attributes, checked when the store is made. */
export class SessionCookie {
  readonly name: string
  readonly #attributes: CookieAttributes
  readonly #isPersistent: boolean
  readonly #form: CookieForm

  /** @throws SessionOptionError when a browser would refuse such a cookie. */
  constructor(options: SessionCookieOptions = {}) {
    const { name, path, domain, secure, sameSite, partitioned, persistent } = ownOptions(options)
    this.name = name ?? '__Host-session'
    this.#isPersistent = persistent ?? false
    this.#attributes = withoutUndefined({ path, domain, secure, sameSite, partitioned })
    this.#form = this.#checked()
  }

  /** The cookie that brings the value back; it lives as long as the session may, or as the browser. */
  carry(value: string, metadata: SessionMetadata, expiry: Expiry): Cookie {
    if (!this.#isPersistent && metadata.lifetime === undefined) {
      return new Cookie(this.#form, value)
    }
    const left = Math.ceil((expiry.limitOf(metadata) - expiry.clock()) / 1000)
    return new Cookie(this.name, value, { ...this.#attributes, maxAge: Math.max(left, 0) })
  }

  /** The cookie that makes the browser forget it: the same name, path, domain and flags. */
  clear(): Cookie {
    return Cookie.expired(this.name, this.#attributes)
  }

  #checked(): CookieForm {
    try {
      return new CookieForm(this.name, this.#attributes)
    } catch (error) {
      if (!(error instanceof CookieError)) throw error
      throw new SessionOptionError(
        'cookie',
        `makes a cookie that browsers refuse. ${error.message}`,
      )
    }
  }
}

function withoutUndefined(attributes: {
  [Name in keyof CookieAttributes]: CookieAttributes[Name] | undefined
}): CookieAttributes {
  const given = Object.entries(attributes).filter(([, attribute]) => attribute !== undefined)
  return { ...Object.fromEntries(given), httpOnly: true }
}
