import type { ServerRequest } from 'srvx'
import { readBytes } from './body.js'
import { Cookies } from './cookies.js'
import type { Conversion } from './conversion.js'
import type { BadField } from './http-error.js'
import { Reply } from './reply.js'
import type { Route } from './route.js'
import type { Params } from './router.js'

/** A route, with what was prepared for it when the application got ready. */
export interface Endpoint {
  readonly route: Route
  /** What the route takes from the request, to name every bad field when one is bad. */
  readonly fields: readonly Field[]
  /** In bytes. */
  readonly bodyLimit: number
}

/** One value that a route takes from the request. Bad input is a result, not an exception. */
export interface Field {
  readonly in: BadField['in']
  readonly name?: string
  read(exchange: Exchange): Conversion | Promise<Conversion>
}

/**
 * One request on its way through the application: what every built-in component is made from. What is
 * not asked for is not made.
 */
export class Exchange {
  readonly request: Request
  readonly endpoint: Endpoint
  /** Parameters of the path, decoded; without a prototype. */
  readonly params: Params
  /** The response so far, once there is one. */
  response: Response | undefined
  /** Whether its body may fail while it is sent. */
  isStreamed = false
  #url: URL | undefined
  #cookies: Cookies | undefined
  #reply: Reply | undefined
  #bytes: Promise<Uint8Array> | undefined

  constructor(request: Request, endpoint: Endpoint, params: Params) {
    this.request = request
    this.endpoint = endpoint
    this.params = params
  }

  get url(): URL {
    return (this.#url ??= urlOf(this.request))
  }

  get cookies(): Cookies {
    return (this.#cookies ??= new Cookies(this.request.headers.get('cookie')))
  }

  /** What is sent beside the return value. */
  get reply(): Reply {
    return (this.#reply ??= new Reply())
  }

  /** The reply, if somebody asked for it. */
  get askedReply(): Reply | undefined {
    return this.#reply
  }

  /** The body, read once. Rejects with an HttpError: 413 over the limit, 415 when it is compressed. */
  bytes(): Promise<Uint8Array> {
    return (this.#bytes ??= readBytes(this.request, this.endpoint.bodyLimit))
  }
}

/** The URL of a request; srvx has parsed the ones it serves. */
export function urlOf(request: ServerRequest): URL {
  return request._url ?? new URL(request.url)
}

/** A path that no URL parser changes. */
const PLAIN_PATH = /^\/[\w~!$&'()*+,;=:@/-]*$/

/** The path of a request, for the router; a URL is made only where it would differ from what was sent. */
export function pathOf(request: ServerRequest): string {
  const target = request.runtime?.node?.req.url
  if (target === undefined) return urlOf(request).pathname
  const end = target.indexOf('?')
  const path = end === -1 ? target : target.slice(0, end)
  return PLAIN_PATH.test(path) ? path : urlOf(request).pathname
}
