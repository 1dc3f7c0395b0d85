import { aFunction, checkedElsewhere, isObject, type OptionRules } from '../../../di/index.js'
import { SessionOptionError } from '../../errors/errors.js'
import { checkNumber, checkSessionOptions, ownOptions } from '../../errors/options.js'
import { forgetting, OLD_COOKIE_RULES, valuesOf, type OldCookieOptions } from './old-cookie.js'
import type { NamedSession, OldSession, OldSessions, RefusedCookie } from './old-sessions.js'

/** How iron-session was set up. */
export interface IronSessionOptions extends OldCookieOptions {
  /** Its `cookieName`. */
  readonly name: string
  /** Opens a seal: `(seal) => unsealData(seal, { password })` of iron-session. */
  readonly unseal: (seal: string) => unknown
  /**
   * Its `ttl` in seconds, which was 1,209,600 unless it was given: a seal says when it ends, so this tells when it was
   * made. Default: not known, and the session counts as used when it is taken over.
   */
  readonly ttl?: number
}

/** What `decodeSecureSession` of @fastify/secure-session gives. */
export interface SecureSession {
  data(): unknown
  // oxlint-disable-next-line typescript/no-explicit-any -- typed by each application
  get(key: any): unknown
}

/** How @fastify/secure-session was set up. */
export interface SecureSessionOptions extends OldCookieOptions {
  /** Opens a cookie: `(text) => fastify.decodeSecureSession(text)`. */
  readonly decode: (text: string) => SecureSession | null
}

/**
 * The sessions of iron-session.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function ironSession(given: IronSessionOptions): OldSessions {
  checkSessionOptions(given, IRON_RULES)
  const { name, unseal, ttl, ...options } = ownOptions(given)
  if (!name) throw new SessionOptionError('name', 'is missing: give the `cookieName` that it had.')
  checkFunction('unseal', unseal)
  const lifetime = ttl === undefined ? NaN : checkNumber('ttl', ttl, { unit: 'seconds' }) * 1000
  return sealed({ ...options, name }, async (text) => {
    // The version after `~` is not authenticated; all before it is.
    const [seal = ''] = text.split('~')
    const end = Number(seal.split('*')[5] || NaN)
    const data = await unseal(text)
    // What it cannot open, or no longer, is an empty session.
    if (!isObject(data) || Object.keys(data).length === 0) {
      return end <= Date.now() ? 'expired-idle' : undefined
    }
    return { key: seal, session: { data: data as OldSession['data'], seenAt: at(end - lifetime) } }
  })
}

/**
 * The sessions of @fastify/secure-session. The cookie is named `session`, unless `name` says otherwise.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function secureSession(given: SecureSessionOptions): OldSessions {
  checkSessionOptions(given, SECURE_RULES)
  const { name = 'session', decode, ...options } = ownOptions(given)
  checkFunction('decode', decode)
  return sealed({ ...options, name }, async (text) => {
    const decoded = decode(text)
    const data = decoded?.data()
    if (!decoded || !isObject(data)) return undefined
    const seenAt = at(Number(decoded.get('__ts')) * 1000)
    // Base64 has many spellings of the same bytes, and what was sealed has to have one name.
    const key = text.split(';', 2).map((part) => Buffer.from(part, 'base64').toString('base64'))
    return { key: key.join(';'), session: { data: data as OldSession['data'], seenAt } }
  })
}

interface Opened {
  readonly key: string
  readonly session: OldSession
}

/** Sessions that are in a cookie which only the functions of their own package can open. */
function sealed(
  options: OldCookieOptions & { readonly name: string },
  open: (text: string) => Promise<Opened | 'expired-idle' | undefined>,
): OldSessions {
  const names = [options.name]
  const named = async (text: string): Promise<NamedSession | RefusedCookie> => {
    // The packages throw for some of what a visitor may invent.
    const opened = (await open(text).catch(() => undefined)) ?? 'tampered'
    if (typeof opened === 'string') return { reason: opened, text }
    const { key, session } = opened
    const end = async () => forgetting(names, options)
    return { text, key, read: async () => session, end }
  }
  return {
    names,
    find: (cookies) => Promise.all(valuesOf(cookies, options.name).map(named)),
  }
}

function at(time: number): Date | undefined {
  return Number.isNaN(time) ? undefined : new Date(time)
}

function checkFunction(option: string, given: unknown): void {
  if (typeof given === 'function') return
  throw new SessionOptionError(option, 'is missing: give the function that opens its cookies.')
}

const IRON_RULES: OptionRules<IronSessionOptions> = {
  ...OLD_COOKIE_RULES,
  unseal: aFunction,
  ttl: checkedElsewhere,
}

const SECURE_RULES: OptionRules<SecureSessionOptions> = {
  ...OLD_COOKIE_RULES,
  decode: aFunction,
}
