import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpAdapterHost } from '@nestjs/core'
import type { Request } from 'express'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AnyToken, ClassToken, Site } from '../di/index.js'
import type { App, HostFunction, HostOptions, RequestScope } from '../http/index.js'
import { EXPRESS } from './express.js'
import { FastifyFacts } from './fastify-facts.js'
import { enterNode } from './node-hosts.js'
import { enter } from './node.js'

/** A request as Nest passes it: that of Express or Fastify, or what Fastify has it from. */
export type NestRequest = { readonly raw?: IncomingMessage; readonly params?: unknown }

/** What a function of Nest's asked for, of the request. */
export type AskRequest = (request: NestRequest) => unknown[] | Promise<unknown[]>

/** The scopes of the requests of one Nest application, on whatever it runs. */
export class NestScopes {
  readonly app: App
  readonly #scopeOf: (request: NestRequest) => RequestScope
  readonly #provided = new Map<ClassToken, AskRequest>()

  /** @param adapter of an application that has not begun to add routes. */
  constructor(app: App, adapter: HttpAdapterHost['httpAdapter'] | undefined) {
    this.app = app
    const instance: unknown = adapter?.getInstance()
    this.#scopeOf =
      adapter?.getType() === 'fastify'
        ? onFastify(app, instance as FastifyInstance)
        : (request) => onExpress(app, request)
  }

  /** What services of Nest ask for in their constructors. */
  provide(token: ClassToken, site: Site): void {
    this.#provided.set(token, this.ask([token], token as never, { site }))
  }

  /** A value that is provided. */
  async provided(token: ClassToken, request: NestRequest): Promise<unknown> {
    const [value] = await this.#provided.get(token)!(request)
    return value
  }

  /**
   * Tells `ready()` what a function asks for. What is returned gives it all, made once for each request, however
   * many parameters take theirs.
   */
  ask(
    tokens: readonly AnyToken[],
    fn: HostFunction,
    place: Pick<HostOptions, 'site' | 'routeOf'>,
  ): AskRequest {
    const ask = this.app.ask(tokens, fn, { host: 'Nest', ...place })
    const made = new WeakMap<RequestScope, unknown[] | Promise<unknown[]>>()
    return (request) => {
      const scope = this.#scopeOf(request)
      const known = made.get(scope)
      if (known) return known
      const values = ask(scope, request.params as Record<string, unknown>)
      made.set(scope, values)
      return values
    }
  }
}

function onExpress(app: App, given: NestRequest): RequestScope {
  // On Express Nest passes its request on; the interface above names only what both platforms have.
  const req = given as unknown as Request
  const { res } = req as { res?: ServerResponse }
  if (!res) throw new TypeError(NOT_HTTP)
  return enterNode(app, EXPRESS, req, res)
}

/**
 * Nest gives its providers the request alone, and its middleware the one that Fastify was made of. The head is held as
 * on Express: a handler that sends by itself, and a redirect of Nest 11, do not wait for the hooks of Fastify.
 */
function onFastify(app: App, instance: FastifyInstance): (given: NestRequest) => RequestScope {
  const known = new WeakMap<object, readonly [FastifyRequest, FastifyReply]>()
  instance.addHook('onRequest', (request, reply, done) => {
    known.set(request.raw, [request, reply])
    done()
  })
  return (given) => {
    const [request, reply] = known.get(given.raw ?? given) ?? []
    if (!request || !reply) throw new TypeError(NOT_HTTP)
    return enter(app, request.raw, reply.raw, new FastifyFacts(request))
  }
}

const NOT_HTTP =
  'Only what handles an http request can ask for values of a request, and this is another context of Nest, such as ' +
  'that of a message: ask there by app.run, or hand over what is needed.'
