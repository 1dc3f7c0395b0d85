/**
 * Middleware of Koa that asks by type.
 *
 * @module ingot/koa
 */
import type { Context, Middleware, Next } from 'koa'
import { CallSite, type AnyToken, type Values } from '../di/index.js'
import {
  addLines,
  addWithHead,
  headersNow,
  headersOf,
  mountedBody,
  mountedLines,
  NodeHostExchange,
  resetHeaders,
  sourceOf,
  type App,
  type HeadersThen,
  type HostFunction,
} from '../http/index.js'
import { KoaFacts } from './koa-facts.js'
import { wrappingHandler } from './wrapping/wrapping-handler.js'
import { isBelow, statusOf, type WrappingHost } from './wrapping/wrapping-host.js'

/** Makes middleware of Koa that asks by type: `router.post('/cart/:sku', handle([Cart], …))`. */
export interface Handle {
  /**
   * @param tokens what it asks for.
   * @param fn is given that, and then what Koa gives: the context and `next`.
   */
  <const Tokens extends readonly AnyToken[]>(
    tokens: Tokens,
    fn: (...values: [...Values<Tokens>, ctx: Context, next: Next]) => unknown,
  ): Middleware
  /** @param fn asks by the annotations of its parameters; those of Koa's types stand last. */
  (fn: HostFunction): Middleware
}

/**
 * Lets middleware of Koa ask an application for values: `const handle = handlers(app)`. All that ask within one
 * request share its values, such as the `Session`, which is stored when the first of them has ended, and so before
 * Koa sends anything. Errors go to Koa, also the 503 of a session that cannot be stored; the cookies of the session
 * are sent with them.
 *
 * @param router a router whose routes `app.ready()` is to name in messages.
 */
export function handlers(app: App, router?: RoutesOfKoa): Handle {
  return function handle(
    ...given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction]
  ): Middleware {
    const routeOf = (): string | undefined => {
      const layer = router?.stack.find(({ stack }) => stack.includes(handler))
      return (
        layer && `${layer.methods.filter((one) => one !== 'HEAD').join(', ')} ${String(layer.path)}`
      )
    }
    const handler = wrappingHandler(app, KOA, given, { site: new CallSite(handle), routeOf })
    return handler as Middleware
  }
}

/**
 * Serves a whole application below a path: `shop.use(mount(app, '/account'))`. Paths without a route go on to Koa.
 *
 * @param base the whole path. Default: all paths.
 */
export function mount(app: App, base = ''): Middleware {
  return async (ctx, next) => {
    if (!isBelow(base, ctx.originalUrl.split('?', 1)[0]!)) return next()
    const exchange = exchangeOf(ctx, base)
    const found = app.handleIfFound(exchange)
    if (!found) return next()
    const response = await found
    const lines = mountedLines(response, base)
    const body = mountedBody(response)
    ctx.body = body
    if (body instanceof Uint8Array) ctx.body = Buffer.from(body)
    ctx.status = response.status
    ctx.remove('content-type')
    addLines(headersOf(ctx.res), lines)
  }
}

/** What is read of a router of Koa. */
export interface RoutesOfKoa {
  readonly stack: readonly {
    readonly path: unknown
    readonly methods: readonly string[]
    readonly stack: readonly unknown[]
  }[]
}

function exchangeOf(ctx: Context, base = ''): NodeHostExchange {
  return new NodeHostExchange(ctx.req, ctx.res, new KoaFacts(ctx, base))
}

const KOA: WrappingHost<Context> = {
  name: 'Koa',
  types: /^(?:Koa\.|Router\.)?(?:(?:Parameterized|Router|Default)?Context|Next)\b/,
  sourceOf: (ctx) => sourceOf(ctx.req),
  enter: (app, ctx) => app.enter(exchangeOf(ctx)),
  paramsOf: (ctx) => ctx['params'] as Record<string, unknown> | undefined,
  call: (fn, values, ctx, rest) => fn(...values, ctx, ...rest),
  before: (ctx) => headersNow(ctx.res),
  reset: (ctx, before) => {
    if (ctx.headerSent) return
    ctx.body = undefined
    ctx.status = 404
    resetHeaders(ctx.res, before as HeadersThen)
  },
  headOf: (ctx, outcome) => ({
    status: 'error' in outcome ? statusOf(outcome.error) : ctx.status,
    has: (name) => ctx.res.hasHeader(name),
  }),
  /** When the head is written: an error on the way drops all headers (`ctx.onerror`). */
  add: ({ res, headerSent }, outcome, lines, scope) => {
    if (headerSent && 'value' in outcome) throw new Error(SENT)
    if (lines.length > 0 && !headerSent) addWithHead(res, scope)
    return 'value' in outcome ? outcome.value : undefined
  },
  end: (ctx, scope, value) => {
    scope.doneWhenClosed(ctx.res)
    return value
  },
  errorOf: (error) => error,
}

const SENT =
  'A middleware wrote to ctx.res itself, so the head left before the session was stored, and its cookie is lost: ' +
  "set ctx.body, or take the request by `enter` of 'ingot/node', which holds the head."
