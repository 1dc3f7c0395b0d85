import type { Context } from 'hono'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { FetchHostExchange, headerIn, type FetchHostFacts } from '../http/index.js'

/** What @hono/node-server gives. */
export interface NodeBindings {
  readonly incoming?: IncomingMessage
  readonly outgoing?: ServerResponse
}

/**
 * The messages of Node, where the request is the one that @hono/node-server has made of them: whoever asks that one for
 * its headers, or the response for its own, has them made first, which costs more than the session. A request that
 * somebody else made, within this one, has a response of its own.
 */
export function nodeOf({ env, req }: Context): Required<NodeBindings> | undefined {
  const { incoming, outgoing } = (env ?? {}) as NodeBindings
  if (!incoming || !outgoing || Object.getPrototypeOf(req.raw) === Request.prototype)
    return undefined
  return { incoming, outgoing }
}

export function exchangeOf(c: Context, base = ''): FetchHostExchange {
  return new FetchHostExchange(c.req.raw, new HonoFacts(c, base))
}

class HonoFacts implements FetchHostFacts {
  /** Middleware, such as a limit of the body, puts other requests into `c.req.raw`. */
  readonly source: Context
  readonly base: string

  constructor(c: Context, base: string) {
    this.source = c
    this.base = base
  }

  get ip(): string | undefined {
    return (this.source.env as NodeBindings | undefined)?.incoming?.socket.remoteAddress
  }

  header(name: string): string | null {
    const { incoming } = nodeOf(this.source) ?? {}
    return incoming ? headerIn(incoming, name) : this.source.req.raw.headers.get(name)
  }

  /** Hono keeps what was read through `c.req`. */
  readAgain(): Promise<ArrayBuffer> {
    return this.source.req.arrayBuffer()
  }
}
