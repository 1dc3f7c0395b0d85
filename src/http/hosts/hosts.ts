import {
  callable,
  inject,
  Resolver,
  type AnyToken,
  type Callable,
  type Plan,
  type Site,
} from '../../di/index.js'
import { PlannedEndpoint, type EndpointFacts } from '../endpoint.js'
import type { Door } from '../request/door.js'
import { Exchange } from '../request/exchange.js'
import { FetchExchange } from '../request/fetch-exchange.js'
import { PlainResponse } from '../response/plain-response.js'
import type { ResponseHandler } from '../response-handler.js'
import { Route } from '../routing/route.js'
import { NO_PARAMS, type Params } from '../routing/router.js'
import { gather, hostFunction, type HostFunction } from './host-function.js'
import {
  hostParams,
  paramsOf,
  requestOf,
  type HostParams,
  type RequestSource,
} from './host-params.js'
import { HostResultHandler, RequestScope, type ScopeServices } from './request-scope.js'

/** What an adapter says of its framework. */
export interface HostOptions {
  /** Names the framework in messages: `Express`. */
  readonly host: string
  /** Where the handler is written. */
  readonly site: Site
  /** The types, as they are written, of what the framework gives its handlers: they are not injected. */
  readonly hostTypes?: RegExp
  /** Those that are classes. */
  readonly hostClasses?: readonly unknown[] | undefined
  /** The framework's route of the handler (`POST /cart/:sku`), once it is known; for messages. */
  readonly routeOf?: () => string | undefined
}

/** Makes the injected values of one handler of a host, within the scope of a request. */
export type Ask = (scope: RequestScope, params?: HostParams) => unknown[] | Promise<unknown[]>

/** A handler for hosts that pass a standard request. */
export type FetchHandler = (
  from: RequestSource,
  ...rest: readonly unknown[]
) => Response | Promise<Response>

/** Requests that others route. Each has one scope, whichever of their handlers ask. */
export class Hosts {
  readonly #facts: EndpointFacts
  readonly #responseHandler: ResponseHandler
  readonly #door: Door
  /** Where a host's object holds its scope: entries of a `WeakMap` last until a full collection, and slow down each small one. */
  readonly #scope = Symbol('ingot')
  readonly #services: ScopeServices
  /** Made when a host first asks: most applications have none. */
  #made: Shared | undefined

  constructor(facts: EndpointFacts, responseHandler: ResponseHandler, door: Door) {
    this.#facts = facts
    this.#responseHandler = responseHandler
    this.#door = door
    const { injector } = facts
    this.#services = {
      ready: () => (injector.isReady ? undefined : injector.ready()),
      open: (exchange) => this.#shared.plan.open(exchange),
      responseHandler,
    }
  }

  /** The scope of a request that was entered before, by the host's own object for it. */
  entered(source: object): RequestScope | undefined {
    return (source as Entered)[this.#scope]
  }

  /** The scope of a request. @throws HttpError 403 for an upgrade that another website asks for. */
  enter(from: Request | Exchange): RequestScope {
    const source = from instanceof Exchange ? from.source : from
    const known = this.entered(source)
    if (known) return known
    const exchange = from instanceof Exchange ? from : new FetchExchange(from)
    exchange.endpoint = this.#shared.endpoint
    exchange.params ??= NO_PARAMS
    if (exchange.isUpgrade) this.#facts.guard?.assert(exchange)
    const scope = new RequestScope(exchange, this.#services)
    ;(source as Entered)[this.#scope] = scope
    return scope
  }

  /** Tells `ready()` what a handler of a host asks for. What is returned asks. */
  ask(
    tokens: readonly AnyToken[] | undefined,
    fn: HostFunction,
    { host, site, routeOf, ...types }: HostOptions,
  ): Ask {
    const route = new HostRoute(fn, host, site)
    const planned = hostFunction(fn, { ...types, tokens, name: String(route) }, gather)
    const facts = { ...this.#facts, middleware: [] }
    const endpoint = new PlannedEndpoint(route, facts, {
      handler: planned,
      site: { toString: () => routeOf?.() ?? '' },
    })
    return (scope, params) => this.#values(scope, endpoint, planned, params)
  }

  /** A handler without a path. */
  handler(tokens: readonly AnyToken[] | undefined, fn: HostFunction, site: Site): FetchHandler {
    const route = new HostRoute(fn, 'fetch', site)
    const options = { tokens, name: String(route) }
    const called = (...values: unknown[]): unknown => {
      const exchange = values.pop() as FetchExchange
      return fn(...values, ...(exchange.hostArguments ?? []))
    }
    const endpoint = new PlannedEndpoint(route, this.#facts, {
      handler: hostFunction(fn, options, called),
    })
    const gathered = hostFunction(fn, options, gather)
    const handle = (exchange: FetchExchange, params: Params): Response | Promise<Response> => {
      const waiting = this.#services.ready()
      if (waiting) return waiting.then(() => handle(exchange, params))
      exchange.params = params
      exchange.endpoint = endpoint
      const refusal = endpoint.guard?.refusal(exchange)
      if (refusal) return endpoint.rejections.respond(exchange, route, refusal)
      return endpoint.plan.run(exchange)
    }
    const respond: FetchHandler = (...given) => {
      const [from, ...rest] = given
      const request = requestOf(from)
      const params = paramsOf(from, rest[0])
      const scope = this.entered(request)
      if (scope) {
        return this.#within(scope, async () => {
          const values = await this.#values(scope, endpoint, gathered, await params)
          return fn(...values, ...given)
        })
      }
      const exchange = new FetchExchange(request)
      exchange.hostArguments = given
      const refused = this.#door.reject(exchange)
      if (refused) return refused
      return params instanceof Promise
        ? params.then((known) => handle(exchange, known))
        : handle(exchange, params)
    }
    return (...given) => PlainResponse.forFetch(respond(...given))
  }

  /** Whoever entered the request runs the hooks. */
  async #within(scope: RequestScope, run: () => Promise<unknown>): Promise<Response> {
    const responseHandler = this.#responseHandler
    try {
      return await responseHandler.value(await run(), scope.exchange)
    } catch (error) {
      responseHandler.report(error, scope.exchange)
      return responseHandler.error(error, scope.exchange)
    }
  }

  #values(
    scope: RequestScope,
    endpoint: PlannedEndpoint,
    planned: Callable,
    params?: HostParams,
  ): unknown[] | Promise<unknown[]> {
    const { exchange } = scope
    exchange.endpoint = endpoint
    if (params) exchange.params = hostParams(params)
    endpoint.guard?.assert(exchange)
    return scope.run(planned)
  }

  get #shared(): Shared {
    return (this.#made ??= this.#share())
  }

  #share(): Shared {
    const name = 'a request of another framework'
    const open = callable(
      inject([Resolver], () => undefined),
      { name },
    )
    const resultHandler = new HostResultHandler(this.#responseHandler)
    const plan = this.#facts.injector.plan([open], { name, resultHandler, isHidden: true })
    const route = new HostRoute(() => undefined, 'another framework', '')
    return { plan, endpoint: new PlannedEndpoint(route, { ...this.#facts, middleware: [] }) }
  }
}

/** The host's own object for a request. */
interface Entered {
  [app: symbol]: RequestScope | undefined
}

/** What all requests of hosts have in common. */
interface Shared {
  readonly endpoint: PlannedEndpoint
  readonly plan: Plan<Response>
}

/** Stands for the route of a handler that the application gives no path: another framework does, or nobody. */
class HostRoute extends Route {
  readonly #name: string

  constructor(handler: HostFunction, host: string, site: Site) {
    super('GET', '*', handler)
    const place = String(site)
    this.#name = `a handler of ${host}${place === '' ? '' : ` at ${place}`}`
  }

  override get isCatchAll(): boolean {
    return false
  }

  /** `a handler of Express at src/app.ts:12` */
  override toString(): string {
    return this.#name
  }
}
