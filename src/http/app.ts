import {
  callable,
  CallSite,
  drawGraph,
  explainPlans,
  type Injector,
  value,
  type Component,
  type Graph,
  type GraphOptions,
  type Injectable,
  type Override,
  type AnyToken,
  type Token,
  type Values,
} from '../di/index.js'
import { withDefaults, type AppOptions } from './app-options.js'
import type { OnError } from './errors/error-log.js'
import type { Door } from './request/door.js'
import type { Exchange } from './request/exchange.js'
import { injectorOf } from './injector-of.js'
import type { HostArguments, HostFunction } from './hosts/host-function.js'
import { Hosts, type Ask, type FetchHandler, type HostOptions } from './hosts/hosts.js'
import type { RequestScope } from './hosts/request-scope.js'
import { OutsideRequest } from './outside-request.js'
import { RunningServers } from './running-servers.js'
import { FetchExchange } from './request/fetch-exchange.js'
import { PlainResponse } from './response/plain-response.js'
import { isTraced, requestStart, traced } from './request-trace.js'
import { ResponseHandler } from './response-handler.js'
import type { PlannedEndpoint } from './endpoint.js'
import { Endpoints } from './endpoints.js'
import { NO_PARAMS, type Router } from './routing/router.js'
import type { Routes } from './routing/route-group.js'
import { doorOf, malformedPath } from './without-route.js'
import { listenOptions, type ListenOptions } from './server/listen-options.js'
import type { RunningServer } from './server/listen.js'

// oxlint-disable typescript/unbound-method -- methods only say where the caller's part of the stack begins

/** A whole application: `fetch` responds to a standard request, `listen` serves it over http. */
export class App {
  readonly #endpoints: Endpoints
  readonly #router: Router<PlannedEndpoint>
  readonly #injector: Injector
  readonly #responseHandler: ResponseHandler
  readonly #outsideRequest: OutsideRequest
  readonly #servers = new RunningServers()
  readonly #options: AppOptions
  readonly #door: Door
  readonly #hosts: Hosts
  #closing: Promise<void> | undefined

  constructor(options: AppOptions)
  /** @internal - `with` brings the injector of the copy. */
  constructor(options: AppOptions, injector: (app: App) => Injector)
  constructor(options: AppOptions, injector?: (app: App) => Injector) {
    this.#options = options
    const all = withDefaults(options, new.target)
    this.#responseHandler = new ResponseHandler(all)
    this.#door = doorOf(all, this.#responseHandler)
    this.#injector = injector?.(this) ?? injectorOf(all.components, value(App, this))
    this.#outsideRequest = new OutsideRequest(this.#injector)
    this.#endpoints = new Endpoints(all, this.#injector, this.#responseHandler, this)
    this.#router = this.#endpoints.router
    this.#hosts = new Hosts(this.#endpoints.facts, this.#responseHandler, this.#door)
  }

  /** Responds to a request. Bound, so that any server can take it. The first request awaits `ready()`. */
  readonly fetch = (request: Request): Response | Promise<Response> => {
    const exchange = new FetchExchange(request)
    return PlainResponse.forFetch(this.#door.reject(exchange) ?? this.handle(exchange))
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
    if (requestStart.hasSubscribers && !isTraced(exchange)) return traced(exchange, this)
    if (!this.#injector.isReady) return this.ready().then(() => this.handle(exchange))
    const match = this.#router.find(exchange.method, exchange.path)
    if (!match) return this.#endpoints.withoutRoute.respond(exchange)
    const { target, params } = match
    exchange.endpoint = target
    exchange.params = params ?? NO_PARAMS
    const refusal = params ? target.guard?.refusal(exchange) : malformedPath()
    if (refusal) return target.rejections.respond(exchange, target.route, refusal)
    return target.plan.run(exchange)
  }

  /** As `handle`; `undefined` where no route has the path, for a host that goes on. @internal */
  handleIfFound(exchange: Exchange): Response | Promise<Response> | undefined {
    return this.#router.allowed(exchange.path).length > 0 ? this.handle(exchange) : undefined
  }

  /**
   * Checks the whole wiring and builds the singletons; `listen` and the first `fetch` call it.
   *
   * @throws DIError with every mistake, each with its path and its remedy.
   */
  ready(): Promise<void> {
    return this.#injector.ready(this.ready)
  }

  /** Serves the application over http when it is ready. @throws DIError as `ready` does, and Error when the port cannot be had. */
  async listen(where: number | ListenOptions, ...more: readonly never[]): Promise<RunningServer> {
    const options = listenOptions(where, more, this.listen)
    await this.#injector.ready(this.listen)
    if (this.#closing) throw new Error('The application was closed.')
    const { largestBody } = this.#endpoints
    return this.#servers.start({ app: this, door: this.#door, largestBody, options })
  }

  /** The one scope of a request that another framework handles, however often it is entered. @throws HttpError 403 for an upgrade, such as that of a WebSocket, which another website asks for. */
  enter(request: Request | Exchange): RequestScope {
    return this.#hosts.enter(request)
  }

  /** What `enter` gave, by the framework's own object for the request. @internal - for adapters. */
  entered(source: object): RequestScope | undefined {
    return this.#hosts.entered(source)
  }

  /**
   * A handler without a path, for whatever passes a standard request: Next, SvelteKit, Bun, workerd and others. The
   * function is given what it asks for, then what it was called with, and returns what a handler of a route may
   * return: `export const POST = app.handler([Session], (session) => …)`. Without tokens its annotations are read.
   */
  handler<const Tokens extends readonly AnyToken[]>(
    tokens: Tokens,
    fn: (...values: [...Values<Tokens>, ...HostArguments]) => unknown,
  ): FetchHandler
  handler(fn: HostFunction): FetchHandler
  handler(...given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction]) {
    const [fn, tokens] = given.length === 1 ? given : [given[1], given[0]]
    return this.#hosts.handler(tokens, fn, new CallSite(this.handler))
  }

  /** Tells `ready()` what a handler of another framework asks for. @internal - for adapters. */
  ask(tokens: readonly AnyToken[] | undefined, fn: HostFunction, options: HostOptions): Ask {
    return this.#hosts.ask(tokens, fn, options)
  }

  /**
   * Runs a function outside any request, for a job or a script: with the application's singletons, checked
   * as a route is, and with request-scoped values of its own, which are disposed when it has ended:
   * `await app.run([Users], (users) => users.deleteInactive())`. `close` waits for it; a script has to call `close`.
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
    await this.#servers.stop()
    await Promise.all([this.#responseHandler.finished(), this.#outsideRequest.finished()])
    await this.#injector.close()
  }

  /**
   * Shows what routes are injected with, the order in which it is made, and what ends after. Builds nothing.
   *
   * @param which a route (`'GET /cart'`), a handler, `[Controller, 'method']` or a controller; without it a line for every route, and warnings about the wiring.
   * @throws TypeError when there is no such route, naming the nearest.
   */
  explain(which?: string | Injectable): string {
    return explainPlans(this.#injector, which)
  }

  /** The graph of all routes or of one: as a picture (SVG, Mermaid), a page, or data. Builds nothing. */
  graph(options: GraphOptions & { readonly format: 'json' }): Graph
  graph(options: GraphOptions & { readonly format: 'mermaid' | 'svg' | 'html' }): string
  graph(options: GraphOptions): string | Graph
  graph(options: GraphOptions): string | Graph {
    return drawGraph(this.#injector, options)
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
}
