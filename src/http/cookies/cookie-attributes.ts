import { describeGiven, isObject, unknownOption } from '../../di/index.js'

/** Attributes of a cookie. */
export interface CookieAttributes {
  /** The path it is sent to; starts with `/`, at most 1,024 bytes. Default: `/`. */
  readonly path?: string
  /** The domain it is sent to, with its subdomains. Default: only the host that set it. */
  readonly domain?: string
  /** Lifetime in whole seconds, 0 to 34,560,000 (400 days, the longest a browser keeps; RFC 6265bis 5.5). Default: until the browser closes. */
  readonly maxAge?: number
  /** When it ends; `maxAge` wins where both are given. */
  readonly expires?: Date
  /** Hidden from scripts. Default: true. */
  readonly httpOnly?: boolean
  /** Sent over https only (browsers take localhost as secure). Default: true. */
  readonly secure?: boolean
  /** Whether other sites' requests carry it. `none` needs `secure`. Default: `lax`. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** Kept apart for each embedding site (CHIPS); needs `secure`. Default: false. */
  readonly partitioned?: boolean
  /** Which cookies Chromium drops last when there are too many. */
  readonly priority?: 'low' | 'medium' | 'high'
}

/** Which rule a cookie breaks; stable across versions. */
export type CookieErrorCode = 'COOKIE_NAME' | 'COOKIE_VALUE' | 'COOKIE_ATTRIBUTE' | 'COOKIE_SIZE'

/** A cookie that a browser would refuse or misread. Thrown when it is made; never quotes the value. */
export class CookieError extends TypeError {
  readonly code: CookieErrorCode

  constructor(code: CookieErrorCode, name: unknown, rule: string) {
    super(`The cookie ${JSON.stringify(String(name))} is refused: ${rule}.`)
    this.name = 'CookieError'
    this.code = code
  }
}

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
const PREFIX = /^__(Host-Http|Host|Http|Secure)-/
/** Browsers read the prefixes in any case, we exactly: what only looks like one protects nothing. */
const LOOKS_LIKE_PREFIX = /^(?:__(?:host|http|secure)|(?:host|http|secure)__)/i

/** The name, if browsers and servers read it alike. */
export function checkedName(name: string): string {
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw new CookieError(
      'COOKIE_NAME',
      name,
      'its name must be a token (RFC 6265 4.1.1): visible ASCII without separators',
    )
  }
  if (LOOKS_LIKE_PREFIX.test(name) && !PREFIX.test(name)) {
    throw new CookieError(
      'COOKIE_NAME',
      name,
      'its name looks like a prefix, but the prefixes are spelled __Host-, __Secure-, __Http- and __Host-Http-',
    )
  }
  return name
}

const DEFAULTS = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const

/**
 * The attributes with their defaults, if a browser keeps every one of them. Reads own properties only: a
 * polluted `Object.prototype` must not switch `secure` off.
 */
export function checkedAttributes(name: string, given: CookieAttributes): CookieAttributes {
  const refuse = (rule: string): never => {
    throw new CookieError('COOKIE_ATTRIBUTE', name, rule)
  }
  if (!isObject(given)) refuse(`its attributes must be an object, not ${describeGiven(given)}`)
  const unknown = unknownOption(given, RULES)
  // Without its last character: the message ends with its own.
  if (unknown) refuse(`${unknown.option} ${unknown.reason.slice(0, -1)}`)
  const own = Object.entries(given).filter(([, value]) => value !== undefined)
  const attributes: CookieAttributes = Object.assign(
    Object.create(null) as object,
    DEFAULTS,
    Object.fromEntries(own),
  )
  for (const [attribute, [isFine, rule]] of Object.entries(RULES)) {
    const value = attributes[attribute as keyof CookieAttributes]
    if (value !== undefined && !isFine(value)) refuse(`its ${attribute} must be ${rule}`)
  }
  checkTogether(name, attributes, refuse)
  return attributes
}

type Rule = readonly [isFine: (value: unknown) => boolean, rule: string]

// Longer ones are dropped by browsers, which widens where the cookie is sent (RFC 6265bis 5.6).
const LONGEST = 1024
const LONGEST_AGE = 400 * 24 * 60 * 60
const PATH = /^\/[\x20-\x2b\x2d-\x3a\x3c-\x7e]*$/
const DOMAIN = /^\.?[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i

const RULES: { readonly [Name in keyof CookieAttributes]-?: Rule } = {
  path: [
    (path) => isText(path, PATH),
    'a path that starts with /, has at most 1024 bytes, and no comma, semicolon or control character',
  ],
  domain: [(domain) => isText(domain, DOMAIN), 'a host name of at most 1024 bytes'],
  maxAge: [
    (age) => Number.isInteger(age) && (age as number) >= 0 && (age as number) <= LONGEST_AGE,
    `whole seconds from 0 to ${LONGEST_AGE} (400 days)`,
  ],
  expires: [isExpressible, 'a valid Date of the years 1601 to 9999'],
  httpOnly: [isBoolean, 'true or false'],
  secure: [isBoolean, 'true or false'],
  sameSite: [(value) => isOneOf(value, ['strict', 'lax', 'none']), "'strict', 'lax' or 'none'"],
  partitioned: [isBoolean, 'true or false'],
  priority: [(value) => isOneOf(value, ['low', 'medium', 'high']), "'low', 'medium' or 'high'"],
}

/** Cookie dates have four digits for the year, and begin with 1601 (RFC 6265bis 5.1.1). */
function isExpressible(date: unknown): boolean {
  if (!(date instanceof Date)) return false
  const year = date.getUTCFullYear()
  return year >= 1601 && year <= 9999
}

function isText(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && value.length <= LONGEST && form.test(value)
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isOneOf(value: unknown, words: readonly string[]): boolean {
  return typeof value === 'string' && words.includes(value)
}

/** RFC 6265bis 4.1.3 and the layered cookies draft: what a prefix promises; what `secure` is needed for. */
function checkTogether(
  name: string,
  attributes: CookieAttributes,
  refuse: (rule: string) => never,
): void {
  const prefix = PREFIX.exec(name)?.[1]
  const { secure, httpOnly, sameSite, partitioned, path, domain } = attributes
  if (prefix && !secure) refuse(`__${prefix}- needs secure`)
  if (prefix?.startsWith('Host') && (path !== '/' || domain !== undefined))
    refuse(`__${prefix}- needs path / and no domain`)
  if (prefix?.endsWith('Http') && !httpOnly) refuse(`__${prefix}- needs httpOnly`)
  if (sameSite === 'none' && !secure) refuse('sameSite none needs secure')
  if (partitioned && !secure) refuse('partitioned needs secure')
}
