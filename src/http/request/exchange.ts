import { readBytes } from './read-body.js'
import { Cookies } from '../cookies/cookies.js'
import type { Conversion } from './conversion.js'
import type { FieldError } from '../errors/http-error.js'
import { Reply } from '../response/reply.js'
import type { Route } from '../routing/route.js'
import type { Params } from '../routing/router.js'

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
  readonly in: FieldError['in']
  readonly name?: string
  read(exchange: Exchange): Conversion | Promise<Conversion>
}

/**
 * One request on its way through the application: what every built-in component is made from. What is
 * not asked for is not made. How a request came in is said by its subclasses.
 */
export abstract class Exchange {
  /** Set before anything is made of it. */
  endpoint!: Endpoint
  /** Parameters of the path, decoded; without a prototype. */
  params!: Params
  /** The response so far, once there is one. */
  response: Response | undefined
  /** Whether its body may fail while it is sent. */
  isStreamed = false
  #cookies: Cookies | undefined
  #reply: Reply | undefined
  #bytes: Promise<Uint8Array> | undefined

  abstract get method(): string
  /** For the router: what the path of its URL is. */
  abstract get path(): string
  /** The standard request; one that is served is made when somebody asks for it. */
  abstract get request(): Request
  abstract get url(): URL
  /** The host, and the port if it is not that of the scheme, as the visitor named them. */
  abstract get host(): string
  /** Whether the visitor came over https, as far as a trusted proxy or the socket tells. */
  abstract get isHttps(): boolean
  protected abstract get cookieHeader(): string | null

  /** Says what answers it. */
  routed(endpoint: Endpoint, params: Params): this {
    this.endpoint = endpoint
    this.params = params
    return this
  }

  get cookies(): Cookies {
    return (this.#cookies ??= new Cookies(this.cookieHeader))
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
