import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HostHeaders, NodeHostFacts } from '../http/index.js'

/** The headers of a reply as `addLines` takes them. */
export class FastifyHeaders implements HostHeaders {
  readonly #reply: FastifyReply

  constructor(reply: FastifyReply) {
    this.#reply = reply
  }

  get(name: string): string | null {
    const content = this.#reply.getHeader(name)
    return content === undefined ? null : String(content)
  }

  set(name: string, content: string): void {
    this.#reply.header(name, content)
  }

  /** Of `Set-Cookie` Fastify sends all of its own, which replace those that a middleware of Node has set. */
  append(name: string, content: string): void {
    const { raw } = this.#reply
    const before = raw.getHeader(name)
    raw.removeHeader(name)
    if (before !== undefined) this.#reply.header(name, before)
    this.#reply.header(name, content)
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
