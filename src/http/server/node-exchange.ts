import type { ServerResponse } from 'node:http'
import { FastURL } from 'srvx/node'
import { Exchange } from '../request/exchange.js'
import type { BoundedRequest } from './bounded-request.js'
import type { RequestGate } from './request-gate.js'

/** A path that no URL parser changes. */
const PLAIN_PATH = /^\/[\w~!$&'()*+,;=:@/-]*$/

/**
 * A request that came through a Node server. Few handlers ask for a standard `Request`, its `Headers` or
 * its `URL`, and the router, sessions and `Reply` do without: each is made on first use.
 */
export class NodeExchange extends Exchange {
  /** Has the request as `req`. */
  readonly #res: ServerResponse
  readonly #gate: RequestGate
  #request: BoundedRequest | undefined
  #url: URL | undefined

  constructor(res: ServerResponse, gate: RequestGate) {
    super()
    this.#res = res
    this.#gate = gate
  }

  get method(): string {
    return this.#res.req.method ?? 'GET'
  }

  get path(): string {
    const target = this.#res.req.url ?? '/'
    const end = target.indexOf('?')
    const path = end === -1 ? target : target.slice(0, end)
    return PLAIN_PATH.test(path) ? path : this.url.pathname
  }

  get request(): BoundedRequest {
    return (this.#request ??= this.#gate.requestOf(this.#res, () => this.endpoint))
  }

  get url(): URL {
    return (this.#url ??= this.#makeUrl())
  }

  get host(): string {
    return this.#res.req.headers.host ?? this.url.host
  }

  get isHttps(): boolean {
    return this.#gate.isHttps(this.#res.req)
  }

  /** On Node another listener takes the requests that can change the protocol. */
  get isUpgrade(): boolean {
    return false
  }

  protected get cookieHeader(): string | null {
    return this.#res.req.headers.cookie ?? null
  }

  header(name: string): string | null {
    const content = this.#res.req.headers[name]
    return (Array.isArray(content) ? content.join(', ') : content) ?? null
  }

  protected collect(): Promise<Uint8Array> {
    return this.request.collect()
  }

  protected limitedBody(): ReadableStream<Uint8Array> | null {
    return this.request.body
  }

  /** srvx's URL parses on demand, and most handlers only need the query. */
  #makeUrl(): URL {
    const { url: target = '', headers } = this.#res.req
    if (target[0] !== '/' || !headers.host) return new URL(this.request.url)
    const end = target.indexOf('?')
    return new FastURL({
      protocol: this.isHttps ? 'https:' : 'http:',
      host: headers.host,
      pathname: end === -1 ? target : target.slice(0, end),
      search: end === -1 ? '' : target.slice(end),
    })
  }
}
