import {
  CallSite,
  checkedFor,
  describeGiven,
  isClass,
  type AnyToken,
  type Values,
} from '../../di/index.js'
import { RouteGroup, type Routes } from './route-group.js'
import {
  checkRouteOptions,
  Route,
  type HttpMethod,
  type Middleware,
  type RouteOptions,
} from './route.js'

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
    const [handler, options = {}] = (tokens ? rest.slice(1) : rest) as [Middleware, RouteOptions?]
    checkedFor(maker, () => checkGiven(`route.${method.toLowerCase()}`, path, handler, options))
    const site = new CallSite(maker)
    return new Route(method, path, handler, { ...options, site, ...(tokens && { tokens }) })
  }
}

/** @throws TypeError for what stands in the place of the path, the handler or the options. */
function checkGiven(maker: string, path: unknown, handler: unknown, options: RouteOptions): void {
  if (typeof path !== 'string')
    throw new TypeError(
      `${maker} takes the path first, not ${describeGiven(path)}: ${maker}('/', handler).`,
    )
  const made = `${maker}(${describeGiven(path)}, …)`
  const withHandler = (rest: string): string => made.replace('…', rest)
  if (typeof handler !== 'function')
    throw new TypeError(
      `${made} needs a function as its handler, not ${describeGiven(handler)}. Give the function itself, which is called for each request: ${withHandler('handler')}, not handler().`,
    )
  if (typeof options === 'function')
    throw new TypeError(
      isClass(handler)
        ? `${made} takes its tokens as a list: ${withHandler(`[${handler.name}], handler`)}.`
        : `${made} takes one handler. What runs before it is an option: ${withHandler('handler, { middleware: [first] }')}.`,
    )
  checkRouteOptions(made, options)
}
