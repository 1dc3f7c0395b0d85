import type { Cookie, Exchange } from '../../http/index.js'

/** What a visit has to say to the browser and to caches. */
export interface SessionHeaderFacts {
  readonly cookie: Cookie | undefined
  /** Whether the visitor came with a live session. */
  readonly isKnown: boolean
}

/**
 * Writes the headers that a session needs. A shared cache that keeps a session's cookie gives it to the
 * next visitor, so nothing the application says wins over `no-store` there (CVE-2025-48947). A known
 * visitor's page is not kept either, unless the application says how: else the back button shows it after
 * the logout (OWASP ASVS 5.0, 14.3.2).
 */
export function writeSessionHeaders({ reply }: Exchange, session: SessionHeaderFacts): void {
  const { cookie, isKnown } = session
  // What is answered may depend on the cookie, also on there being none.
  reply.vary('Cookie')
  if (cookie) reply.cookie(cookie)
  if (cookie) reply.set('cache-control', 'no-store')
  else if (isKnown) reply.setDefaults(NO_STORE)
}

const NO_STORE = [['cache-control', 'no-store']] as const

/**
 * Why a browser will drop this cookie, which it does without a word: the field's most reported silent
 * failure. The cookie is sent all the same, for behind a proxy that ends TLS it arrives.
 */
export function droppedCookie(exchange: Exchange, cookie: Cookie): string | undefined {
  if (!cookie.attributes.secure || exchange.isHttps || isLoopback(exchange.host)) return
  return (
    `the cookie '${cookie.name}' is Secure, and the request came over plain http: browsers drop it, and every ` +
    'visit starts anew. Serve over https. When a proxy in front ends TLS, say which: ' +
    "app.listen({ port, trustProxy: ['10.0.0.0/8'] })."
  )
}

/** Browsers take their own machine as secure (Secure Contexts, 3.1). */
function isLoopback(host: string): boolean {
  return /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(host)
}
