import { parseSetCookie } from 'cookie'
import { describeGiven } from '../../di/index.js'
import { cookieIdentity } from '../cookies/cookie-form.js'
import type { Cookie } from '../cookies/cookie.js'
import { checkHeaders, isSendable } from '../headers/sendable.js'
import { withDefaults } from './default-lines.js'
import { mergeVary } from './merge-vary.js'
import { PlainResponse, type HeaderLine } from './plain-response.js'
import { ReplyParts } from './reply-parts.js'

/**
 * The status, headers and cookies that are sent with a return value: ask for it to set them. What the handler
 * has set is dropped when the request fails; what middleware and hooks set is kept.
 */
export class Reply {
  #cookies: Map<string, Cookie> | undefined
  #status: number | undefined
  #headers: Headers | undefined
  /** The library's own headers, until somebody asks for `headers`: making a `Headers` is slow. */
  #lines: HeaderLine[] = []
  /** For responses that do not have them. */
  #defaults: readonly HeaderLine[] = []
  /** As it was before and after the handler, while something may still have to be dropped. */
  #before: ReplyParts | undefined
  #after: ReplyParts | undefined

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
    return (this.#headers ??= new Headers(this.#lines.map(([name, content]) => [name, content])))
  }

  /**
   * Sets a header.
   *
   * @internal
   * @param name in lower case.
   */
  set(name: string, content: string): void {
    if (this.#headers) return this.#headers.set(name, content)
    const index = this.#indexOf(name)
    if (index === -1) this.#lines.push([name, content])
    else this.#lines[index] = [name, content]
  }

  /**
   * Says that the response depends on a header of the request.
   *
   * @internal
   */
  vary(name: string): void {
    if (this.#headers) return this.#headers.append('vary', name)
    if (this.#lines.length === 0) return void (this.#lines = [['vary', name]])
    const [, present = null] = this.#lines[this.#indexOf('vary')] ?? []
    this.set('vary', mergeVary(present, name))
  }

  /**
   * Sets headers for a response that does not have them.
   *
   * @internal
   * @param lines names in lower case.
   */
  setDefaults(lines: readonly HeaderLine[]): void {
    this.#defaults = this.#defaults.length === 0 ? lines : [...this.#defaults, ...lines]
  }

  /**
   * Sends a cookie; of two with the same name, domain and path the last wins (RFC 6265bis 4.1.1 forbids both).
   *
   * @throws TypeError when it is given something else than a `Cookie`.
   */
  cookie(cookie: Cookie): this {
    if (typeof (cookie as Partial<Cookie> | undefined)?.attributes !== 'object')
      throw new TypeError(
        `reply.cookie takes a Cookie, not ${describeGiven(cookie)}: reply.cookie(new Cookie('name', 'value')).`,
      )
    const cookies = (this.#cookies ??= new Map<string, Cookie>())
    cookies.delete(cookie.identity)
    cookies.set(cookie.identity, cookie)
    return this
  }

  /**
   * What is set from here on is the handler's.
   *
   * @internal
   */
  handlerBegins(): void {
    this.#before = this.#parts()
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
   * Drops the headers that cannot be sent, and keeps the others.
   *
   * @internal
   */
  dropUnsendable(): void {
    for (const [name, content] of this.#headers ? [...this.#headers] : []) {
      if (!isSendable(name, content)) this.#headers?.delete(name)
    }
  }

  /**
   * What is set from here on is that of hooks and middleware.
   *
   * @internal
   */
  handlerEnded(): void {
    this.#after = this.#parts()
  }

  /**
   * Drops what the handler has set, because the request has failed.
   *
   * @internal
   */
  dropHandler(): void {
    if (!this.#after) return
    this.#restore(this.#parts().without(this.#after, this.#before))
    this.#before = this.#after = undefined
  }

  /** The response with these headers and cookies, and with `defaults` where it has no such headers. */
  applyTo(response: Response, defaults: readonly HeaderLine[] = []): Response {
    if (this.#headers || !PlainResponse.isPlain(response)) {
      this.#writeTo(response.headers)
      return withDefaults(withDefaults(response, this.#defaults), defaults)
    }
    const { lines } = response
    for (const line of this.#lines) lines.push(line)
    if (this.#cookies)
      for (const cookie of this.#cookies.values()) lines.push(['set-cookie', cookie.toString()])
    response.addDefaults(this.#defaults)
    response.addDefaults(defaults)
    return response
  }

  /**
   * The headers and cookies as lines, for a host that sends the response: those of `defaults` where it has none.
   *
   * @internal
   */
  linesFor(head: { has?(name: string): boolean }): HeaderLine[] {
    const sent: HeaderLine[] = []
    for (const line of this.#headers ?? this.#lines) {
      // Only a server on the way decides about its own transfer (RFC 9112 6.1).
      if (line[0] !== 'transfer-encoding') sent.push(line)
    }
    if (this.#cookies)
      for (const cookie of this.#cookies.values()) sent.push(['set-cookie', cookie.toString()])
    const isSet = (name: string) => head.has?.(name) || sent.some(([present]) => present === name)
    for (const line of this.#defaults) if (!isSet(line[0])) sent.push(line)
    return sent
  }

  #parts(): ReplyParts {
    const lines = this.#headers ? [...this.#headers] : this.#lines.slice()
    return new ReplyParts(this.#status, lines, this.#cookies && new Map(this.#cookies))
  }

  #restore({ status, lines, cookies }: ReplyParts): void {
    this.#status = status
    this.#cookies = cookies && new Map(cookies)
    if (!this.#headers) return void (this.#lines = [...lines])
    // Emptied and not replaced: the handler or a hook may still hold the object.
    for (const name of Array.from(this.#headers.keys())) this.#headers.delete(name)
    for (const [name, content] of lines) this.#headers.append(name, content)
  }

  #indexOf(name: string): number {
    return this.#lines.findIndex(([present]) => present === name)
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

function identityOf(header: string): string {
  const { name, domain, path } = parseSetCookie(header)
  return cookieIdentity(name, { domain, path })
}
