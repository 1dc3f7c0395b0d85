import { checkOptions, type OptionRules } from '../../di/index.js'
import type { Exchange } from '../request/exchange.js'
import { HttpError } from '../errors/http-error.js'

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
    checkOptions('crossOriginGuard', options, RULES)
    // Own properties only: a polluted `Object.prototype` must not add an origin.
    const own = Object.assign(Object.create(null) as CrossOriginOptions, options)
    this.#trusted = new Set((own.trustedOrigins ?? []).map(checkedOrigin))
    this.#exempt = new Set((own.exempt ?? []).map(checkedRoute))
  }

  /**
   * Whether the request has to be checked: not for a method that changes nothing (RFC 9110 9.2.1), unless
   * it opens a WebSocket, which browsers let any page do with the visitor's cookies.
   */
  concerns({ request, endpoint }: Exchange): boolean {
    const isSafe = SAFE.has(request.method) && !request.headers.has('upgrade')
    return !isSafe && !this.#exempt.has(String(endpoint.route))
  }

  /** @throws HttpError 403 `CROSS_ORIGIN` when it has to be checked and a page of another origin sent it. */
  assert(exchange: Exchange): void {
    if (!this.concerns(exchange)) return
    const { headers } = exchange.request
    const origin = headers.get('origin')
    if (origin !== null && this.#trusted.has(originOf(origin) ?? '')) return
    const site = headers.get('sec-fetch-site')
    // Only the browser can write it, and it knows its own page also where a proxy rewrites addresses.
    if (site !== null) {
      if (!OWN_SITES.has(site)) throw rejection('A page of another origin sent this request')
    } else if (origin !== null && !isOwn(origin, exchange.url)) {
      throw rejection('The Origin of this request is not the one that it was sent to')
    }
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

/** Scheme, host and port as `URL` normalises them; `undefined` for anything that is not just these. */
function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, host, pathname, href } = new URL(text)
  const origin = `${protocol}//${host}`
  const isBare = href === origin || (pathname === '/' && href === `${origin}/`)
  return host !== '' && isBare ? origin : undefined
}

function checkedOrigin(text: string): string {
  const origin = originOf(text)
  if (origin === text) return text
  throw new TypeError(
    `trustedOrigins: '${text}' is not an origin as browsers write it. ` +
      `Write ${origin === undefined ? "scheme, host and port: 'https://partner.example'" : `'${origin}'`}.`,
  )
}

function checkedRoute(text: string): string {
  if (/^(?:GET|POST|PUT|PATCH|DELETE) \//.test(text)) return text
  throw new TypeError(
    `exempt: '${text}' is not a route. Write its method and path: 'POST /saml/:provider'.`,
  )
}

function rejection(detail: string): HttpError {
  return new HttpError(403, detail, { code: 'CROSS_ORIGIN' })
}

const aList = { isFine: Array.isArray, rule: 'a list' }

const RULES: OptionRules<CrossOriginOptions> = { trustedOrigins: aList, exempt: aList }
