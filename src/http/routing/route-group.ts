import type { ClassToken } from '../../di/index.js'
import { joinPaths } from './join-paths.js'
import { Route, type Middleware, type RouteOptions } from './route.js'

/** Controllers (classes with `@Controller`), routes (`route.get(…)`) and groups of them, in lists as deep as you like. */
export type Routes = readonly (Route | ClassToken | RouteGroup | Routes)[]

/** Routes with a prefix and middleware in common. `route.group` makes it. */
export class RouteGroup {
  readonly prefix: string
  readonly routes: Routes
  readonly middleware: readonly Middleware[]

  constructor(prefix: string, routes: Routes, { middleware = [] }: RouteOptions = {}) {
    this.prefix = prefix
    this.routes = routes
    this.middleware = middleware
  }

  /** One of its routes, with the prefix and the middleware. */
  include({ method, path, handler, tokens, middleware }: Route): Route {
    return new Route(method, joinPaths(this.prefix, path), handler, {
      middleware: [...this.middleware, ...middleware],
      ...(tokens && { tokens }),
    })
  }
}
