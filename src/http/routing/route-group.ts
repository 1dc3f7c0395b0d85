import { describeGiven, type ClassToken } from '../../di/index.js'
import { joinPaths } from './join-paths.js'
import { checkRouteOptions, Route, type RouteOptions } from './route.js'

/** Controllers (classes with `@Controller`), routes (`route.get(…)`) and groups of them, in lists as deep as you like. */
export type Routes = readonly (Route | ClassToken | RouteGroup | Routes)[]

/** Routes with a prefix and middleware in common. `route.group` makes it. */
export class RouteGroup {
  readonly prefix: string
  readonly routes: Routes
  readonly #options: RouteOptions

  constructor(prefix: string, routes: Routes, options: RouteOptions = {}) {
    checkRouteOptions(`route.group(${describeGiven(prefix)}, …)`, options)
    this.prefix = prefix
    this.routes = routes
    this.#options = options
  }

  /** One of its routes, with the prefix and the middleware. */
  include({ method, path, handler, tokens, middleware, ...route }: Route): Route {
    const { middleware: outer = [] } = this.#options
    const bodyLimit = route.bodyLimit ?? this.#options.bodyLimit
    return new Route(method, joinPaths(this.prefix, path), handler, {
      middleware: [...outer, ...middleware],
      ...(tokens && { tokens }),
      ...(bodyLimit !== undefined && { bodyLimit }),
      ...(route.site && { site: route.site }),
    })
  }
}
