import { callable, type Injector, type Plan, type ResultHandler } from '../di/index.js'
import { fieldsOf } from './parameters/check-parameters.js'
import type { Endpoint, Field } from './request/exchange.js'
import type { Middleware, Route } from './routing/route.js'

/** What the routes of one application share. */
interface Shared {
  readonly injector: Injector
  readonly middleware: readonly Middleware[]
  readonly bodyLimit: number
  readonly responseHandler: ResultHandler<Response>
}

/** A route and its plan, made once for all its requests. */
export class PlannedEndpoint implements Endpoint {
  readonly route: Route
  readonly plan: Plan<Response>
  readonly bodyLimit: number

  constructor(route: Route, { injector, middleware, bodyLimit, responseHandler }: Shared) {
    this.route = route
    this.bodyLimit = bodyLimit
    const functions = [...middleware, ...route.middleware].map((one) => callable(one))
    const isNameless = typeof route.handler === 'function' && route.handler.name === ''
    const handler = callable(route.handler, {
      tokens: route.tokens,
      name: isNameless ? `the handler of ${String(route)}` : undefined,
    })
    this.plan = injector.plan([...functions, handler], {
      name: String(route),
      site: route.site,
      resultHandler: responseHandler,
    })
  }

  /** Computed when a request is rejected: an override may have remade the plan. */
  get fields(): readonly Field[] {
    return fieldsOf(this.plan)
  }
}
