import { inject } from '../di/index.js'
import type { AppOptions } from './app-options.js'
import { HttpError } from './errors/http-error.js'
import type { Rejection, Rejections } from './rejections.js'
import { Door } from './request/door.js'
import { Exchange } from './request/exchange.js'
import { refusalListenerOf, type Refusal } from './request/refusal.js'
import type { ResponseHandler } from './response-handler.js'
import { Next } from './routing/next.js'
import { Route, type Middleware } from './routing/route.js'
import { NO_PARAMS, type Router } from './routing/router.js'

/** Responds to requests that no route takes: 404, 405, or 204 for OPTIONS (RFC 9110 9.3.7, 15.5.6). */
export class WithoutRoute {
  readonly #router: Router<{ readonly rejections: Rejections }>
  readonly #rejections: Rejections

  /** @param rejections for paths that have no route. */
  constructor(router: Router<{ readonly rejections: Rejections }>, rejections: Rejections) {
    this.#router = router
    this.#rejections = rejections
  }

  /**
   * Where the path has routes, the request goes through the middleware of one of them: of the one that a preflight
   * asks about (Fetch standard 4.8), so that the CORS headers of a group are on all its responses.
   */
  respond(exchange: Exchange): Response | Promise<Response> {
    const { method, path } = exchange
    const allowed = this.#router.allowed(path)
    const wanted = exchange.header('access-control-request-method')
    const methods = wanted === null ? allowed : [wanted, ...allowed]
    const named = methods.find((one) => this.#router.find(one, path))
    const near = named === undefined ? undefined : this.#router.find(named, path)
    exchange.params = near?.params ?? NO_PARAMS
    const rejections = near?.target.rejections ?? this.#rejections
    return rejections.respond(exchange, NO_ROUTE, rejectionOf(method, allowed))
  }
}

function rejectionOf(method: string, allowed: readonly string[]): Rejection {
  if (allowed.length === 0) return new HttpError(404)
  const allow = allowed.join(', ')
  return method === 'OPTIONS' ? { allow } : new HttpError(405, undefined, { headers: { allow } })
}

/** Why a request is rejected whose route was found, but not the parameters of its path. */
export function malformedPath(): HttpError {
  return new HttpError(400, 'The path has a malformed percent escape')
}

/** What requests have to pass before they have a route. The access log hears of those that do not. */
export function doorOf(
  {
    allowedHosts,
    middleware,
  }: Pick<AppOptions, 'allowedHosts'> & Required<Pick<AppOptions, 'middleware'>>,
  responses: ResponseHandler,
): Door {
  const listener = refusalListenerOf(middleware)
  const onRefusal = (refusal: Refusal): void => {
    try {
      listener(refusal)
    } catch (error) {
      responses.tell(error, NO_ROUTE)
    }
  }
  return new Door({ allowedHosts, lines: responses.defaults, onRefusal })
}

/** What a middleware is given as `Route` of a request that no route takes. */
class NoRoute extends Route {
  constructor() {
    super('GET', '*', () => undefined)
  }

  override toString(): string {
    return 'a request without a route'
  }
}

const NO_ROUTE = new NoRoute()

/** The methods of a path that a route names, and not only a catch-all. */
export type NamedMethods = (path: string) => readonly string[]

/**
 * Goes around the handler of a catch-all, such as `GET /**`: when it finds nothing, and other methods of the path
 * have routes, the response is their 405 (RFC 9110 15.5.6). It may still serve what it has.
 */
export function respectMethods(namedMethods: NamedMethods): Middleware {
  return inject([Exchange, Next], async function respectMethods({ path }, next) {
    const response = await next()
    const allowed = response.status === 404 ? namedMethods(path) : []
    if (allowed.length === 0) return response
    throw new HttpError(405, undefined, { headers: { allow: allowed.join(', ') } })
  })
}
