import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  addLines,
  NodeHostExchange,
  type App,
  type HeaderLine,
  type HostHeaders,
  type NodeHostFacts,
  type RequestScope,
} from '../http/index.js'

/** A scope, and the headers that the response had before anybody asked. */
interface Entered {
  readonly scope: RequestScope
  readonly before: ReturnType<FastifyReply['getHeaders']>
}

/** The scopes of the requests of one Fastify; `leave` and `sent` are its hooks. */
export class FastifyScopes {
  readonly #app: App
  readonly #entered = new WeakMap<FastifyRequest, Entered>()

  constructor(app: App) {
    this.#app = app
  }

  of(request: FastifyRequest, reply: FastifyReply): RequestScope {
    const entered = this.#entered.get(request)
    if (entered) return entered.scope
    const facts = new FastifyFacts(request)
    const scope = this.#app.enter(new NodeHostExchange(request.raw, reply.raw, facts))
    if (scope.claim()) this.#entered.set(request, { scope, before: reply.getHeaders() })
    return scope
  }

  /** `onSend`: a promise only where something has to be waited for. */
  readonly leave = (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): Promise<unknown> | void => {
    const entered = this.#entered.get(request)
    if (!entered) return done(null, payload)
    const { scope } = entered
    const status = payload instanceof Response ? payload.status : reply.statusCode
    let sent: unknown
    try {
      const left = scope.leave({ status, has: (name) => reply.hasHeader(name) })
      if (left instanceof Promise)
        return left.then(
          (lines) => add(scope, reply, payload, lines),
          (error: unknown) => failed(entered, reply, payload, error),
        )
      sent = add(scope, reply, payload, left)
    } catch (error) {
      return failed(entered, reply, payload, error)
    }
    done(null, sent)
  }

  /** `onResponse`: whoever passed Fastify by has sent a head without the session's cookie. */
  readonly sent = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    done()
    const scope = this.#entered.get(request)?.scope
    if (!scope || scope.isLeft) return
    void (async () => scope.leave({ status: reply.raw.statusCode }))()
      .then((lines) => {
        if (lines.some(([name]) => name === 'set-cookie')) throw new Error(PASSED_BY)
      })
      .catch((error: unknown) => scope.report(error))
      .finally(() => scope.doneWhenClosed(reply.raw))
  }
}

function add(
  scope: RequestScope,
  reply: FastifyReply,
  payload: unknown,
  lines: readonly HeaderLine[],
): unknown {
  scope.doneWhenClosed(reply.raw)
  if (lines.length === 0) return payload
  const headers = headersOf(reply)
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
function failed({ before }: Entered, reply: FastifyReply, payload: unknown, error: unknown): never {
  ;(payload as { destroy?: () => void } | null)?.destroy?.()
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
  reply.headers(before)
  throw error
}

/** The headers of a reply as `addLines` takes them. */
export function headersOf(reply: FastifyReply): HostHeaders {
  return {
    get: (name) => {
      const content = reply.getHeader(name)
      return content === undefined ? null : String(content)
    },
    set: (name, content) => void reply.header(name, content),
    // Of `Set-Cookie` Fastify sends all.
    append: (name, content) => void reply.header(name, content),
  }
}

/** What Fastify knows by its `trustProxy`; read when somebody asks. */
export class FastifyFacts implements NodeHostFacts {
  readonly #request: FastifyRequest
  readonly base: string

  constructor(request: FastifyRequest, base = '') {
    this.#request = request
    this.base = base
  }

  get isHttps(): boolean {
    return this.#request.protocol === 'https'
  }

  get ip(): string {
    return this.#request.ip
  }

  get host(): string {
    return this.#request.host
  }

  get target(): string {
    return this.#request.originalUrl
  }

  get parsed(): unknown {
    return this.#request.body
  }
}

const PASSED_BY =
  'A handler sent its response by reply.hijack() or reply.raw, so the head left before the session was stored, and ' +
  "its cookie is lost: send by the reply, or take the request by `enter` of 'ingot/node', which holds the head."
