import type { ServerResponse } from 'node:http'
import type { ServerRequest } from 'srvx'
import type { RequestGate } from './request-gate.js'
import { Exchange } from '../request/exchange.js'
import { urlOf } from '../request/fetch-exchange.js'

/** A path that no URL parser changes. */
const PLAIN_PATH = /^\/[\w~!$&'()*+,;=:@/-]*$/

/**
 * A request as Node has it. Few handlers ask for a standard `Request`, its `Headers` or its `URL`: the router,
 * sessions and `Reply` do without.
 */
export class NodeExchange extends Exchange {
  /** Has the request as `req`. */
  readonly #answer: ServerResponse
  readonly #entrance: RequestGate
  #request: ServerRequest | undefined

  constructor(answer: ServerResponse, entrance: RequestGate) {
    super()
    this.#answer = answer
    this.#entrance = entrance
  }

  get method(): string {
    return this.#answer.req.method ?? 'GET'
  }

  get path(): string {
    const target = this.#answer.req.url ?? '/'
    const end = target.indexOf('?')
    const path = end === -1 ? target : target.slice(0, end)
    return PLAIN_PATH.test(path) ? path : this.url.pathname
  }

  get request(): ServerRequest {
    return (this.#request ??= this.#entrance.requestOf(this.#answer))
  }

  get url(): URL {
    return urlOf(this.request)
  }

  get host(): string {
    return this.#answer.req.headers.host ?? this.url.host
  }

  get isHttps(): boolean {
    return this.#entrance.isHttps(this.#answer.req)
  }

  protected get cookieHeader(): string | null {
    return this.#answer.req.headers.cookie ?? null
  }
}
