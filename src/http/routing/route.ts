import { CallSite, type AnyToken, type Injectable, type Values } from '../../di/index.js'

/** A method that a route can have. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS'

/** A middleware: an injected function that asks for `Next`. */
// oxlint-disable-next-line typescript/no-explicit-any -- each middleware has its own parameters
export type Middleware = (...injected: any[]) => unknown

/** Options of a route. */
export interface RouteOptions {
  /** Run before the handler, after the application's own, in this order. */
  readonly middleware?: readonly Middleware[]
}

interface RouteFacts extends RouteOptions {
  readonly tokens?: readonly AnyToken[]
  readonly site?: CallSite
}

/**
 * One method and path, and the handler for them. Ask for it in a middleware or component to see which
 * route the request has.
 */
export class Route {
  readonly method: HttpMethod
  /** The path as it was written: `/cart/:sku`. */
  readonly path: string
  /** An injected function, or a controller and its method. */
  readonly handler: Injectable
  /** The tokens of the handler, where they were given with the route. */
  readonly tokens: readonly AnyToken[] | undefined
  readonly middleware: readonly Middleware[]
  /** @internal - where it is written, for messages. */
  readonly site: CallSite | undefined

  constructor(method: HttpMethod, path: string, handler: Injectable, facts: RouteFacts = {}) {
    this.method = method
    this.path = path.startsWith('/') ? path : `/${path}`
    this.handler = handler
    this.tokens = facts.tokens
    this.middleware = facts.middleware ?? []
    this.site = facts.site
  }

  /** `GET /cart/:sku` */
  toString(): string {
    return `${this.method} ${this.path}`
  }
}

/** Makes a route of one method. */
export interface MakeRoute {
  /**
   * For a handler that is injected by the types of its parameters, one made by `inject`, or one without parameters.
   * Parameters without a type are `never`: nothing could say what to inject.
   */
  (path: string, handler: (...injected: never[]) => unknown, options?: RouteOptions): Route
  /**
   * The parameters of the handler are inferred from the tokens. It has a type parameter of its own:
   * the compiler would infer no tokens from a handler that takes none of the values. It stands last, because
   * the compiler explains what is wrong with the last.
   */
  <
    const Tokens extends readonly AnyToken[],
    Handler extends (...values: Values<Tokens>) => unknown,
  >(
    path: string,
    tokens: Tokens,
    handler: Handler,
    options?: RouteOptions,
  ): Route
}

/** Routes without classes: `route.get('/cart/:sku', [Session, Param('sku')], (session, sku) => …)`. */
export const route: Readonly<Record<Lowercase<HttpMethod>, MakeRoute>> = {
  get: makerOf('GET'),
  post: makerOf('POST'),
  put: makerOf('PUT'),
  patch: makerOf('PATCH'),
  delete: makerOf('DELETE'),
  head: makerOf('HEAD'),
  options: makerOf('OPTIONS'),
}

function makerOf(method: HttpMethod): MakeRoute {
  return function maker(path: string, ...rest: readonly unknown[]): Route {
    const tokens = Array.isArray(rest[0]) ? (rest[0] as readonly AnyToken[]) : undefined
    const [handler, options] = (tokens ? rest.slice(1) : rest) as [Middleware, RouteOptions?]
    const site = new CallSite(maker)
    return new Route(method, path, handler, { ...options, site, ...(tokens && { tokens }) })
  }
}
