import { parseSetCookie } from 'cookie'
import type { Cookie } from '../cookies/cookie.js'
import { checkHeaders } from '../headers/sendable.js'
import { PlainResponse, type HeaderLine } from './plain-response.js'

/**
 * The status, headers and cookies that are sent with a return value: ask for it to set them. When the
 * handler fails they are dropped; what a hook sets after that is kept.
 */
export class Reply {
  #cookies: Map<string, Cookie> | undefined
  #status: number | undefined
  #headers: Headers | undefined
  /** The library's own headers, until somebody asks for `headers`: making a `Headers` is slow. */
  readonly #lines: HeaderLine[] = []

  /** Status of a plain return value; a returned `Response` keeps its own. Default: 200, or 204 for `undefined`. */
  get status(): number | undefined {
    return this.#status
  }

  /** @throws RangeError when it is not an integer from 200 to 599. */
  set status(status: number | undefined) {
    if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
      throw new RangeError(`The status of a reply is an integer from 200 to 599, not ${status}`)
    }
    this.#status = status
  }

  /** Headers of the response; each replaces one of the same name, except that `vary` is merged. */
  get headers(): Headers {
    if (!this.#headers) {
      this.#headers = new Headers(this.#lines.map(([name, content]) => [name, content]))
      this.#lines.length = 0
    }
    return this.#headers
  }

  /**
   * Whether a header is set.
   *
   * @internal
   * @param name in lower case.
   */
  has(name: string): boolean {
    return this.#headers ? this.#headers.has(name) : this.#lineOf(name) !== undefined
  }

  /**
   * Sets a header.
   *
   * @internal
   * @param name in lower case.
   */
  set(name: string, content: string): void {
    if (this.#headers) this.#headers.set(name, content)
    else this.#setLine(name, content)
  }

  /**
   * Says that the response depends on a header of the request.
   *
   * @internal
   */
  vary(name: string): void {
    if (this.#headers) this.#headers.append('vary', name)
    else this.#setLine('vary', mergeVary(this.#lineOf('vary') ?? null, name))
  }

  /** Sends a cookie; of two with the same name, domain and path the last wins (RFC 6265bis 4.1.1 forbids both). */
  cookie(cookie: Cookie): this {
    const cookies = (this.#cookies ??= new Map<string, Cookie>())
    const key = identity(cookie.name, cookie.attributes)
    cookies.delete(key)
    cookies.set(key, cookie)
    return this
  }

  /** Drops everything that was set, because the handler that set it has failed. */
  clear(): void {
    this.#status = undefined
    this.#cookies = undefined
    this.#lines.length = 0
    // Emptied and not replaced: the handler or a hook may still hold the object.
    for (const name of Array.from(this.#headers?.keys() ?? [])) this.#headers?.delete(name)
  }

  /**
   * Refuses headers that cannot be sent, while the handler that set them can still fail.
   *
   * @internal
   */
  check(): void {
    if (this.#headers) checkHeaders(this.#headers, 'Reply')
  }

  /**
   * Drops the headers and keeps the cookies.
   *
   * @internal
   */
  keepCookies(): void {
    const cookies = this.#cookies
    this.clear()
    this.#cookies = cookies
  }

  /** The response with these headers and cookies. */
  applyTo(response: Response): Response {
    if (!this.#headers && PlainResponse.isPlain(response)) {
      return response.with(this.#plainLines())
    }
    this.#writeTo(response.headers)
    return response
  }

  #plainLines(): readonly HeaderLine[] {
    if (!this.#cookies) return this.#lines
    const lines = this.#lines.slice()
    for (const cookie of this.#cookies.values()) lines.push(['set-cookie', cookie.toString()])
    return lines
  }

  #lineOf(name: string): string | undefined {
    for (const [present, content] of this.#lines) if (present === name) return content
    return undefined
  }

  #setLine(name: string, content: string): void {
    const index = this.#lines.findIndex(([present]) => present === name)
    if (index === -1) this.#lines.push([name, content])
    else this.#lines[index] = [name, content]
  }

  #writeTo(sent: Headers): void {
    for (const [name, content] of this.headers) {
      // Only a server on the way decides about its own transfer (RFC 9112 6.1).
      if (name === 'transfer-encoding') continue
      if (name === 'set-cookie') sent.append(name, content)
      else sent.set(name, name === 'vary' ? mergeVary(sent.get(name), content) : content)
    }
    if (this.#cookies) this.#writeCookies(sent, this.#cookies)
  }

  /** Replaces a handler's own `Set-Cookie` of the same cookie: two of them race in the browser. */
  #writeCookies(headers: Headers, cookies: ReadonlyMap<string, Cookie>): void {
    const kept = headers.getSetCookie().filter((header) => !cookies.has(identityOf(header)))
    headers.delete('set-cookie')
    for (const header of kept) headers.append('set-cookie', header)
    for (const cookie of cookies.values()) headers.append('set-cookie', cookie.toString())
  }
}

/** What makes two cookies one in a browser's store (RFC 6265bis 5.7). */
function identity(
  name: string,
  {
    domain = '',
    path = '/',
  }: { readonly domain?: string | undefined; readonly path?: string | undefined },
): string {
  // None of the three can contain a semicolon.
  return `${name};${domain.toLowerCase().replace(/^\./, '')};${path}`
}

function identityOf(header: string): string {
  const { name, domain, path } = parseSetCookie(header)
  return identity(name, { domain, path })
}

/** One `Vary` without duplicates; `*` stays alone (RFC 9110 12.5.5). */
function mergeVary(present: string | null, added: string): string {
  if (present === null && !added.includes(',')) return added
  const names = new Map<string, string>()
  for (const name of `${present ?? ''},${added}`.split(',').map((part) => part.trim())) {
    if (name === '*') return '*'
    if (name && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  return [...names.values()].join(', ')
}
