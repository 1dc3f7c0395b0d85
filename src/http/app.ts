import { callable, Injector, value, type Component, type Plan } from '../di/index.js'
import { builtIns } from './built-ins.js'
import { Exchange, urlOf, type Endpoint } from './exchange.js'
import { HttpError } from './http-error.js'
import { listen, type ListenOptions, type Listening, type RunningServer } from './listen.js'
import { Next } from './next.js'
import { problem } from './problem.js'
import { duplicateRoute, fieldsOf, problemsOf } from './route-check.js'
import type { Middleware, Route } from './route.js'
import { Router } from './router.js'
import { collectRoutes, type Routes } from './routes.js'
import { reportToConsole, Settlement, type OnError } from './settlement.js'

/** What an application is made of. */
export interface AppOptions {
  /** Controllers and routes, in lists as deep as you like. */
  readonly routes: Routes
  /** Provide what handlers ask for; asked in this order, before the built-in ones. */
  readonly components?: readonly Component[]
  /** Run before each route's own middleware, the first outermost; not for a 404, a 405 or an OPTIONS without a route. */
  readonly middleware?: readonly Middleware[]
  /** The largest body that is read, in bytes. Default: 1,048,576 (1 MiB). */
  readonly bodyLimit?: number
  /** Told once of each request that failed with a 5xx. Default: `console.error`, without anything of the request. */
  readonly onError?: OnError
}

/** A whole application: `fetch` answers any standard request, `listen` serves it over http. */
export class App {
  readonly #middleware: readonly Middleware[]
  readonly #bodyLimit: number
  readonly #injector: Injector
  readonly #router = new Router<PlannedEndpoint>()
  readonly #settlement: Settlement
  readonly #servers = new Set<Listening>()
  #isReady = false

  constructor(options: AppOptions) {
    const { routes, components, middleware, bodyLimit, onError } = withDefaults(options)
    this.#middleware = middleware
    this.#bodyLimit = bodyLimit
    this.#settlement = new Settlement(onError)
    this.#injector = new Injector({
      components: [...components, ...builtIns(), value(App, this)],
      inputs: [Exchange],
      next: Next,
    })
    for (const route of collectRoutes(routes, (mistake) => this.#injector.refuse(mistake)))
      this.#add(route)
  }

  /** Answers a request. Bound, so that it can be handed to any server. The first one awaits `ready()`. */
  readonly fetch = (request: Request): Response | Promise<Response> => {
    if (!this.#isReady) return this.ready().then(() => this.fetch(request))
    const { pathname } = urlOf(request)
    const found = this.#router.find(request.method, pathname)
    if (!found) return this.#unrouted(request.method, pathname)
    if (!found.params) return problem(new HttpError(400, 'The path has a malformed percent escape'))
    return found.target.plan.run([new Exchange(request, found.target, found.params)])
  }

  /**
   * Checks the whole wiring and builds the singletons; `listen` and the first `fetch` call it.
   *
   * @throws DIError with every mistake, each with its path and its remedy.
   */
  async ready(): Promise<void> {
    await this.#injector.ready()
    this.#isReady = true
  }

  /**
   * Serves the application over http when it is ready.
   *
   * @throws DIError as `ready` does, and Error when the port cannot be had.
   */
  async listen(where: number | ListenOptions): Promise<RunningServer> {
    const options = typeof where === 'number' ? { port: where } : where
    await this.ready()
    const server = await listen(this.fetch, this.#bodyLimit, options)
    this.#servers.add(server)
    for (const signal of options.closeOn ?? []) process.once(signal, () => void this.close())
    return { url: server.url, port: server.port, close: () => this.close() }
  }

  /**
   * Takes no new request, lets those in flight end with their hooks, then disposes the singletons in
   * reverse.
   *
   * @throws AggregateError when some could not be disposed.
   */
  async close(): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.stop()))
    this.#servers.clear()
    await this.#settlement.finished()
    this.#isReady = false
    await this.#injector.close()
  }

  /** Plans a route once, for all its requests. */
  #add(route: Route): void {
    const functions = [...this.#middleware, ...route.middleware].map((one) => callable(one))
    const handler = callable(route.handler, { ...(route.tokens && { tokens: route.tokens }) })
    const plan = this.#injector.plan([...functions, handler], {
      name: String(route),
      settle: this.#settlement,
    })
    const present = this.#router.add(route, {
      route,
      plan,
      fields: fieldsOf(plan),
      bodyLimit: this.#bodyLimit,
    })
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

interface PlannedEndpoint extends Endpoint {
  readonly plan: Plan<Response>
}

/** Own properties only: a polluted `Object.prototype` must not raise the limit. */
function withDefaults(options: AppOptions): Required<AppOptions> {
  const defaults = {
    components: [],
    middleware: [],
    bodyLimit: 1_048_576,
    onError: reportToConsole,
  }
  return Object.assign(Object.create(null) as object, defaults, options)
}
