import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { ClientAddress, plainAddress } from '../request/client-address.js'
import { Exchange } from '../request/exchange.js'
import { pathIn } from '../request/request-target.js'
import { normalPath } from '../routing/path.js'
import { bodyStream, collected, type Body } from '../server/message-body.js'
import { headerIn } from './node-headers.js'
import { parsedBytes } from './parsed-body.js'

/** What a host that runs on Node knows of a request better than its socket. */
export interface NodeHostFacts {
  /** Whether the visitor came over https, as the host trusts its proxies. Default: what the socket says. */
  readonly isHttps?: boolean
  /** The visitor's address, as the host trusts its proxies. Default: that of the socket. */
  readonly ip?: string | undefined
  /** The visitor's host, as the host trusts its proxies. Default: the `Host` header. */
  readonly host?: string | undefined
  /** The whole target, where the host has changed `req.url` for an application below a path. Default: `req.url`. */
  readonly target?: string
  /** The path below which the application is mounted: `/shop`. Default: none. */
  readonly base?: string
  /** What the host has made of the body. Default: `req.rawBody`, or `req.body`. */
  readonly parsed?: unknown
}

/** A request that a framework on Node passes on. */
export class NodeHostExchange extends Exchange {
  readonly method: string
  readonly #req: IncomingMessage
  readonly #res: Writable
  readonly #facts: NodeHostFacts
  #path: string | undefined
  #url: URL | undefined
  #request: Request | undefined
  #leaving: AbortController | undefined

  /** @param res is closed when the request is over: the response, or the socket of an upgrade. */
  constructor(req: IncomingMessage, res: Writable, facts: NodeHostFacts = {}) {
    super()
    this.#req = req
    this.#res = res
    this.#facts = facts
    this.method = req.method ?? 'GET'
  }

  get path(): string {
    return (this.#path ??= normalPath(pathIn(this.#target)).slice(this.base.length) || '/')
  }

  /** The path below which the application is mounted, or nothing. */
  get base(): string {
    return this.#facts.base ?? ''
  }

  override get source(): object {
    return sourceOf(this.#req)
  }

  get request(): Request {
    return (this.#request ??= this.#makeRequest())
  }

  get url(): URL {
    return (this.#url ??= new URL(
      `${this.isHttps ? 'https' : 'http'}://${this.host}${this.#target}`,
    ))
  }

  get host(): string {
    const { host, ':authority': authority } = this.#req.headers
    return this.#facts.host ?? host ?? (authority as string | undefined) ?? 'localhost'
  }

  get isHttps(): boolean {
    // That of HTTP/2 has the property without TLS, too.
    return this.#facts.isHttps ?? (this.#req.socket as { encrypted?: boolean }).encrypted === true
  }

  get clientAddress(): ClientAddress {
    const ip = this.#facts.ip ?? this.#req.socket.remoteAddress
    return new ClientAddress(ip === undefined ? undefined : plainAddress(ip))
  }

  get isUpgrade(): boolean {
    return this.#req.headers.upgrade !== undefined
  }

  override get signal(): AbortSignal {
    this.#leaving ??= leavingOf(this.#res)
    return this.#leaving.signal
  }

  header(name: string): string | null {
    return headerIn(this.#req, name)
  }

  /** What the host has parsed already is written as bytes again, so that the same checks and limits hold. */
  protected collect(): Promise<Uint8Array> {
    const parsed = this.#parsedBytes()
    return parsed ? Promise.resolve(parsed) : collected(this.#req, this.endpoint)
  }

  protected limitedBody(): Body | null {
    return this.request.body as Body | null
  }

  get #target(): string {
    return this.#facts.target ?? this.#req.url ?? '/'
  }

  #makeRequest(): Request {
    const headers = new Headers()
    const { rawHeaders } = this.#req
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index]!
      if (!name.startsWith(':')) headers.append(name, rawHeaders[index + 1]!)
    }
    const hasBody = this.method !== 'GET' && this.method !== 'HEAD'
    const body = hasBody ? this.#body() : null
    const init = { method: this.method, headers, body, signal: this.signal, duplex: 'half' }
    return new Request(this.url, init as RequestInit)
  }

  #parsedBytes(): Uint8Array<ArrayBuffer> | undefined {
    return parsedBytes(this.#req, this.endpoint.bodyLimit, this.#facts.parsed)
  }

  #body(): Body {
    const parsed = this.#parsedBytes()
    if (parsed) return new Blob([parsed]).stream()
    return bodyStream(
      this.#req,
      () => this.endpoint,
      () => {},
    )
  }
}

/**
 * What holds the scope of a request. Express changes the prototypes of requests, after which V8 makes a hidden class for
 * each of them whenever a property is added, at some microseconds; this list it leaves alone, and nobody replaces it.
 */
export function sourceOf({ rawHeaders }: IncomingMessage): object {
  return rawHeaders
}

/**
 * Makes V8 keep a response whose prototype was changed, as Express does, in a table: an object of which a property was
 * deleted has no hidden class. Properties are added to it at little cost, by us as by Express and Node.
 */
export function asDictionary(res: ServerResponse): void {
  const isOfNode = Object.hasOwn(Object.getPrototypeOf(res) as object, 'writeHead')
  if (isOfNode || !Object.hasOwn(res, 'req')) return
  const { req } = res
  Reflect.deleteProperty(res, 'req')
  Object.assign(res, { req })
}

/** Aborts when the client leaves before it has the whole response. */
function leavingOf(res: Writable): AbortController {
  const leaving = new AbortController()
  const gone = new DOMException('The client has left.', 'AbortError')
  if (res.destroyed && !res.writableFinished) leaving.abort(gone)
  else
    res.once('close', () => {
      if (!res.writableFinished) leaving.abort(gone)
    })
  return leaving
}
