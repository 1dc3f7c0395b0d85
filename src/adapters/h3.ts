/**
 * Handlers and middleware of h3 that ask by type.
 *
 * @module ingot/h3
 */
import { H3Event, HTTPError, onDispose, type Middleware } from 'h3'
import { CallSite, type AnyToken, type Values } from '../di/index.js'
import {
  addLines,
  FetchHostExchange,
  HttpError,
  mountedBody,
  mountedLines,
  type App,
  type HostFunction,
  type HostHeaders,
} from '../http/index.js'
import { wrappingHandler } from './wrapping/wrapping-handler.js'
import { isBelow, statusOf, type Outcome, type WrappingHost } from './wrapping/wrapping-host.js'

/** The `next` of a middleware of h3. */
export type Next = Parameters<Middleware>[1]

/** A handler or middleware of h3. */
export type Handler = (event: H3Event, next?: Next) => unknown

/** Makes handlers and middleware of h3 that ask by type: `shop.post('/cart/:sku', handle([Cart], …))`. */
export interface Handle {
  /**
   * @param tokens what it asks for.
   * @param fn is given that, and then what h3 gives: the event, and a middleware `next`.
   */
  <const Tokens extends readonly AnyToken[]>(
    tokens: Tokens,
    fn: (...values: [...Values<Tokens>, event: H3Event, next: Next]) => unknown,
  ): Handler
  /** @param fn asks by the annotations of its parameters; those of h3's types stand last. */
  (fn: HostFunction): Handler
}

/**
 * Lets handlers of h3 2 ask an application for values: `const handle = handlers(app)`. All handlers and middleware of
 * one request share its values, such as the `Session`, which is stored before h3 makes the response. Errors go to h3
 * as an `HTTPError`, also the 503 of a session that cannot be stored.
 *
 * @param shop the h3 application, so that `app.ready()` names its routes in messages.
 */
export function handlers(app: App, shop?: RoutesOfH3): Handle {
  return function handle(
    ...given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction]
  ): Handler {
    const routeOf = (): string | undefined => {
      const route = shop?.['~routes'].find((one) => one.handler === handler)
      return route && `${route.method || 'ALL'} ${route.route}`
    }
    const handler = wrappingHandler(app, H3, given, {
      site: new CallSite(handle),
      routeOf,
    }) as Handler
    return handler
  }
}

/**
 * Serves a whole application below a path: `shop.use(mount(app, '/account'))`. Paths without a route go on to h3.
 *
 * @param base the whole path. Default: all paths.
 */
export function mount(app: App, base = ''): Middleware {
  return async (event, next) => {
    if (!isBelow(base, new URL(event.req.url).pathname)) return next()
    const found = app.handleIfFound(new FetchHostExchange(event.req, { base }))
    if (!found) return next()
    const response = await found
    const { status } = response
    const body = mountedBody(response) as ConstructorParameters<typeof Response>[0]
    const { headers } = event.res
    addLines(headers, mountedLines(response, base))
    // h3 adds the headers of the event to a response, but not to one of an error.
    return new Response(body, status < 400 ? { status } : { status, headers })
  }
}

/** What is read of an h3 application. */
export interface RoutesOfH3 {
  readonly '~routes': readonly {
    readonly route?: string
    readonly method?: string
    readonly handler: unknown
  }[]
}

const H3: WrappingHost<H3Event> = {
  name: 'h3',
  types: /^(?:H3Event|Next)\b/,
  classes: [H3Event],
  sourceOf: (event) => event.req,
  enter: (app, event) => app.enter(event.req),
  paramsOf: ({ context: { params = {} } }) => {
    const decoded = Object.entries(params).map(([name, text]) => [name, decodeURIComponent(text)])
    return Object.fromEntries(decoded) as Record<string, string>
  },
  async call(fn, values, event, rest) {
    const value = await fn(...values, event, ...rest)
    const [next] = rest as [Next?]
    // h3 goes on after a middleware that returns nothing, and so after it had left the scope.
    return value === undefined && next ? next() : value
  },
  before: (event) => [...event.res.headers],
  reset({ res: { headers } }, before) {
    for (const name of Array.from(headers.keys())) headers.delete(name)
    for (const [name, content] of before as [string, string][]) headers.append(name, content)
  },
  headOf(event, outcome) {
    if ('error' in outcome) return { status: statusOf(outcome.error) }
    const { value } = outcome
    if (value instanceof Response)
      return { status: value.status, has: (name) => value.headers.has(name) }
    return { status: event.res.status ?? 200, has: (name) => event.res.headers.has(name) }
  },
  add(event, outcome, lines) {
    if (lines.length > 0) addLines(headersOf(event, outcome), lines)
    return 'value' in outcome ? outcome.value : undefined
  },
  end(event, scope, value) {
    if (scope.awaitsEnd) onDispose(event, (reason) => scope.done(reason))
    return value
  },
  /** h3 hides what it does not know. */
  errorOf(error) {
    if (!(error instanceof HttpError)) return error
    const { status, message, headers, code, errors } = error
    return new HTTPError({ status, message, headers, cause: error, body: { code, errors } })
  },
}

/** Those of the event that h3 adds to what the outcome becomes. */
function headersOf(event: H3Event, outcome: Outcome): HostHeaders {
  const { headers, errHeaders } = event.res
  if ('error' in outcome) return errHeaders
  const { value } = outcome
  if (!(value instanceof Response)) return headers
  const added = value.status < 400 ? headers : errHeaders
  return {
    // h3 puts what is added in the place of what the response has.
    get: (name) => [added.get(name), value.headers.get(name)].filter(Boolean).join(', ') || null,
    set: (name, content) => added.set(name, content),
    append: (name, content) => added.append(name, content),
  }
}
