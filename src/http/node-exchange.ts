import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerRequest } from 'srvx'
import type { Entrance } from './entrance.js'
import { Exchange } from './exchange.js'
import { urlOf } from './request-exchange.js'

/** A path that no URL parser changes. */
const PLAIN_PATH = /^\/[\w~!$&'()*+,;=:@/-]*$/

/**
 * A request as Node has it. Few handlers ask for a standard `Request`, its `Headers` or its `URL`: the router,
 * sessions and `Reply` do without.
 */
export class NodeExchange extends Exchange {
  readonly #message: IncomingMessage
  readonly #answer: ServerResponse
  readonly #entrance: Entrance
  #request: ServerRequest | undefined

  constructor(message: IncomingMessage, answer: ServerResponse, entrance: Entrance) {
    super()
    this.#message = message
    this.#answer = answer
    this.#entrance = entrance
  }

  get method(): string {
    return this.#message.method ?? 'GET'
  }

  get path(): string {
    const target = this.#message.url ?? '/'
    const end = target.indexOf('?')
    const path = end === -1 ? target : target.slice(0, end)
    return PLAIN_PATH.test(path) ? path : this.url.pathname
  }

  get request(): ServerRequest {
    return (this.#request ??= this.#entrance.requestOf(this.#message, this.#answer))
  }

  get url(): URL {
    return urlOf(this.request)
  }

  get host(): string {
    return this.#message.headers.host ?? this.url.host
  }

  get isHttps(): boolean {
    return this.#entrance.isHttps(this.#message)
  }

  protected get cookieHeader(): string | null {
    return this.#message.headers.cookie ?? null
  }
}
