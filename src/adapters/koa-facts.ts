import type { Context } from 'koa'
import type { NodeHostFacts } from '../http/index.js'

/** What Koa knows by its `proxy`; read when somebody asks. */
export class KoaFacts implements NodeHostFacts {
  readonly #ctx: Context
  readonly base: string

  constructor(ctx: Context, base: string) {
    this.#ctx = ctx
    this.base = base
  }

  get isHttps(): boolean {
    return this.#ctx.secure
  }

  get ip(): string {
    return this.#ctx.ip
  }

  get host(): string {
    return this.#ctx.host
  }

  get target(): string {
    return this.#ctx.originalUrl
  }

  /** As parsers for Koa leave it. */
  get parsed(): unknown {
    const { rawBody, body } = this.#ctx.request as { rawBody?: unknown; body?: unknown }
    return rawBody ?? body
  }
}
