import {
  callable,
  explainPlan,
  findPlans,
  graphOf,
  Injector,
  mermaidOf,
  value,
  type Component,
  type Graph,
  type Injectable,
  type Override,
  type Plan,
  type Token,
} from '../di/index.js'
import { withDefaults, type AppOptions } from './app-options.js'
import { builtIns } from './built-ins.js'
import { ADVICE } from './advice.js'
import type { OnError } from './errors/error-log.js'
import { Exchange, type Endpoint, type Field } from './request/exchange.js'
import { Hooks } from './hooks.js'
import { HttpError } from './errors/http-error.js'
import { listen, type ListenOptions, type Listening, type RunningServer } from './server/listen.js'
import { Next } from './routing/next.js'
import { problem } from './errors/problem.js'
import { RequestExchange } from './request/fetch-exchange.js'
import { withoutBody } from './response/respond.js'
import { duplicateRoute, fieldsOf, problemsOf } from './parameters/check-parameters.js'
import type { Middleware, Route } from './routing/route.js'
import { Router } from './routing/router.js'
import { collectRoutes, type Routes } from './routing/routes.js'
import { ResponseHandler } from './response-handler.js'

/** A whole application: `fetch` answers any standard request, `listen` serves it over http. */
export class App {
  readonly #middleware: readonly Middleware[]
  readonly #bodyLimit: number
  readonly #injector: Injector
  readonly #router = new Router<PlannedEndpoint>()
  readonly #settlement: ResponseHandler
  readonly #servers = new Set<Promise<Listening>>()
  readonly #options: AppOptions
  #closing: Promise<void> | undefined

  constructor(options: AppOptions)
  /** @internal - `with` brings the injector of the copy. */
  constructor(options: AppOptions, injector: (app: App) => Injector)
  constructor(options: AppOptions, injector?: (app: App) => Injector) {
    this.#options = options
    const { routes, components, middleware, bodyLimit, onError } = withDefaults(options)
    this.#middleware = middleware
    this.#bodyLimit = bodyLimit
    this.#settlement = new ResponseHandler(onError)
    this.#injector =
      injector?.(this) ??
      new Injector({
        components,
        builtIns: [...builtIns(), value(App, this)],
        input: Exchange,
        hooks: Hooks,
        next: Next,
        advice: ADVICE,
      })
    for (const route of collectRoutes(routes, (mistake) => this.#injector.refuse(mistake)))
      this.#add(route)
  }

  /** Answers a request. Bound, so that it can be handed to any server. The first one awaits `ready()`. */
  readonly fetch = (request: Request): Response | Promise<Response> => {
    return this.handle(new RequestExchange(request))
  }

  /**
   * Answers a request, however it came in.
   *
   * @internal
   */
  handle(exchange: Exchange): Response | Promise<Response> {
    if (!this.#injector.isReady) return this.ready().then(() => this.handle(exchange))
    const { method, path } = exchange
    const found = this.#router.find(method, path)
    if (!found?.params) {
      const refusal = found ? problem(MALFORMED_PATH) : this.#unrouted(method, path)
      return method === 'HEAD' ? withoutBody(refusal) : refusal
    }
    return found.target.plan.run(exchange.routed(found.target, found.params))
  }

  /**
   * Checks the whole wiring and builds the singletons; `listen` and the first `fetch` call it.
   *
   * @throws DIError with every mistake, each with its path and its remedy.
   */
  ready(): Promise<void> {
    return this.#injector.ready()
  }

  /**
   * Serves the application over http when it is ready.
   *
   * @throws DIError as `ready` does, and Error when the port cannot be had.
   */
  async listen(where: number | ListenOptions): Promise<RunningServer> {
    const options = typeof where === 'number' ? { port: where } : where
    await this.ready()
    if (this.#closing) throw new Error('The application was closed.')
    const starting = listen(this, this.#bodyLimit, options)
    this.#servers.add(starting)
    const server = await starting
    return { url: server.url, port: server.port, close: () => this.close() }
  }

  /**
   * Takes no new request, lets those in flight end with their hooks, then disposes the singletons in
   * reverse.
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
    await this.#settlement.finished()
    await this.#injector.close()
  }

  /**
   * Shows what routes are injected with: each value with its scope and provider, the order in which
   * they are made, and what ends after the handler. Nothing is built for it.
   *
   * @param asked a route (`'GET /cart'`), a handler, `[Controller, 'method']` or a controller; without it every route, and what is odd in the wiring.
   * @throws TypeError when there is no such route, naming the nearest.
   */
  explain(asked?: string | Injectable): string {
    const { plans, warnings } = this.#injector
    if (asked !== undefined) return findPlans(plans, asked, 'route').map(explainPlan).join('\n\n')
    return [...plans.map(explainPlan), ...warnings.map((note) => `note: ${note.message}`)].join(
      '\n\n',
    )
  }

  /** The whole graph: as text for Mermaid, or as data. Nothing is built for it. */
  graph(options: { readonly format: 'mermaid' }): string
  graph(options: { readonly format: 'json' }): Graph
  graph(options: { readonly format: 'mermaid' | 'json' }): string | Graph {
    const { plans } = this.#injector
    return options.format === 'json' ? graphOf(plans) : mermaidOf(plans)
  }

  /**
   * Puts a value, or what a component makes, in the place of a token, for example in a test:
   * `using fake = app.override(Clock, new FakeClock())`. Only the plans that use the token are made anew;
   * requests in flight end as they began.
   *
   * @returns what undoes it; overrides are undone in the reverse order.
   * @throws DIError when no route uses the token, or when what takes its place cannot be wired.
   */
  override<Value>(
    token: Token<Value>,
    given: NoInfer<Value> | Component<NoInfer<Value>>,
  ): Disposable {
    return this.#injector.override(token, given)
  }

  /**
   * A copy with other values in the place of some tokens, for tests that run side by side. It shares
   * what they do not touch, singletons included; close it for what was built for it alone.
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
   * A copy that answers other routes, without the application's middleware, from the same components and
   * singletons: for tools that look into an application, such as the test client. Close it after use.
   *
   * @internal
   */
  answering(routes: Routes, onError: OnError): App {
    return new App({ ...this.#options, routes, middleware: [], onError }, () => {
      return this.#injector.with([])
    })
  }

  /** Plans a route once, for all its requests. */
  #add(route: Route): void {
    const functions = [...this.#middleware, ...route.middleware].map((one) => callable(one))
    const isNameless = typeof route.handler === 'function' && route.handler.name === ''
    const handler = callable(route.handler, {
      tokens: route.tokens,
      name: isNameless ? `the handler of ${String(route)}` : undefined,
    })
    const plan = this.#injector.plan([...functions, handler], {
      name: String(route),
      resultHandler: this.#settlement,
    })
    const present = this.#router.add(route, new PlannedEndpoint(route, plan, this.#bodyLimit))
    const mistakes = present ? [duplicateRoute(route, present)] : problemsOf(route, plan)
    for (const mistake of mistakes) this.#injector.refuse(mistake)
  }

  /** OPTIONS is answered without a plan, so that a preflight opens nothing. */
  #unrouted(method: string, pathname: string): Response {
    const allow = this.#router.allowed(pathname).join(', ')
    if (allow === '') return problem(new HttpError(404))
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } })
    return problem(new HttpError(405, undefined, { headers: { allow } }))
  }
}

const MALFORMED_PATH = new HttpError(400, 'The path has a malformed percent escape')

class PlannedEndpoint implements Endpoint {
  readonly route: Route
  readonly plan: Plan<Response>
  readonly bodyLimit: number

  constructor(route: Route, plan: Plan<Response>, bodyLimit: number) {
    this.route = route
    this.plan = plan
    this.bodyLimit = bodyLimit
  }

  /** Read when a request is refused: an override may have remade the plan. */
  get fields(): readonly Field[] {
    return fieldsOf(this.plan)
  }
}
