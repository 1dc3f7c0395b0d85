/**
 * Handlers and hooks of Fastify that ask by type.
 *
 * @module ingot/fastify
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { CallSite, isThenable, type AnyToken, type Values } from '../di/index.js'
import {
  addLines,
  mountedBody,
  mountedLines,
  NodeHostExchange,
  type App,
  type HostFunction,
} from '../http/index.js'
import { FastifyFacts, FastifyHeaders } from './fastify-facts.js'
import { FastifyScopes } from './fastify-scopes.js'

/** A handler or hook of Fastify. */
export type Handler = (
  request: FastifyRequest,
  reply: FastifyReply,
  done?: (error?: Error) => void,
) => void | Promise<unknown>

/** Makes handlers and hooks of Fastify that ask by type: `shop.post('/cart/:sku', handle([Cart], …))`. */
export interface Handle {
  /**
   * @param tokens what it asks for.
   * @param fn is given that, and then what Fastify gives: the request and the reply. As a hook it has ended when it
   *   returns, or when its promise settles; there it returns the reply when it has sent one.
   */
  <const Tokens extends readonly AnyToken[]>(
    tokens: Tokens,
    fn: (...values: [...Values<Tokens>, request: FastifyRequest, reply: FastifyReply]) => unknown,
  ): Handler
  /** @param fn asks by the annotations of its parameters; those of Fastify's types stand last. */
  (fn: HostFunction): Handler
}

/**
 * Lets handlers and hooks of Fastify ask an application for values: `const handle = handlers(app, shop)`. All that ask
 * within one request share its values, such as the `Session`, which is stored before the first byte of the response
 * leaves. Errors go to Fastify, also the 503 of a session that cannot be stored. Fastify starts when the application
 * is ready.
 *
 * @param shop whose routes, and those of plugins below it, have such handlers; call it before they are added.
 */
export function handlers(app: App, shop: FastifyInstance): Handle {
  const scopes = new FastifyScopes(app)
  const routes = new WeakMap<object, string>()
  scopes.watch(shop)
  shop.addHook('onReady', async () => app.ready())
  shop.addHook('onRoute', (route) => {
    const { method, url, handler, onRequest, preParsing, preValidation, preHandler } = route
    const all = [handler, onRequest, preParsing, preValidation, preHandler].flat()
    for (const one of all) {
      if (one && !routes.has(one)) routes.set(one, `${String(method)} ${url}`)
    }
  })
  return function handle(
    ...given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction]
  ): Handler {
    const [fn, tokens] = given.length === 1 ? given : [given[1], given[0]]
    const ask = app.ask(tokens, fn, {
      host: 'Fastify',
      hostTypes: /^(?:Fastify)?(?:Request|Reply)\b/,
      site: new CallSite(handle),
      routeOf: () => routes.get(handler),
    })
    const handler: Handler = (request, reply, done) => {
      const values = ask(scopes.of(request, reply), request.params as Record<string, unknown>)
      if (values instanceof Promise)
        return values.then((made) => later(fn(...made, request, reply), reply, done))
      values.push(request, reply)
      const result = fn(...values)
      if (done && !isThenable(result)) return done()
      // Fastify sends what is returned, whatever its types say of one that is also a hook.
      return result as Promise<unknown>
    }
    return handler
  }
}

/**
 * Serves a whole application below a path: `shop.register(mount(app), { prefix: '/account' })`. What the application
 * has no route for is a 404 of Fastify. Fastify parses no bodies there, and its hooks run.
 */
export function mount(app: App): FastifyPluginCallback {
  return (shop, _options, done) => {
    shop.removeAllContentTypeParsers()
    shop.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const facts = new FastifyFacts(request, shop.prefix)
      const found = app.handleIfFound(new NodeHostExchange(request.raw, reply.raw, facts))
      if (!found) return reply.callNotFound()
      const response = await found
      reply.code(response.status)
      addLines(new FastifyHeaders(reply), mountedLines(response, shop.prefix))
      return reply.send(mountedBody(response))
    }
    shop.all('/', handler)
    shop.all('/*', handler)
    done()
  }
}

/**
 * The result of a function that ran later than Fastify called. A promise with `undefined` would make Fastify send it,
 * though a function that is not asynchronous may have called `reply.send`, or may do so later; and a reply is thenable.
 */
function later(result: unknown, reply: FastifyReply, done: unknown): unknown {
  const isSender = result === reply || (result === undefined && !done)
  return isSender ? new Promise(() => {}) : result
}
