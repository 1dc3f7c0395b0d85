import { callable, type Callable, type Plan, type Site } from '../di/index.js'
import type { CrossOriginCheck } from './cross-origin/check.js'
import { isGuard } from './cross-origin/guard.js'
import type { FormLimits } from './forms/form-limits.js'
import { fieldsOf } from './parameters/check-parameters.js'
import type { RejectionFacts, RejectionPlans, Rejections } from './rejections.js'
import type { BodyBudget } from './request/body-budget.js'
import type { Endpoint, Field } from './request/exchange.js'
import type { Middleware, Route } from './routing/route.js'
import { respectMethods, type NamedMethods } from './without-route.js'

/** What the routes of one application share. */
export interface EndpointFacts extends RejectionFacts {
  readonly middleware: readonly Middleware[]
  /** `undefined` where it is switched off. */
  readonly guard: CrossOriginCheck | undefined
  readonly namedMethods: NamedMethods
  readonly rejectionPlans: RejectionPlans
}

/** What stands in the place of what a route says of itself. */
interface EndpointHandler {
  readonly handler?: Callable
  readonly site?: Site | undefined
}

/** A route and its plan, made once for all its requests. */
export class PlannedEndpoint implements Endpoint {
  readonly route: Route
  readonly plan: Plan<Response>
  readonly bodyLimit: number
  readonly bodies: BodyBudget
  readonly formLimits: Required<FormLimits>
  readonly hasHandler = true
  /** Checks each request, unless a middleware of the plan does. */
  readonly guard: CrossOriginCheck | undefined
  /** For requests to its path that do not get to its handler. */
  readonly rejections: Rejections
  /** The application's middleware, as it runs without a route. */
  readonly outerMiddleware: readonly Middleware[]

  constructor(route: Route, facts: EndpointFacts, own: EndpointHandler = {}) {
    const { injector, responseHandler, guard, namedMethods } = facts
    this.route = route
    this.bodyLimit = route.bodyLimit ?? facts.bodyLimit
    this.bodies = facts.bodies
    this.formLimits = facts.formLimits
    const middleware = [...facts.middleware, ...route.middleware]
    this.guard = middleware.some(isGuard) ? undefined : guard
    const inside = route.isCatchAll ? [respectMethods(namedMethods)] : []
    const handler = own.handler ?? handlerOf(route)
    const functions = [...middleware, ...inside].map((one) => callable(one))
    this.plan = injector.plan([...functions, handler], {
      name: String(route),
      site: own.site ?? route.site,
      resultHandler: responseHandler,
    })
    const runsWithoutRoute = (_: Middleware, index: number): boolean => {
      return !this.plan.needsHandler(index)
    }
    this.outerMiddleware = facts.middleware.filter(runsWithoutRoute)
    this.rejections = facts.rejectionPlans.around(middleware.filter(runsWithoutRoute))
  }

  /** Computed when a request is rejected: an override may have remade the plan. */
  get fields(): readonly Field[] {
    return fieldsOf(this.plan)
  }
}

function handlerOf(route: Route): Callable {
  const isNameless = typeof route.handler === 'function' && route.handler.name === ''
  return callable(route.handler, {
    tokens: route.tokens,
    name: isNameless ? `the handler of ${String(route)}` : undefined,
  })
}
