import { aBoolean, aText, checkedElsewhere, type OptionRules } from '../../di/index.js'
import { DEFAULT_PURPOSE, type SessionPurpose } from '../session/session-id.js'
import {
  Cookie,
  CookieError,
  CookieForm,
  type CookieAttributes,
  type Exchange,
} from '../../http/index.js'
import { SessionOptionError } from '../errors/errors.js'
import type { Expiry, SessionMetadata } from '../session/expiry.js'
import { ownOptions } from '../errors/options.js'

/** How the cookie of a session looks. The defaults are what OWASP and NIST SP 800-63B-4 5.1.1 ask for. */
export interface SessionCookieOptions {
  /** Default: `__Host-session`. A name with a prefix has to keep the promise of the prefix. */
  readonly name?: string
  /**
   * The application that the sessions are for: with the same Redis, or the same secret, ids and cookies of
   * another one are worthless here. Default: `''`.
   */
  readonly application?: string
  /** Default: `/`. */
  readonly path?: string
  /** Default: none, so that no other host gets the cookie. Needs a name without `__Host-`. */
  readonly domain?: string
  /**
   * Default: true. Browsers send such a cookie over https, and most of them to localhost. `'auto'` is for
   * developing: over plain http to this machine, or to a private address, it goes without `Secure` and without
   * a prefix, as `session-over-http`. With NODE_ENV=production it is refused:
   * `secure: process.env['NODE_ENV'] === 'production' || 'auto'`.
   */
  readonly secure?: boolean | 'auto'
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

/** What the options of the cookie take; what browsers refuse is checked by `Cookie`. */
export const COOKIE_RULES: OptionRules<SessionCookieOptions> = {
  name: aText,
  application: aText,
  path: aText,
  domain: aText,
  secure: {
    isFine: (secure) => typeof secure === 'boolean' || secure === 'auto',
    rule: "true, false or 'auto'",
  },
  sameSite: checkedElsewhere,
  partitioned: aBoolean,
  persistent: aBoolean,
}

/** Makes the cookies of one store: one name, one set of attributes, checked when the store is made. */
export class SessionCookie {
  readonly name: string
  /** Its name over plain http to this machine, where that is another one. */
  readonly nameOverHttp: string | undefined
  /** What its sessions are for, and for nothing else. */
  readonly purpose: SessionPurpose
  readonly #attributes: CookieAttributes
  readonly #isPersistent: boolean
  readonly #form: CookieForm

  /** @throws SessionOptionError when a browser would refuse such a cookie. */
  constructor(options: SessionCookieOptions = {}) {
    const own = ownOptions(options)
    const { path, domain, sameSite, partitioned, persistent = false } = own
    const { name = DEFAULT_PURPOSE.name, application = DEFAULT_PURPOSE.application } = own
    const secure = own.secure === 'auto' ? true : own.secure
    this.name = name
    this.purpose = { application, name }
    this.#isPersistent = persistent
    this.#attributes = withoutUndefined({ path, domain, secure, sameSite, partitioned })
    const form = formOf(this.name, this.#attributes)
    if (form instanceof CookieError) throw this.#refusal(form)
    this.#form = form
    if (own.secure === 'auto') {
      this.nameOverHttp = nameOverHttp(name)
      const overHttp = formOf(this.nameOverHttp, { secure: false })
      if (overHttp instanceof CookieError) throw this.#refusal(overHttp)
    }
  }

  /** The cookie that brings the value back; it lives as long as the session may, or as the browser. */
  carry(value: string, metadata: SessionMetadata, expiry: Expiry): Cookie {
    if (!this.#isPersistent && metadata.lifetime === undefined)
      return this.#withNameOverHttp(new Cookie(this.#form, value))
    const left = Math.ceil((expiry.limitOf(metadata) - expiry.clock()) / 1000)
    const attributes = { ...this.#attributes, maxAge: Math.max(left, 0) }
    return this.#withNameOverHttp(new Cookie(this.name, value, attributes))
  }

  /** The cookie that makes the browser forget it: the same name, path, domain and flags. */
  clear(): Cookie {
    return this.#withNameOverHttp(Cookie.expired(this.name, this.#attributes))
  }

  /**
   * For a browser that sent several live cookies of the name, which it does when a domain or path was configured
   * later, or when another host planted one: keeps this value, and forgets the others in each form they can have.
   */
  repair(value: string, metadata: SessionMetadata, expiry: Expiry): readonly Cookie[] {
    return [...this.#otherForms(), this.carry(value, metadata, expiry)]
  }

  #withNameOverHttp(cookie: Cookie): Cookie {
    if (this.nameOverHttp !== undefined) namesOverHttp.set(cookie, this.nameOverHttp)
    return cookie
  }

  #otherForms(): Cookie[] {
    // No other form of such a name exists (RFC 6265bis 4.1.3.2).
    if (this.name.startsWith('__Host-')) return []
    const { domain, path, ...rest } = this.#attributes
    const domains = domain === undefined ? [undefined] : [undefined, domain]
    const paths = path === undefined || path === '/' ? ['/'] : ['/', path]
    const forms = domains.flatMap((one) => paths.map((other) => ({ domain: one, path: other })))
    return forms
      .filter((form) => form.domain !== domain || form.path !== (path ?? '/'))
      .map((form) => ({ ...rest, ...withoutUndefined(form) }))
      .map((attributes) => this.#withNameOverHttp(Cookie.expired(this.name, attributes)))
  }

  /** What to change where browsers would not take such a cookie. */
  #refusal({ code, message }: CookieError): SessionOptionError {
    const option = code === 'COOKIE_NAME' ? 'name' : this.#unfitting()
    const reason = `does not fit. ${message}${remedyFor(option, this.name)}`
    return new SessionOptionError(option, reason)
  }

  /** The option without which browsers would take the cookie. */
  #unfitting(): string {
    const given = Object.entries(this.#attributes)
    // `secure` first: that it is off is what the others need changed.
    const option = ['secure', ...Object.keys(this.#attributes)].find((name) => {
      const others = given.filter(([other]) => other !== name)
      return formOf(this.name, Object.fromEntries(others)) instanceof CookieForm
    })
    return option ?? 'name'
  }
}

/** What browsers take, or why they do not. */
function formOf(name: string, attributes: CookieAttributes): CookieForm | CookieError {
  try {
    return new CookieForm(name, attributes)
  } catch (error) {
    if (error instanceof CookieError) return error
    throw error
  }
}

/** What to write instead where the default name, which nobody has written, forbids the option. */
function remedyFor(option: string, name: string): string {
  if (name.startsWith('__') && option === 'secure')
    return " For developing over plain http write secure: 'auto'; without https in production, too, give it a name without a prefix: name: 'session'."
  if (name.startsWith('__Host-') && (option === 'domain' || option === 'path'))
    return " Give it a name without `__Host-`: name: '__Secure-session'."
  return ''
}

/**
 * The name of the cookie that browsers keep over plain http. It is another one: browsers refuse the prefixes without
 * `Secure`, and a `Secure` cookie of the same name would hide it.
 *
 * @throws SessionOptionError in production.
 */
function nameOverHttp(name: string): string {
  if (process.env['NODE_ENV'] === 'production') {
    throw new SessionOptionError(
      'secure',
      "is 'auto', which is for developing, and NODE_ENV is production. " +
        "Write secure: true, or secure: process.env['NODE_ENV'] === 'production' || 'auto'.",
    )
  }
  return `${name.replace(/^__(?:Host-Http|Host|Http|Secure)-/, '')}-over-http`
}

function withoutUndefined(attributes: {
  [Name in keyof CookieAttributes]: CookieAttributes[Name] | undefined
}): CookieAttributes {
  const given = Object.entries(attributes).filter(([, attribute]) => attribute !== undefined)
  return { ...Object.fromEntries(given), httpOnly: true }
}

/** The names that cookies have over plain http, where `secure: 'auto'` gives them one. */
const namesOverHttp = new WeakMap<Cookie, string>()

/** The form of a cookie for the browser of this request. */
export function cookieFor(exchange: Exchange, cookie: Cookie): Cookie {
  const name = namesOverHttp.get(cookie)
  if (name === undefined || !exchange.isLocalHttp) return cookie
  const { value, attributes } = cookie
  const sameSite = attributes.sameSite === 'none' ? 'lax' : attributes.sameSite
  const plain = withoutUndefined({ ...attributes, secure: false, partitioned: false, sameSite })
  return new Cookie(new CookieForm(name, plain), value)
}

const told = new Set<string>()

/** What the developer has to know of the other form, once for each cookie. */
export function overHttpNotice(cookie: Cookie, sent: Cookie): string | undefined {
  if (cookie === sent || told.has(cookie.name)) return undefined
  told.add(cookie.name)
  return (
    `secure: 'auto' sends the cookie '${cookie.name}' as '${sent.name}', without Secure, because the page came ` +
    'over plain http from this machine or its network. That is for developing: with NODE_ENV=production it is refused.'
  )
}
