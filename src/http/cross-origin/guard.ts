import { inject } from '../../di/index.js'
import { CrossOriginCheck, type CrossOriginOptions } from './check.js'
import { Exchange } from '../request/exchange.js'
import { Next } from '../routing/next.js'
import type { Middleware } from '../routing/route.js'

/**
 * Makes a middleware against forged requests (CSRF, CWE-352): one that changes something and that a page
 * of another origin had the browser send is a 403 with the code `CROSS_ORIGIN`, before its body is read
 * and before anything that only the handler needs is made. For the whole application, or for a route.
 *
 * @throws TypeError when an option is not written as it has to be.
 */
export function crossOriginGuard(options: CrossOriginOptions = {}): Middleware {
  const check = new CrossOriginCheck(options)
  return inject([Exchange, Next], function crossOriginGuard(exchange, next) {
    check.assert(exchange)
    return next()
  })
}
