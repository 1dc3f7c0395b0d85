import { aList, checkOptions, type OptionRules } from '../../di/index.js'
import type { Exchange } from '../request/exchange.js'
import { HttpError } from '../errors/http-error.js'
import { checkedOrigin, originOf } from './origin.js'

/** What a guard allows beside the application's own pages. */
export interface CrossOriginOptions {
  /** Other origins whose pages may send anything, as browsers write them: `https://partner.example`. */
  readonly trustedOrigins?: readonly string[]
  /**
   * Routes that pages of any origin may send to, as method and path of the route: `POST /saml/:provider`.
   * Requests that no browser sends, such as webhooks, pass anyway.
   */
  readonly exempt?: readonly string[]
}

/**
 * Tells whether a page of another origin made the browser send a request, without a token and without
 * state: by `Sec-Fetch-Site` (Fetch Metadata), or by `Origin` from browsers before 2023. For a middleware
 * of your own; `crossOriginGuard` is the ready one.
 */
export class CrossOriginCheck {
  readonly #trusted: ReadonlySet<string>
  readonly #exempt: ReadonlySet<string>

  /** @throws TypeError when an origin or a route is written in another way. */
  constructor(options: CrossOriginOptions = {}) {
    checkOptions('crossOriginGuard', options, CROSS_ORIGIN_RULES)
    // Own properties only: a polluted `Object.prototype` must not add an origin.
    const own = Object.assign(Object.create(null) as CrossOriginOptions, options)
    this.#trusted = new Set(
      (own.trustedOrigins ?? []).map((text) => checkedOrigin('trustedOrigins', text)),
    )
    this.#exempt = new Set((own.exempt ?? []).map(checkedRoute))
  }

  /**
   * Whether the request has to be checked: not for a method that changes nothing (RFC 9110 9.2.1), unless
   * it opens a WebSocket, which browsers let any page do with the visitor's cookies.
   */
  concerns(exchange: Exchange): boolean {
    if (SAFE.has(exchange.method) && !exchange.isUpgrade) return false
    return this.#exempt.size === 0 || !this.#exempt.has(String(exchange.endpoint.route))
  }

  /** The 403 `CROSS_ORIGIN` when the request has to be checked and a page of another origin sent it. */
  refusal(exchange: Exchange): HttpError | undefined {
    if (!this.concerns(exchange)) return undefined
    const origin = exchange.header('origin')
    if (origin !== null && this.#trusted.has(originOf(origin) ?? '')) return undefined
    const site = exchange.header('sec-fetch-site')
    // Only the browser can write it, and it knows its own page also where a proxy rewrites addresses.
    if (site !== null)
      return OWN_SITES.has(site)
        ? undefined
        : rejection('A page of another origin sent this request.')
    return origin === null || isOwn(origin, exchange.url)
      ? undefined
      : rejection('The Origin of this request is not the one that it was sent to.')
  }

  /** Whether requests of a route, for example `POST /cart`, may have to be checked. */
  concernsRoute(route: string): boolean {
    return !SAFE.has(route.split(' ', 1)[0] as string) && !this.#exempt.has(route)
  }

  /** @throws HttpError 403 `CROSS_ORIGIN` when it has to be checked and a page of another origin sent it. */
  assert(exchange: Exchange): void {
    const refusal = this.refusal(exchange)
    if (refusal) throw refusal
  }
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * `none` is the visitor: they typed an address or reloaded a page. `same-site` is not enough: another host
 * of the site may be somebody else's.
 */
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none'])

/**
 * A proxy that ends TLS makes http of https, and we may not have been told to trust it; so https is accepted.
 * The reverse is not: an http page may come from anybody in between (CVE-2025-24358).
 */
function isOwn(text: string, { protocol, host }: URL): boolean {
  const origin = originOf(text)
  if (origin === undefined) return false
  return origin === originOf(`${protocol}//${host}`) || origin === originOf(`https://${host}`)
}

function checkedRoute(text: string): string {
  if (/^(?:GET|POST|PUT|PATCH|DELETE) \//.test(text)) return text
  throw new TypeError(
    `exempt: '${text}' is not a route. Write its method and path: 'POST /saml/:provider'.`,
  )
}

/** Whoever integrates a partner meets this message first, so it names what lets them in. */
function rejection(detail: string): HttpError {
  const remedy =
    "To let a partner's pages send it, add their origin to `trustedOrigins`, or the route to `exempt`."
  return new HttpError(403, `${detail} ${remedy}`, { code: 'CROSS_ORIGIN' })
}

/** What the options of a guard take; each origin and route is checked when it is read. */
export const CROSS_ORIGIN_RULES: OptionRules<CrossOriginOptions> = {
  trustedOrigins: aList,
  exempt: aList,
}
