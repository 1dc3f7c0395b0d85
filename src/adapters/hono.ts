/**
 * Handlers and middleware of Hono that ask by type.
 *
 * @module ingot/hono
 */
import { Context, type Handler, type Hono, type MiddlewareHandler, type Next } from 'hono'
import { CallSite, type AnyToken, type Values } from '../di/index.js'
import {
  addLines,
  addWithHead,
  mountedBody,
  mountedLines,
  type App,
  type HostFunction,
} from '../http/index.js'
import { exchangeOf, nodeOf, type NodeBindings } from './hono-facts.js'
import { wrappingHandler } from './wrapping/wrapping-handler.js'
import { isBelow, statusOf, type WrappingHost } from './wrapping/wrapping-host.js'

/** Makes handlers and middleware of Hono that ask by type: `shop.post('/cart/:sku', handle([Cart], …))`. */
export interface Handle {
  /**
   * @param tokens what it asks for.
   * @param fn is given that, and then what Hono gives: the context and `next`. It returns a `Response`, or nothing
   *   where it is a middleware.
   */
  <const Tokens extends readonly AnyToken[]>(
    tokens: Tokens,
    fn: (...values: [...Values<Tokens>, c: Context, next: Next]) => unknown,
  ): Handler & MiddlewareHandler
  /** @param fn asks by the annotations of its parameters; those of Hono's types stand last. */
  (fn: HostFunction): Handler & MiddlewareHandler
}

/**
 * Lets handlers of Hono ask an application for values: `const handle = handlers(app)`. All handlers and middleware of
 * one request share its values, such as the `Session`, which is stored before Hono has the response. Errors go to
 * `onError` of Hono, also the 503 of a session that cannot be stored.
 *
 * @param shop the Hono application, so that `app.ready()` names its routes in messages.
 */
export function handlers(app: App, shop?: Pick<Hono, 'routes'>): Handle {
  return function handle(
    ...given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction]
  ): Handler & MiddlewareHandler {
    const routeOf = (): string | undefined => {
      const route = shop?.routes.find((one) => one.handler === handler)
      return route && `${route.method} ${route.path}`
    }
    const place = { site: new CallSite(handle), routeOf }
    const handler = wrappingHandler(app, HONO, given, place) as Handler & MiddlewareHandler
    return handler
  }
}

/**
 * Serves a whole application below a path: `shop.use(mount(app, '/account'))`. Paths without a route go on to Hono.
 *
 * @param base the whole path, with that of `basePath` and `route`. Default: all paths.
 */
export function mount(app: App, base = ''): MiddlewareHandler {
  return async (c, next) => {
    if (!isBelow(base, new URL(c.req.url).pathname)) return next()
    const found = app.handleIfFound(exchangeOf(c, base))
    if (!found) return next()
    const response = await found
    const { status } = response
    // Begins with the headers that middleware of Hono have set.
    const { headers } = c.newResponse(null)
    addLines(headers, mountedLines(response, base))
    c.res = undefined
    c.res = new Response(mountedBody(response) as Body, { status, headers })
    return c.res
  }
}

type Body = ConstructorParameters<typeof Response>[0]

const HONO: WrappingHost<Context> = {
  name: 'Hono',
  types: /^(?:Context|Next)\b/,
  classes: [Context],
  sourceOf: (c) => c,
  enter: (app, c) => app.enter(exchangeOf(c)),
  paramsOf: (c) => c.req.param(),
  call: (fn, values, c, rest) => fn(...values, c, ...rest),
  before: (c) => [...c.newResponse(null).headers],
  reset: (c, before) => {
    c.res = undefined
    c.res = new Response(null, { headers: before as [string, string][] })
  },
  headOf: (c, outcome) => {
    if ('error' in outcome) return { status: statusOf(outcome.error) }
    const response = outcome.value instanceof Response ? outcome.value : c.finalized && c.res
    if (nodeOf(c)) return { status: response ? response.status : 200 }
    return response
      ? { status: response.status, has: (name) => response.headers.has(name) }
      : { status: 200 }
  },
  add: (c, outcome, lines, scope) => {
    const value = 'value' in outcome ? outcome.value : undefined
    const { outgoing } = nodeOf(c) ?? {}
    if (outgoing) {
      if (lines.length > 0) addWithHead(outgoing, scope)
      return value
    }
    if (value instanceof Response) c.res = value
    if (lines.length === 0) return value
    try {
      addLines(c.res.headers, lines)
    } catch {
      // Those of a response that `fetch` gave cannot be changed.
      c.res = new Response(c.res.body, c.res)
      addLines(c.res.headers, lines)
    }
    return value instanceof Response ? c.res : value
  },
  end: (c, scope, value) => {
    const { outgoing } = (c.env ?? {}) as NodeBindings
    if (outgoing) {
      scope.doneWhenClosed(outgoing)
      return value
    }
    if (c.finalized) c.res = scope.doneWhenRead(c.res)
    return value instanceof Response ? c.res : value
  },
  errorOf: (error) => error,
}
