import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  addLines,
  HttpError,
  NodeHostExchange,
  sourceOf,
  type App,
  type HeaderLine,
  type HostHead,
  type RequestScope,
} from '../http/index.js'
import { FastifyFacts, FastifyHeaders } from './fastify-facts.js'

/** A request, with the visits of those who asked within it. */
type Entering = FastifyRequest & { [app: symbol]: FastifyVisit | null }

/** The scopes of the requests of one Fastify. */
export class FastifyScopes {
  readonly #app: App
  /** A property that all requests have from the beginning costs less than a `WeakMap`. */
  readonly #visit = Symbol('ingot')

  constructor(app: App) {
    this.#app = app
  }

  /** Adds the hooks that leave them. */
  watch(shop: FastifyInstance): void {
    shop.decorateRequest(this.#visit, null)
    shop.addHook('onSend', (request, reply, payload, done) => {
      const visit = (request as Entering)[this.#visit]
      return visit ? visit.leave(reply, payload, done) : done(null, payload)
    })
    shop.addHook('onResponse', (request, reply, done) => {
      done()
      ;(request as Entering)[this.#visit]?.sent(reply)
    })
  }

  of(request: FastifyRequest, reply: FastifyReply): RequestScope {
    const visit = (request as Entering)[this.#visit]
    if (visit) return visit.scope
    const { raw } = request
    const scope =
      this.#app.entered(sourceOf(raw)) ??
      this.#app.enter(new NodeHostExchange(raw, reply.raw, new FastifyFacts(request)))
    if (scope.claim()) (request as Entering)[this.#visit] = new FastifyVisit(scope, reply)
    return scope
  }
}

/** What Fastify takes when a hook has ended. */
type Done = (error: null, payload: unknown) => void

/** The scope of a request, from its first function to the response. */
class FastifyVisit {
  readonly scope: RequestScope
  /** The headers that the response had before anybody asked. */
  readonly #before: ReturnType<FastifyReply['getHeaders']>

  constructor(scope: RequestScope, reply: FastifyReply) {
    this.scope = scope
    this.#before = reply.getHeaders()
  }

  /** A promise only where something has to be waited for. */
  leave(reply: FastifyReply, payload: unknown, done: Done): Promise<unknown> | void {
    let sent: unknown
    try {
      const left = this.scope.leave(headOf(reply, payload))
      if (left instanceof Promise)
        return left.then(
          (lines) => this.#add(reply, payload, lines),
          (error: unknown) => this.#failed(reply, payload, error),
        )
      sent = this.#add(reply, payload, left)
    } catch (error) {
      return this.#failed(reply, payload, error)
    }
    done(null, sent)
  }

  /** Whoever passed Fastify by has sent a head without the session's cookie. */
  sent(reply: FastifyReply): void {
    const { scope } = this
    if (scope.isLeft) return
    void (async () => scope.leave({ status: reply.raw.statusCode }))()
      .then((lines) => {
        if (lines.some(([name]) => name === 'set-cookie')) throw new Error(PASSED_BY)
      })
      .catch((error: unknown) => scope.report(error))
      .finally(() => scope.doneWhenClosed(reply.raw))
  }

  #add(reply: FastifyReply, payload: unknown, lines: readonly HeaderLine[]): unknown {
    this.scope.doneWhenClosed(reply.raw)
    if (lines.length === 0) return payload
    const headers = new FastifyHeaders(reply)
    let sent = payload
    if (payload instanceof Response) {
      // Fastify would put its `Vary` in the place of the merged one.
      reply.code(payload.status)
      addLines(headers, [...payload.headers])
      sent = payload.body
    }
    addLines(headers, lines)
    return sent
  }

  /** Drops what the handlers have set and sent: the error handler of Fastify responds. */
  #failed(reply: FastifyReply, payload: unknown, error: unknown): never {
    ;(payload as { destroy?: () => void } | null)?.destroy?.()
    for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
    reply.headers(this.#before)
    // When the response was that of an error already, Fastify only serializes this one.
    if (error instanceof HttpError) reply.code(error.status).headers(error.headers)
    throw error
  }
}

function headOf(reply: FastifyReply, payload: unknown): HostHead {
  const status = payload instanceof Response ? payload.status : reply.statusCode
  return { status, has: (name) => reply.hasHeader(name) }
}

const PASSED_BY =
  'A handler sent its response by reply.hijack() or reply.raw, so the head left before the session was stored, and ' +
  "its cookie is lost: send by the reply, or take the request by `enter` of 'ingot/node', which holds the head."
