import { callable, inject, type Injector, type Plan, type ResultHandler } from '../di/index.js'
import { HttpError } from './errors/http-error.js'
import type { FormLimits } from './forms/form-limits.js'
import type { BodyBudget } from './request/body-budget.js'
import { Exchange, type Endpoint } from './request/exchange.js'
import { PlainResponse } from './response/plain-response.js'
import type { Middleware, Route } from './routing/route.js'

/** What the rejections of one application share. */
export interface RejectionFacts {
  readonly injector: Injector
  readonly responseHandler: ResultHandler<Response>
  /** In bytes. */
  readonly bodyLimit: number
  readonly bodies: BodyBudget
  readonly formLimits: Required<FormLimits>
}

/** Why no handler takes a request: an error, or the methods that OPTIONS asks for. */
export type Rejection = HttpError | { readonly allow: string }

/**
 * Responds to requests that reach no handler: a 404, a 405, the response to OPTIONS, a path that cannot be read, a
 * request of another website. The middleware around the handler sees them too, so that their responses have the
 * headers of all others, and so that a middleware can respond to a preflight itself.
 */
export class Rejections {
  readonly #plan: Plan<Response> | undefined
  readonly #facts: RejectionFacts

  constructor(middleware: readonly Middleware[], facts: RejectionFacts) {
    this.#facts = facts
    const { injector, responseHandler } = facts
    if (middleware.length === 0) return
    this.#plan = injector.plan(
      [...middleware, rejectRequest].map((one) => callable(one)),
      {
        name: 'a request without a handler',
        resultHandler: responseHandler,
        isHidden: true,
      },
    )
  }

  respond(exchange: Exchange, route: Route, rejection: Rejection): Response | Promise<Response> {
    const { responseHandler } = this.#facts
    exchange.endpoint = new RejectedEndpoint(route, this.#facts, rejection)
    if (this.#plan) return this.#plan.run(exchange)
    const response =
      rejection instanceof HttpError
        ? responseHandler.error(rejection, exchange)
        : (exchange.response = optionsOf(rejection))
    return responseHandler.complete(response, exchange)
  }
}

/** Makes the rejections of an application: one for each list of middleware. */
export class RejectionPlans {
  readonly #facts: RejectionFacts
  readonly #root: Branch = { made: undefined, next: new Map() }

  constructor(facts: RejectionFacts) {
    this.#facts = facts
  }

  /** Those that go through some middleware. */
  around(middleware: readonly Middleware[]): Rejections {
    let branch = this.#root
    for (const one of middleware) {
      const following = branch.next.get(one) ?? { made: undefined, next: new Map() }
      branch.next.set(one, following)
      branch = following
    }
    return (branch.made ??= new Rejections(middleware, this.#facts))
  }
}

interface Branch {
  made: Rejections | undefined
  readonly next: Map<Middleware, Branch>
}

/** Stands in the place of a route's endpoint. */
class RejectedEndpoint implements Endpoint {
  readonly route: Route
  readonly bodyLimit: number
  readonly fields = []
  readonly hasHandler = false
  readonly bodies: BodyBudget
  readonly formLimits: Required<FormLimits>
  readonly rejection: Rejection

  constructor(route: Route, facts: RejectionFacts, rejection: Rejection) {
    this.route = route
    this.bodyLimit = facts.bodyLimit
    this.bodies = facts.bodies
    this.formLimits = facts.formLimits
    this.rejection = rejection
  }
}

const rejectRequest = inject([Exchange], function rejectRequest({ endpoint }) {
  const { rejection } = endpoint as RejectedEndpoint
  if (rejection instanceof HttpError) throw rejection
  return optionsOf(rejection)
})

function optionsOf({ allow }: { readonly allow: string }): Response {
  return new PlainResponse(null, 204, [['allow', allow]])
}
