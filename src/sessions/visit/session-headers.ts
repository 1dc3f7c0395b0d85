import { isLoopback, type Cookie, type Exchange } from '../../http/index.js'
import { cookieFor } from '../store/over-http.js'

/** What a visit has to say to the browser and to caches. */
export interface SessionHeaderFacts {
  readonly cookie: Cookie | undefined
  /** See `SessionState.repairs`. */
  readonly repairs: readonly Cookie[] | undefined
  /** Whether the visitor came with a live session. */
  readonly isKnown: boolean
}

/**
 * Writes the headers that a session needs. A shared cache that keeps a session's cookie gives it to the
 * next visitor, so nothing the application says wins over `no-store` there (CVE-2025-48947). A known
 * visitor's page is not kept either, unless the application says how: else the back button shows it after
 * the logout (OWASP ASVS 5.0, 14.3.2).
 */
export function writeSessionHeaders(exchange: Exchange, session: SessionHeaderFacts): void {
  const { reply } = exchange
  const { cookie, repairs, isKnown } = session
  // What is answered may depend on the cookie, also on there being none.
  reply.vary('Cookie')
  // The cookie of the dump comes after them: what it says about the same form is newer.
  for (const repair of repairs ?? []) reply.cookie(cookieFor(exchange, repair))
  if (cookie) reply.cookie(cookie)
  if (cookie || repairs) reply.set('cache-control', 'no-store')
  else if (isKnown) reply.setDefaults(NO_STORE)
}

const NO_STORE = [['cache-control', 'no-store']] as const

/**
 * Why a browser will drop this cookie, which it does without a word: the field's most reported silent
 * failure. The cookie is sent all the same, for behind a proxy that ends TLS it arrives.
 */
export function droppedCookie(exchange: Exchange, cookie: Cookie): string | undefined {
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
  return path === cookiePath || path.startsWith(cookiePath.replace(/\/?$/, '/'))
}
