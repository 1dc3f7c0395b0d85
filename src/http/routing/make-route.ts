import { CallSite, describeGiven, type AnyToken, type Values } from '../../di/index.js'
import { RouteGroup, type Routes } from './route-group.js'
import { Route, type HttpMethod, type Middleware, type RouteOptions } from './route.js'

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
export interface RouteMakers extends Readonly<Record<Lowercase<HttpMethod>, MakeRoute>> {
  /**
   * Routes with a prefix and middleware in common: `route.group('/admin', [users, orders], { middleware: [guard] })`.
   * Groups may hold groups and controllers; the middleware of the outer one runs first.
   */
  group(prefix: string, routes: Routes, options?: RouteOptions): RouteGroup
}

/** Makes routes and groups of them. */
export const route: RouteMakers = {
  get: makerOf('GET'),
  post: makerOf('POST'),
  put: makerOf('PUT'),
  patch: makerOf('PATCH'),
  delete: makerOf('DELETE'),
  head: makerOf('HEAD'),
  options: makerOf('OPTIONS'),
  group: (prefix, routes, options) => new RouteGroup(prefix, routes, options),
}

function makerOf(method: HttpMethod): MakeRoute {
  return function maker(path: string, ...rest: readonly unknown[]): Route {
    const tokens = Array.isArray(rest[0]) ? (rest[0] as readonly AnyToken[]) : undefined
    const [handler, options] = (tokens ? rest.slice(1) : rest) as [Middleware, RouteOptions?]
    if (typeof handler !== 'function') throw new TypeError(noHandler(method, path, handler))
    const site = new CallSite(maker)
    return new Route(method, path, handler, { ...options, site, ...(tokens && { tokens }) })
  }
}

function noHandler(method: HttpMethod, path: unknown, given: unknown): string {
  const made = `route.${method.toLowerCase()}(${describeGiven(path)}, …)`
  return `${made} needs a function as its handler, not ${describeGiven(given)}. Give the function itself, which is called for each request: ${made.replace('…', 'handler')}, not handler().`
}
