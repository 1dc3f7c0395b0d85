import type { Injector } from '../di/index.js'
import type { withDefaults } from './app-options.js'
import { CrossOriginCheck } from './cross-origin/check.js'
import { PlannedEndpoint, type EndpointFacts } from './endpoint.js'
import { problemsOf } from './parameters/check-parameters.js'
import { RejectionPlans } from './rejections.js'
import { BodyBudget } from './request/body-budget.js'
import type { ResponseHandler } from './response-handler.js'
import { Router } from './routing/router.js'
import { collectRoutes, duplicateRoute } from './routing/routes.js'
import { WithoutRoute } from './without-route.js'

const known = new WeakMap<object, readonly PlannedEndpoint[]>()

/** The routes of an application, for tools that describe it. */
export function endpointsOf(app: object): readonly PlannedEndpoint[] {
  return known.get(app) ?? []
}

/** The routes of an application with their plans, and what responds where there is none. */
export class Endpoints {
  readonly router = new Router<PlannedEndpoint>()
  readonly withoutRoute: WithoutRoute
  /** What endpoints beside those of the routes are made with. */
  readonly facts: EndpointFacts
  /** The largest body that any route takes, in bytes. */
  readonly largestBody: number
  readonly #injector: Injector

  constructor(
    options: ReturnType<typeof withDefaults>,
    injector: Injector,
    responseHandler: ResponseHandler,
    app: object,
  ) {
    const { routes, middleware, bodyLimit, bodyMemory, formLimits, crossOrigin } = options
    this.#injector = injector
    const bodies = new BodyBudget(bodyMemory)
    const shared = { injector, responseHandler, bodyLimit, bodies, formLimits }
    const rejectionPlans = new RejectionPlans(shared)
    this.facts = {
      ...shared,
      middleware,
      guard: crossOrigin === false ? undefined : new CrossOriginCheck(crossOrigin),
      namedMethods: (path) => this.router.allowed(path, ({ route }) => !route.isCatchAll),
      rejectionPlans,
    }
    const endpoints = collectRoutes(routes, (mistake) => injector.refuse(mistake)).map(
      (route) => new PlannedEndpoint(route, this.facts),
    )
    known.set(app, endpoints)
    for (const endpoint of endpoints) this.#add(endpoint)
    this.largestBody = Math.max(bodyLimit, ...endpoints.map((endpoint) => endpoint.bodyLimit))
    const outer = rejectionPlans.around(endpoints[0]?.outerMiddleware ?? middleware)
    this.withoutRoute = new WithoutRoute(this.router, outer)
  }

  #add(endpoint: PlannedEndpoint): void {
    const { route, plan } = endpoint
    const present = this.router.add(route, endpoint)
    const mistakes = present ? [duplicateRoute(route, present)] : problemsOf(route, plan)
    for (const mistake of mistakes) this.#injector.refuse(mistake)
  }
}
