import type { ServerRequest } from 'srvx'
import { Exchange } from './exchange.js'

/** A request that came as the standard has it: through `app.fetch`. */
export class RequestExchange extends Exchange {
  readonly request: Request
  #url: URL | undefined

  constructor(request: Request) {
    super()
    this.request = request
  }

  get method(): string {
    return this.request.method
  }

  get url(): URL {
    return (this.#url ??= urlOf(this.request))
  }

  get path(): string {
    return this.url.pathname
  }

  get host(): string {
    return this.request.headers.get('host') ?? this.url.host
  }

  get isHttps(): boolean {
    return this.url.protocol === 'https:'
  }

  protected get cookieHeader(): string | null {
    return this.request.headers.get('cookie')
  }
}

/** The URL of a request; srvx has parsed the ones it serves. */
export function urlOf(request: ServerRequest): URL {
  return request._url ?? new URL(request.url)
}
