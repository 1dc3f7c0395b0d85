import { parseSetCookie, type SetCookie } from 'cookie'

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
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ') || undefined
  }

  /** Stores the cookies of a response to a request for this path. */
  store(response: Response, path: string): void {
    for (const line of response.headers.getSetCookie()) {
      // Decoding is up to the application.
      const cookie = parseSetCookie(line, { decode: (value) => value })
      if (this.#accepts(cookie)) this.#keep(this.#stored(cookie, path))
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

  #accepts(cookie: SetCookie): boolean {
    const secure = cookie.secure === true
    if (secure && !this.#isTrustworthy()) return false
    if (!secure && (cookie.sameSite === 'none' || cookie.partitioned)) return false
    if (cookie.domain !== undefined && !domainMatches(this.#origin.hostname, cookie.domain))
      return false
    const name = cookie.name.toLowerCase()
    if (name.startsWith('__secure-') && !secure) return false
    if (name.startsWith('__host-') && !(secure && cookie.path === '/' && !cookie.domain))
      return false
    return Buffer.byteLength(cookie.name + (cookie.value ?? '')) <= 4096
  }

  #mayUse(cookie: StoredCookie): boolean {
    return !cookie.secure || this.#isTrustworthy()
  }

  /** Browsers accept `Secure` cookies from localhost without TLS. */
  #isTrustworthy(): boolean {
    const { protocol, hostname } = this.#origin
    return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  }

  #stored(cookie: SetCookie, path: string): StoredCookie {
    return {
      name: cookie.name,
      value: cookie.value ?? '',
      path: cookie.path?.startsWith('/') ? cookie.path : defaultPath(path),
      domain: cookie.domain?.replace(/^\./, '').toLowerCase() || undefined,
      expires: this.#expiry(cookie),
      httpOnly: cookie.httpOnly === true,
      secure: cookie.secure === true,
      sameSite: typeof cookie.sameSite === 'string' ? cookie.sameSite : undefined,
    }
  }

  /** Max-Age wins over Expires (RFC 6265bis, section 5.7). */
  #expiry({ maxAge, expires }: SetCookie): number | undefined {
    return maxAge === undefined ? expires?.getTime() : this.#clock() + maxAge * 1000
  }
}

const FROM_NOWHERE: Omit<StoredCookie, 'name' | 'value'> = {
  path: '/',
  domain: undefined,
  expires: undefined,
  httpOnly: false,
  secure: false,
  sameSite: undefined,
}

/** RFC 6265bis, section 5.1.4: `/cart` covers `/cart` and `/cart/tea`, not `/cartoon`. */
function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true
  return path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`)
}

/** RFC 6265bis, section 5.1.4: without a `Path`, the folder of the request. */
function defaultPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function domainMatches(host: string, domain: string): boolean {
  const asked = domain.replace(/^\./, '').toLowerCase()
  return asked === '' || host === asked || host.endsWith(`.${asked}`)
}
