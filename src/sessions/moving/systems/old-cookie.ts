import { aBoolean, aText, type OptionRules } from '../../../di/index.js'
import { Cookie, type CookieAttributes, type Cookies } from '../../../http/index.js'
import { MOST_CANDIDATES } from './old-sessions.js'

/** The cookie of the old system, as it was set: a browser forgets it only by the same path and domain. */
export interface OldCookieOptions {
  /** Default: that of the old system. */
  readonly name?: string
  /** Default: `/`. */
  readonly path?: string
  /** Default: none. */
  readonly domain?: string
  /** Default: true. `false` where the site is served over plain http, else the browser keeps the old cookie. */
  readonly secure?: boolean
}

export const OLD_COOKIE_RULES: OptionRules<OldCookieOptions> = {
  name: aText,
  path: aText,
  domain: aText,
  secure: aBoolean,
}

/** The values that a request brought under the name, without escapes; a bounded number. */
export function valuesOf(cookies: Cookies, name: string): readonly string[] {
  return [...new Set(cookies.getAll(name))].slice(0, MOST_CANDIDATES).map(unescaped)
}

/** The cookies that make the browser forget these names. */
export function forgetting(names: readonly string[], options: OldCookieOptions): readonly Cookie[] {
  const { path, domain, secure } = options
  const given = Object.entries({ path, domain, secure }).filter(([, value]) => value !== undefined)
  const attributes: CookieAttributes = Object.fromEntries(given)
  return names.map((name) => Cookie.expired(name, attributes))
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
