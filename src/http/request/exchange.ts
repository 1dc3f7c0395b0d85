import { scoped, type Component, type Finish } from '../../di/index.js'
import { Cookies } from '../cookies/cookies.js'
import { isLocalHost } from '../cookies/local-host.js'
import type { FieldError } from '../errors/http-error.js'
import { Reply } from '../response/reply.js'
import { Route } from '../routing/route.js'
import type { Params } from '../routing/router.js'
import { ClientAddress } from './client-address.js'
import type { Conversion } from './conversion.js'
import type { FormLimits } from '../forms/form-limits.js'
import { FormParts } from '../forms/form-parts.js'
import { parseForm } from '../forms/parse-form.js'
import type { BodyBounds } from './body-collector.js'
import { checkBodyHeaders, kindOf, type BodyKind } from './read-body.js'

/** A route, with everything prepared for it at start-up. */
export interface Endpoint extends BodyBounds {
  readonly route: Route
  /** What the route takes from the request, to name every bad field when one is bad. */
  readonly fields: readonly Field[]
  /** Whether the request may get to a handler; otherwise the response is a 404 or another rejection. */
  readonly hasHandler: boolean
  readonly formLimits: Required<FormLimits>
}

/** How the run of a request ended whose response another framework sends. */
export interface HostEnding {
  /** What its hooks threw. */
  failure?: { readonly error: unknown }
  /** Runs what waits for the end of the response. */
  finish?: Finish | undefined
}

/** What a visitor got. */
export interface Sent {
  readonly status: number
  /** Of the body, as far as the connection took it. */
  readonly bytes: number
  /** Whether the whole body was taken: the client had not left, and the body had not failed. */
  readonly isComplete: boolean
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
  /** What was sent, once that has ended and where somebody waits for it. */
  sent: Sent | undefined
  /** Where another framework handles the request. */
  ending: HostEnding | undefined
  /** What a host gives its handler, for a function that takes it behind the values that it asks for. */
  hostArguments: readonly unknown[] | undefined
  /** The reply, if somebody has used it. */
  replyIfUsed: Reply | undefined
  #cookies: Cookies | undefined
  #bytes: Promise<Uint8Array> | undefined
  #form: Promise<FormData | undefined> | undefined

  /** The host's own object for the request: it tells whether two exchanges are of one request. */
  get source(): object {
    return this.request
  }

  abstract readonly method: string
  /** The path in its normal form, for the router. */
  abstract readonly path: string
  /** The standard request. A server makes it when somebody asks for it. */
  abstract get request(): Request
  abstract get url(): URL
  /** The host as the visitor named it, with the port unless it is the scheme's own: that of `url`. */
  abstract get host(): string
  /** Whether the visitor came over https, according to the socket or a trusted proxy. */
  abstract get isHttps(): boolean
  /** Who sent the request, as far as a trusted source tells. */
  abstract get clientAddress(): ClientAddress
  /** Whether the request asks to speak another protocol, such as that of WebSockets, and somebody could. */
  abstract get isUpgrade(): boolean

  /**
   * A header of the request, for which no `Headers` are made.
   *
   * @param name in lower case.
   */
  abstract header(name: string): string | null

  /** Fires when the client leaves, and for an event stream when the application closes. */
  get signal(): AbortSignal {
    return this.request.signal
  }

  /**
   * Whether the request came over plain http to this machine or the network around it, and through no proxy: one
   * that forwards to a local name must not make a public request look like one of these.
   */
  get isLocalHttp(): boolean {
    if (this.isHttps || !isLocalHost(this.host)) return false
    return !PROXIED.some((name) => this.header(name) !== null)
  }

  /** The query. A server reads it without making a whole URL. */
  get query(): URLSearchParams {
    return this.url.searchParams
  }

  get cookies(): Cookies {
    return (this.#cookies ??= new Cookies(this.header('cookie'), this))
  }

  /** What is sent beside the return value. */
  get reply(): Reply {
    return (this.replyIfUsed ??= new Reply())
  }

  get bodyKind(): BodyKind {
    return kindOf(this.#contentType)
  }

  /**
   * The body, read once. Rejects with an HttpError: 413 over the limit, 415 when it is compressed, 400 when it
   * breaks off, 503 when all bodies together are too much.
   */
  bytes(): Promise<Uint8Array> {
    return (this.#bytes ??= this.#read())
  }

  /** The form in the body, parsed once; `undefined` when it is malformed. Rejects as `bytes` does. */
  form(): Promise<FormData | undefined> {
    return (this.#form ??= this.bytes().then((bytes) =>
      parseForm(bytes, this.#contentType, this.endpoint.formLimits),
    ))
  }

  /**
   * The parts of a multipart form as they arrive.
   *
   * @throws HttpError 413, 415 as `bytes` does.
   */
  parts(): FormParts {
    checkBodyHeaders(this.request.headers, this.endpoint.bodyLimit)
    return new FormParts(this.limitedBody(), this.#contentType, this.endpoint.formLimits)
  }

  /** Reads the whole body, within the bounds of the endpoint. */
  protected abstract collect(): Promise<Uint8Array>

  /** The body, which fails with a 413 over the limit of the endpoint. */
  protected abstract limitedBody(): ReadableStream<Uint8Array> | null

  async #read(): Promise<Uint8Array> {
    checkBodyHeaders(this.request.headers, this.endpoint.bodyLimit)
    return this.collect()
  }

  get #contentType(): string | null {
    return this.request.headers.get('content-type')
  }
}

/** What proxies add to what they forward. */
const PROXIED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via']

/** What handlers may ask for of a request. */
export const requestValues: readonly Component[] = [
  scoped(Request, [Exchange], (exchange) => exchange.request),
  scoped(Headers, [Exchange], (exchange) => exchange.request.headers),
  scoped(URL, [Exchange], (exchange) => exchange.url),
  scoped(URLSearchParams, [Exchange], (exchange) => exchange.url.searchParams),
  scoped(AbortSignal, [Exchange], (exchange) => exchange.signal),
  scoped(ClientAddress, [Exchange], (exchange) => exchange.clientAddress),
  scoped(Cookies, [Exchange], (exchange) => exchange.cookies),
  scoped(Reply, [Exchange], (exchange) => exchange.reply),
  scoped(Route, [Exchange], (exchange) => exchange.endpoint.route),
]
