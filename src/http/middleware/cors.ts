import { inject } from '../../di/index.js'
import { checkedOrigin } from '../cross-origin/origin.js'
import { Exchange } from '../request/exchange.js'
import { PlainResponse, type HeaderLine } from '../response/plain-response.js'
import { Next } from '../routing/next.js'
import { noteMaker, type Middleware } from '../routing/route.js'

/** Which pages of other origins may read responses. */
export interface CorsOptions {
  /**
   * A list of origins as browsers write them (`https://app.example`), a function that decides, or `'*'` for every
   * page there is.
   */
  readonly origins: readonly string[] | '*' | ((origin: string) => boolean | Promise<boolean>)
  /** Whether they may send cookies and read what is only for that visitor. Default: false. */
  readonly credentials?: boolean
  /** Methods that they may use beside GET, HEAD and POST. Default: PUT, PATCH and DELETE. */
  readonly methods?: readonly string[]
  /** Headers that they may send. Default: those that they ask for. */
  readonly headers?: readonly string[]
  /** Headers of responses that they may read, beside the few that every page may. Default: none. */
  readonly exposedHeaders?: readonly string[]
  /** How long browsers keep the response to a preflight, in seconds. Default: what the browser takes, 5 seconds. */
  readonly maxAge?: number
}

/**
 * Makes a middleware that lets pages of other origins read responses (Fetch standard 3.2): of errors and requests
 * without a route too. It responds to preflights itself, and nothing is made for them. It protects nothing: the
 * guard decides which pages may send something, by `crossOrigin: { trustedOrigins }`.
 *
 * @throws TypeError when an origin is written in another way, or when every page could read what is the visitor's.
 */
export function cors(options: CorsOptions): Middleware {
  const own: CorsOptions = Object.assign(Object.create(null), options)
  const isAllowed = matcherOf(own)
  const headers = new CorsHeaders(own)
  return inject([Exchange, Next], async function cors(exchange, next) {
    const { reply } = exchange
    // What a cache keeps for one origin must not be given to another; '*' is the same for all.
    if (own.origins !== '*') reply.vary('Origin')
    const origin = exchange.header('origin')
    if (origin === null || !(await isAllowed(origin))) return next()
    const wanted = exchange.header('access-control-request-method')
    if (exchange.method === 'OPTIONS' && wanted !== null) return headers.preflight(exchange, origin)
    for (const [name, content] of headers.of(origin)) reply.set(name, content)
    return next()
  })
}

noteMaker(cors)

function matcherOf({
  origins,
  credentials = false,
}: CorsOptions): (origin: string) => boolean | Promise<boolean> {
  if (typeof origins === 'function') return origins
  if (origins !== '*') {
    const listed = new Set(origins.map((origin) => checkedOrigin('cors: origins', origin)))
    return (origin) => listed.has(origin)
  }
  if (credentials)
    throw new TypeError(
      "cors: origins: '*' with credentials would let every page read what is the visitor's, and browsers refuse it. " +
        "Name the origins: cors({ origins: ['https://app.example'], credentials: true }).",
    )
  return () => true
}

/** The headers of the protocol, as far as they are known before a request. */
class CorsHeaders {
  readonly #origins: CorsOptions['origins']
  readonly #common: readonly HeaderLine[]
  readonly #exposed: readonly HeaderLine[]
  readonly #methods: string
  readonly #headers: string | undefined
  readonly #maxAge: readonly HeaderLine[]

  constructor({ origins, credentials, methods, headers, exposedHeaders, maxAge }: CorsOptions) {
    if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0))
      throw new RangeError(`cors: maxAge must be a whole number of seconds, not ${maxAge}.`)
    this.#origins = origins
    this.#common = credentials ? [['access-control-allow-credentials', 'true']] : []
    this.#exposed = line('access-control-expose-headers', exposedHeaders)
    this.#methods = (methods ?? ['PUT', 'PATCH', 'DELETE']).join(', ')
    this.#headers = headers?.join(', ')
    this.#maxAge = maxAge === undefined ? [] : [['access-control-max-age', `${maxAge}`]]
  }

  /** Those of every response that the page may read. */
  of(origin: string): readonly HeaderLine[] {
    return [this.#origin(origin), ...this.#common, ...this.#exposed]
  }

  preflight(exchange: Exchange, origin: string): Response {
    const asked = this.#headers ?? exchange.header('access-control-request-headers') ?? ''
    if (this.#headers === undefined) exchange.reply.vary('Access-Control-Request-Headers')
    const headers = line('access-control-allow-headers', asked === '' ? [] : [asked])
    const methods: HeaderLine = ['access-control-allow-methods', this.#methods]
    const lines = [this.#origin(origin), ...this.#common, methods, ...headers, ...this.#maxAge]
    return new PlainResponse(null, 204, lines)
  }

  #origin(origin: string): HeaderLine {
    return ['access-control-allow-origin', this.#origins === '*' ? '*' : origin]
  }
}

function line(name: string, values: readonly string[] = []): readonly HeaderLine[] {
  return values.length === 0 ? [] : [[name, values.join(', ')]]
}
