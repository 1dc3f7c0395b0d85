import {
  callable,
  explainPlans,
  graphOf,
  type Injector,
  mermaidOf,
  value,
  type Component,
  type Graph,
  type Injectable,
  type Override,
  type AnyToken,
  type Token,
  type Values,
} from '../di/index.js'
import { withDefaults, type AppOptions } from './app-options.js'
import { CrossOriginCheck } from './cross-origin/check.js'
import type { OnError } from './errors/error-log.js'
import { problemsOf } from './parameters/check-parameters.js'
import { BodyBudget } from './request/body-budget.js'
import type { Door } from './request/door.js'
import type { Exchange } from './request/exchange.js'
import { injectorOf } from './injector-of.js'
import { OutsideRequest } from './outside-request.js'
import { FetchExchange } from './request/fetch-exchange.js'
import { ResponseHandler } from './response-handler.js'
import { PlannedEndpoint, type EndpointFacts } from './endpoint.js'
import { RejectionPlans } from './rejections.js'
import { NO_PARAMS, Router } from './routing/router.js'
import type { Routes } from './routing/route-group.js'
import { collectRoutes, duplicateRoute } from './routing/routes.js'
import { doorOf, malformedPath, WithoutRoute } from './without-route.js'
import type { ListenOptions } from './server/listen-options.js'
import { listen, type Listening, type RunningServer } from './server/listen.js'

// oxlint-disable typescript/unbound-method -- methods only say where the caller's part of the stack begins

/** A whole application: `fetch` responds to a standard request, `listen` serves it over http. */
export class App {
  readonly #router = new Router<PlannedEndpoint>()
  readonly #injector: Injector
  readonly #responseHandler: ResponseHandler
  readonly #outsideRequest: OutsideRequest
  readonly #servers = new Set<Promise<Listening>>()
  readonly #options: AppOptions
  readonly #bodyLimit: number
  readonly #door: Door
  readonly #withoutRoute: WithoutRoute
  #closing: Promise<void> | undefined

  constructor(options: AppOptions)
  /** @internal - `with` brings the injector of the copy. */
  constructor(options: AppOptions, injector: (app: App) => Injector)
  constructor(options: AppOptions, injector?: (app: App) => Injector) {
    this.#options = options
    const all = withDefaults(options)
    const { routes, components, middleware, bodyLimit, formLimits, crossOrigin } = all
    this.#bodyLimit = bodyLimit
    this.#responseHandler = new ResponseHandler(all)
    this.#door = doorOf(all, this.#responseHandler)
    this.#injector = injector?.(this) ?? injectorOf(components, value(App, this))
    this.#outsideRequest = new OutsideRequest(this.#injector)
    const shared = {
      injector: this.#injector,
      responseHandler: this.#responseHandler,
      bodyLimit,
      bodies: new BodyBudget(all.bodyMemory),
      formLimits,
    }
    const rejectionPlans = new RejectionPlans(shared)
    const facts: EndpointFacts = {
      ...shared,
      middleware,
      guard: crossOrigin === false ? undefined : new CrossOriginCheck(crossOrigin),
      namedMethods: (path) => this.#router.allowed(path, ({ route }) => !route.isCatchAll),
      rejectionPlans,
    }
    const endpoints = collectRoutes(routes, (mistake) => this.#injector.refuse(mistake)).map(
      (route) => new PlannedEndpoint(route, facts),
    )
    for (const endpoint of endpoints) this.#add(endpoint)
    const outer = rejectionPlans.around(endpoints[0]?.outerMiddleware ?? middleware)
    this.#withoutRoute = new WithoutRoute(this.#router, outer)
  }

  /** Responds to a request. Bound, so that any server can take it. The first request awaits `ready()`. */
  readonly fetch = (request: Request): Response | Promise<Response> => {
    const exchange = new FetchExchange(request)
    return this.#door.reject(exchange) ?? this.handle(exchange)
  }

  /**
   * The way of a request, however it came in:
   * 1. The router finds its route, and the guard checks where it comes from. When that fails, the `Rejections` of
   *    the route or of the application respond.
   * 2. The plan of the route runs the middleware, makes the values that they and the handler ask for, and
   *    calls the handler.
   * 3. The `ResponseHandler` turns what the handler returned or threw into a response.
   * 4. The plan runs the hooks, which for example store the session.
   * 5. The `ResponseHandler` completes the response.
   *
   * @internal
   */
  handle(exchange: Exchange): Response | Promise<Response> {
    if (!this.#injector.isReady) return this.ready().then(() => this.handle(exchange))
    const match = this.#router.find(exchange.method, exchange.path)
    if (!match) return this.#withoutRoute.respond(exchange)
    const { target, params } = match
    exchange.endpoint = target
    exchange.params = params ?? NO_PARAMS
    const refusal = params ? target.guard?.refusal(exchange) : malformedPath()
    if (refusal) return target.rejections.respond(exchange, target.route, refusal)
    return target.plan.run(exchange)
  }

  /**
   * Checks the whole wiring and builds the singletons; `listen` and the first `fetch` call it.
   *
   * @throws DIError with every mistake, each with its path and its remedy.
   */
  ready(): Promise<void> {
    return this.#injector.ready(this.ready)
  }

  /**
   * Serves the application over http when it is ready.
   *
   * @throws DIError as `ready` does, and Error when the port cannot be had.
   */
  async listen(where: number | ListenOptions): Promise<RunningServer> {
    const options = typeof where === 'number' ? { port: where } : where
    await this.#injector.ready(this.listen)
    if (this.#closing) throw new Error('The application was closed.')
    const starting = listen(this, this.#door, this.#bodyLimit, options)
    this.#servers.add(starting)
    const server = await starting
    const close = (): Promise<void> => this.close()
    return { url: server.url, port: server.port, close, [Symbol.asyncDispose]: close }
  }

  /**
   * Runs a function outside any request, for a job or a script: with the application's singletons, checked
   * as a route is, and with request-scoped values of its own, which are disposed when it has ended:
   * `await app.run([Users], (users) => users.deleteInactive())`.
   * `close` waits for it. It does not close the application: a script does that.
   *
   * @param fn an injected function, or `[receiver, 'method']`; with a list of tokens before it any function.
   * @throws DIError when it cannot be wired, or asks for what only a request has, such as `Session`.
   */
  run<const Tokens extends readonly AnyToken[], Result>(
    tokens: Tokens,
    fn: (...values: Values<Tokens>) => Result,
  ): Promise<Awaited<Result>>
  run<Result>(fn: Injectable | ((...values: never[]) => Result)): Promise<Awaited<Result>>
  run(
    ...given: readonly [Injectable] | readonly [readonly AnyToken[], Function]
  ): Promise<unknown> {
    const [fn, tokens] = given.length === 1 ? given : [given[1], given[0]]
    return this.#outsideRequest.run(callable(fn, { tokens }))
  }

  /** Closes the application at the end of a block: `await using app = new App(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Takes no new request, lets those in flight end with their hooks, then disposes the singletons in
   * reverse order.
   *
   * @throws AggregateError when some could not be disposed.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    const stop = async (starting: Promise<Listening>): Promise<void> => {
      await (await starting.catch(() => undefined))?.stop()
    }
    await Promise.all([...this.#servers].map(stop))
    await Promise.all([this.#responseHandler.finished(), this.#outsideRequest.finished()])
    await this.#injector.close()
  }

  /**
   * Shows what routes are injected with: each value with its scope and provider, the order in which
   * they are made, and what ends after the handler. Builds nothing.
   *
   * @param which a route (`'GET /cart'`), a handler, `[Controller, 'method']` or a controller; without it every route, and warnings about the wiring.
   * @throws TypeError when there is no such route, naming the nearest.
   */
  explain(which?: string | Injectable): string {
    return explainPlans(this.#injector, which)
  }

  /** The whole graph: as text for Mermaid, or as data. Builds nothing. */
  graph(options: { readonly format: 'mermaid' }): string
  graph(options: { readonly format: 'json' }): Graph
  graph(options: { readonly format: 'mermaid' | 'json' }): string | Graph {
    const { plans } = this.#injector
    return options.format === 'json' ? graphOf(plans) : mermaidOf(plans)
  }

  /**
   * Replaces a token by a value, or by what a component makes, for example in a test:
   * `using fake = app.override(Clock, new FakeClock())`. Only the plans that use the token are remade;
   * requests in flight keep what they began with.
   *
   * @returns a disposable that undoes it; undo overrides in the reverse order.
   * @throws DIError when no route uses the token, or when the replacement cannot be wired.
   */
  override<Value>(
    token: Token<Value>,
    replacement: NoInfer<Value> | Component<NoInfer<Value>>,
  ): Disposable {
    return this.#injector.override(token, replacement, this.override)
  }

  /**
   * A copy with other values for some tokens, for tests that run in parallel. It shares everything that does
   * not depend on them, singletons too; `close` disposes what was built for the copy alone.
   *
   * @throws DIError from the copy's `ready()`, when no route uses a token, or when it cannot be wired.
   */
  with(overrides: readonly Override[]): App {
    return new App(this.#options, (copy) => {
      const self: Override[] = this.#injector.uses(App) ? [[App, copy]] : []
      return this.#injector.with([...overrides, ...self])
    })
  }

  /**
   * A copy with other routes and without the application's middleware, that shares its components and
   * singletons: for tools that look into an application, such as the test client. Close it after use.
   *
   * @internal
   */
  withRoutes(routes: Routes, onError: OnError): App {
    const options = { ...this.#options, routes, middleware: [], onError }
    return new App(options, () => this.#injector.with([]))
  }

  #add(endpoint: PlannedEndpoint): void {
    const { route, plan } = endpoint
    const present = this.#router.add(route, endpoint)
    const mistakes = present ? [duplicateRoute(route, present)] : problemsOf(route, plan)
    for (const mistake of mistakes) this.#injector.refuse(mistake)
  }
}
