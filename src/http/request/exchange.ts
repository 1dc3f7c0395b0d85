import { scoped, type Component } from '../../di/index.js'
import { Cookies } from '../cookies/cookies.js'
import { isLocalHost } from '../cookies/local-host.js'
import type { FieldError } from '../errors/http-error.js'
import { Reply } from '../response/reply.js'
import { Route } from '../routing/route.js'
import type { Params } from '../routing/router.js'
import type { Conversion } from './conversion.js'
import { kindOf, parseForm, readBytes, type BodyKind } from './read-body.js'

/** A route, with everything prepared for it at start-up. */
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
 * One request on its way through the application. Every built-in component takes its value from it, and
 * it makes each of them on first use. Its subclasses know how the request came in.
 */
export abstract class Exchange {
  /** The route of the request; the application sets it before anything else runs. */
  endpoint!: Endpoint
  /** Parameters of the path, decoded; without a prototype. */
  params!: Params
  /** The response so far, once there is one. */
  response: Response | undefined
  /** Whether the body of the response may fail while it is sent. */
  isStreamed = false
  #cookies: Cookies | undefined
  #reply: Reply | undefined
  #bytes: Promise<Uint8Array> | undefined
  #form: Promise<FormData | undefined> | undefined

  abstract get method(): string
  /** The path of the URL, for the router. */
  abstract get path(): string
  /** The standard request. A server makes it when somebody asks for it. */
  abstract get request(): Request
  abstract get url(): URL
  /** The host as the visitor named it, with the port unless it is the scheme's own. */
  abstract get host(): string
  /** Whether the visitor came over https, according to the socket or a trusted proxy. */
  abstract get isHttps(): boolean
  protected abstract get cookieHeader(): string | null

  /**
   * Whether the request came over plain http to this machine or the network around it, and through no proxy: one
   * that forwards to a local name must not make a public request look like one of these.
   */
  get isLocalHttp(): boolean {
    if (this.isHttps || !isLocalHost(this.host)) return false
    const { headers } = this.request
    return !['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'].some((one) =>
      headers.has(one),
    )
  }

  get cookies(): Cookies {
    return (this.#cookies ??= new Cookies(this.cookieHeader, this))
  }

  /** What is sent beside the return value. */
  get reply(): Reply {
    return (this.#reply ??= new Reply())
  }

  /** The reply, if somebody has used it. */
  get replyIfUsed(): Reply | undefined {
    return this.#reply
  }

  get bodyKind(): BodyKind {
    return kindOf(this.#contentType)
  }

  /** The body, read once. Rejects with an HttpError: 413 over the limit, 415 when it is compressed. */
  bytes(): Promise<Uint8Array> {
    return (this.#bytes ??= readBytes(this.request, this.endpoint.bodyLimit))
  }

  /** The form in the body, parsed once; `undefined` when it is malformed. Rejects as `bytes` does. */
  form(): Promise<FormData | undefined> {
    return (this.#form ??= this.bytes().then((bytes) => parseForm(bytes, this.#contentType)))
  }

  get #contentType(): string | null {
    return this.request.headers.get('content-type')
  }
}

/** What handlers may ask for of a request. */
export const requestValues: readonly Component[] = [
  scoped(Request, [Exchange], (exchange) => exchange.request),
  scoped(Headers, [Exchange], (exchange) => exchange.request.headers),
  scoped(URL, [Exchange], (exchange) => exchange.url),
  scoped(URLSearchParams, [Exchange], (exchange) => exchange.url.searchParams),
  scoped(AbortSignal, [Exchange], (exchange) => exchange.request.signal),
  scoped(Cookies, [Exchange], (exchange) => exchange.cookies),
  scoped(Reply, [Exchange], (exchange) => exchange.reply),
  scoped(Route, [Exchange], (exchange) => exchange.endpoint.route),
]
