import { isLoopback } from '../http/index.js'
import { readSetCookie, type ReceivedCookie } from './set-cookie.js'

/** A cookie as a browser keeps it. */
export interface StoredCookie {
  readonly name: string
  /** As it was sent, not decoded. */
  readonly value: string
  readonly path: string
  /** The `Domain` attribute; `undefined` for a cookie of this host only. */
  readonly domain: string | undefined
  /** Milliseconds since 1970; `undefined` for a cookie that lasts until the browser closes. */
  readonly expires: number | undefined
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
}

/**
 * Keeps cookies as a browser does, for the one origin of a test client (RFC 6265bis, section 5.7). It drops what a
 * browser drops, so a test notices a wrong attribute by a missing cookie.
 */
export class CookieJar implements Iterable<StoredCookie> {
  readonly #cookies = new Map<string, StoredCookie>()
  readonly #origin: URL
  readonly #clock: () => number

  /** @param clock milliseconds since 1970. */
  constructor(origin: URL, clock: () => number) {
    this.#origin = origin
    this.#clock = clock
  }

  /** The cookie of that name, the one with the longest path first. */
  get(name: string): StoredCookie | undefined {
    return [...this].find((cookie) => cookie.name === name)
  }

  /** Whether a cookie of that name is kept. */
  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** How many cookies are kept. */
  get size(): number {
    return [...this].length
  }

  /** Plants a cookie of this host, for example a forged one; the prefix rules do not apply. */
  set(name: string, value: string): void {
    this.#keep({ ...FROM_NOWHERE, name, value })
  }

  /** Deletes every cookie of that name. */
  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key)
  }

  /** Deletes all cookies: the visitor comes back without a session. */
  clear(): void {
    this.#cookies.clear()
  }

  /** The `Cookie` header for a request to this path, or `undefined` when there is nothing to send. */
  header(path: string): string | undefined {
    const sent = [...this].filter(
      (cookie) => pathMatches(path, cookie.path) && this.#mayUse(cookie),
    )
    return sent.map(pairOf).join('; ') || undefined
  }

  /** Stores the cookies of a response to a request for this path. */
  store(response: Response, path: string): void {
    for (const line of response.headers.getSetCookie()) {
      const cookie = readSetCookie(line, this.#clock())
      if (cookie && this.#accepts(cookie)) this.#receive(cookie, path)
    }
  }

  /** The cookies that have not expired: longer paths first, then older ones (RFC 6265bis, section 5.8.3). */
  *[Symbol.iterator](): Iterator<StoredCookie> {
    const valid = [...this.#cookies.values()].filter((cookie) => !this.#isExpired(cookie))
    yield* valid.sort((one, other) => other.path.length - one.path.length)
  }

  #keep(cookie: StoredCookie): void {
    const key = JSON.stringify([cookie.name, cookie.domain, cookie.path])
    if (this.#isExpired(cookie)) this.#cookies.delete(key)
    else this.#cookies.set(key, cookie)
  }

  #isExpired({ expires }: StoredCookie): boolean {
    return expires !== undefined && expires <= this.#clock()
  }

  /** RFC 6265bis, section 5.7. */
  #accepts({
    name,
    value,
    secure,
    httpOnly,
    sameSite,
    partitioned,
    ...rest
  }: ReceivedCookie): boolean {
    if (secure && !this.#isTrustworthy()) return false
    if (!secure && (sameSite === 'none' || partitioned)) return false
    if (rest.domain !== undefined && !this.#isInDomain(rest.domain)) return false
    // A cookie without a name is sent as its value, and must not look like one with a prefix.
    const prefix = PREFIX.exec(name === '' ? value : name)?.[1]?.toLowerCase()
    if (prefix === undefined) return true
    if (name === '' || !secure) return false
    if (prefix.endsWith('http') && !httpOnly) return false
    return !prefix.startsWith('host') || (rest.path === '/' && rest.domain === undefined)
  }

  #receive(received: ReceivedCookie, requestPath: string): void {
    const { name, value, expires, httpOnly, secure, sameSite } = received
    const path = received.path ?? defaultPath(requestPath)
    const domain = this.#domainOf(received)
    this.#keep({ name, value, path, domain, expires, httpOnly, secure, sameSite })
  }

  /** The domain of a public suffix is this host alone, if it is the host (section 5.7, step 9). */
  #domainOf({ domain }: Pick<ReceivedCookie, 'domain'>): string | undefined {
    return domain === this.#origin.hostname && !domain.includes('.') ? undefined : domain
  }

  #isInDomain(domain: string): boolean {
    const host = this.#origin.hostname
    if (host === domain) return true
    // No list of public suffixes is at hand: a name without a dot is one.
    return domain.includes('.') && host.endsWith(`.${domain}`) && !IS_ADDRESS.test(host)
  }

  #mayUse(cookie: StoredCookie): boolean {
    return !cookie.secure || this.#isTrustworthy()
  }

  /** Browsers accept `Secure` cookies from their own machine without TLS. */
  #isTrustworthy(): boolean {
    return this.#origin.protocol === 'https:' || isLoopback(this.#origin.hostname)
  }
}

const PREFIX = /^__(host-http|host|http|secure)-/i
const IS_ADDRESS = /^[\d.]+$|^\[/

const FROM_NOWHERE: Omit<StoredCookie, 'name' | 'value'> = {
  path: '/',
  domain: undefined,
  expires: undefined,
  httpOnly: false,
  secure: false,
  sameSite: undefined,
}

/** A cookie without a name is its value. */
function pairOf({ name, value }: StoredCookie): string {
  return name === '' ? value : `${name}=${value}`
}

/** RFC 6265bis, section 5.1.4: `/cart` covers `/cart` and `/cart/tea`, not `/cartoon`. */
function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true
  return path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`)
}

/** RFC 6265bis, section 5.1.4: without a `Path`, the folder of the request. */
function defaultPath(path: string): string {
  return path.startsWith('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '/'
}
