import type { AnyToken, Injectable, Values } from '../../di/index.js'

/** A method that a route can have. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS'

/** A middleware: an injected function that asks for `Next`. */
// oxlint-disable-next-line typescript/no-explicit-any -- each middleware has its own parameters
export type Middleware = (...injected: any[]) => unknown

/** Options of a route. */
export interface RouteOptions {
  /** Run before the handler, after the application's own, in this order. */
  readonly middleware?: readonly Middleware[]
  /** The largest body that is read, in bytes, for example of an upload. Default: that of the application. */
  readonly bodyLimit?: number
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
  /** In bytes; without one that of the application counts. */
  readonly bodyLimit: number | undefined

  /** @throws RangeError when `bodyLimit` limits nothing. */
  constructor(
    method: HttpMethod,
    path: string,
    handler: Injectable,
    facts: RouteOptions & { readonly tokens?: readonly AnyToken[] } = {},
  ) {
    this.method = method
    this.path = path.startsWith('/') ? path : `/${path}`
    this.handler = handler
    this.tokens = facts.tokens
    this.middleware = facts.middleware ?? []
    // Own only: a polluted `Object.prototype` must not raise the limit.
    this.bodyLimit = Object.hasOwn(facts, 'bodyLimit') ? facts.bodyLimit : undefined
    if (this.bodyLimit !== undefined) checkBytes(`${String(this)}: bodyLimit`, this.bodyLimit)
  }

  /** `GET /cart/:sku` */
  toString(): string {
    return `${this.method} ${this.path}`
  }
}

/** @throws RangeError when a number of bytes limits nothing. */
export function checkBytes(option: string, bytes: number): void {
  if (bytes === Infinity || (Number.isInteger(bytes) && bytes >= 0)) return
  throw new RangeError(`${option} must be a whole number of bytes or Infinity, not ${bytes}.`)
}

/** Makes a route of one method. */
export interface MakeRoute {
  /**
   * The parameters of the handler are inferred from the tokens. It has a type parameter of its own:
   * the compiler would infer no tokens from a handler that takes none of the values.
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
  /** For a handler made by `inject`, or one without parameters. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the tokens of `inject` determine them
  (path: string, handler: (...injected: any[]) => unknown, options?: RouteOptions): Route
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
  return (path: string, ...rest: readonly unknown[]): Route => {
    const tokens = Array.isArray(rest[0]) ? (rest[0] as readonly AnyToken[]) : undefined
    const [handler, options] = (tokens ? rest.slice(1) : rest) as [Middleware, RouteOptions?]
    return new Route(method, path, handler, { ...options, ...(tokens && { tokens }) })
  }
}
