import { inject } from '../../di/index.js'
import { Exchange } from '../request/exchange.js'
import type { HeaderLine } from '../response/plain-response.js'
import { Next } from '../routing/next.js'
import { noteMaker, type Middleware } from '../routing/route.js'

/** What is sent in place of a default: a text, or `false` for no such header. Any other header may be added. */
export interface SecurityHeaders {
  readonly 'content-security-policy'?: string | false
  readonly 'cross-origin-opener-policy'?: string | false
  readonly 'cross-origin-resource-policy'?: string | false
  readonly 'origin-agent-cluster'?: string | false
  readonly 'referrer-policy'?: string | false
  /** Only sent over https (RFC 6797 7.2). */
  readonly 'strict-transport-security'?: string | false
  readonly 'x-dns-prefetch-control'?: string | false
  readonly 'x-frame-options'?: string | false
  readonly 'x-permitted-cross-domain-policies'?: string | false
  readonly [name: string]: string | false | undefined
}

/**
 * Makes a middleware that sends the headers by which browsers protect a page, with the defaults of helmet 8 and of
 * the OWASP Secure Headers Project, also with errors. A header that the handler sends itself stays.
 *
 * @throws TypeError when a header cannot be sent, for example because of a line break.
 */
export function securityHeaders(headers: SecurityHeaders = {}): Middleware {
  const all = new Map<string, string>(Object.entries(DEFAULTS))
  for (const [name, content] of Object.entries(headers)) {
    if (content === false) all.delete(name.toLowerCase())
    else if (content !== undefined) all.set(name.toLowerCase(), content)
  }
  // Refuses here what would fail with each response.
  const overHttps: HeaderLine[] = [...new Headers([...all])]
  const overHttp = overHttps.filter(([name]) => name !== 'strict-transport-security')
  return inject([Exchange, Next], function securityHeaders(exchange, next) {
    exchange.reply.setDefaults(exchange.isHttps ? overHttps : overHttp)
    return next()
  })
}

noteMaker(securityHeaders)

/** `nosniff` is on every response anyway; what only browsers of the past read is left out. */
const DEFAULTS = {
  'content-security-policy': [
    "default-src 'self'",
    "base-uri 'self'",
    "font-src 'self' https: data:",
    "form-action 'self'",
    "frame-ancestors 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "script-src 'self'",
    "script-src-attr 'none'",
    "style-src 'self' https: 'unsafe-inline'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
}
