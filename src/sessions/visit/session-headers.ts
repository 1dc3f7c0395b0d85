import { Cookie, isLoopback, type Exchange } from '../../http/index.js'
import { SessionStoreError } from '../errors/errors.js'
import { cookieFor, overHttpNotice } from '../store/session-cookie.js'
import { contractError } from '../calls/store-failure.js'

/** For a page of a known visitor, of which the application does not say itself whether it may be kept. */
export const NO_STORE = [['cache-control', 'no-store']] as const

/**
 * Sends what the browser has to learn. A shared cache that keeps a session's cookie gives it to the next visitor, so
 * nothing the application says wins over `no-store` there (CVE-2025-48947).
 *
 * @param repairs see `SessionState.repairs`.
 */
export function sendCookies(
  exchange: Exchange,
  cookie: Cookie | undefined,
  repairs: readonly Cookie[] = [],
): void {
  const { reply } = exchange
  // The cookie of the dump comes after them: what it says about the same form is newer.
  for (const repair of repairs) reply.cookie(cookieFor(exchange, repair))
  if (cookie) reply.cookie(cookie)
  reply.set('cache-control', 'no-store')
}

/** The cookie that `dump` gave, as this browser gets it. */
export function cookieGiven(
  exchange: Exchange,
  given: unknown,
  onWarning: (error: Error) => void,
): Cookie {
  if (!(given instanceof Cookie)) throw contractError('dump', given, 'a Cookie or undefined')
  const cookie = cookieFor(exchange, given)
  const reason = droppedCookie(exchange, cookie) ?? overHttpNotice(given, cookie)
  if (reason) onWarning(new SessionStoreError(reason))
  return cookie
}

/**
 * Why a browser will drop this cookie, which it does without a word: the field's most reported silent
 * failure. The cookie is sent all the same, for behind a proxy that ends TLS it arrives.
 */
function droppedCookie(exchange: Exchange, cookie: Cookie): string | undefined {
  const { secure, domain, path = '/' } = cookie.attributes
  if (secure && !exchange.isHttps && !isLoopback(exchange.host)) {
    return (
      `the cookie '${cookie.name}' is Secure, and the request came over plain http: browsers drop it, and every ` +
      'visit starts anew. Serve over https. When a proxy in front ends TLS, say which: ' +
      "app.listen({ port, trustProxy: ['10.0.0.0/8'] }). While developing give the store secure: 'auto'."
    )
  }
  if (domain !== undefined && !isInDomain(exchange.host, domain)) {
    return (
      `the cookie '${cookie.name}' has the domain '${domain}', and the request came to another host: browsers ` +
      'drop it, and every visit starts anew. Leave the option domain out, or serve that domain.'
    )
  }
  if (!isInPath(exchange.path, path)) {
    return (
      `the cookie '${cookie.name}' has the path '${path}', and '${String(exchange.endpoint.route)}' asked for the ` +
      'session: browsers do not send it there, and every visit starts anew. Leave the option path out, or ask for ' +
      'the session below it only.'
    )
  }
  return undefined
}

/** RFC 6265bis, section 5.1.3. */
function isInDomain(host: string, domain: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const asked = domain.replace(/^\./, '').toLowerCase()
  return name === asked || name.endsWith(`.${asked}`)
}

/** RFC 6265bis, section 5.1.4. */
function isInPath(path: string, cookiePath: string): boolean {
  return (
    cookiePath === '/' || path === cookiePath || path.startsWith(cookiePath.replace(/\/?$/, '/'))
  )
}
