import { inject } from '../../di/index.js'
import { CrossOriginCheck, type CrossOriginOptions } from './check.js'
import { Exchange } from '../request/exchange.js'
import { Next } from '../routing/next.js'
import type { Middleware } from '../routing/route.js'

/**
 * Makes a middleware against forged requests (CSRF, CWE-352). When a page of another origin made the browser
 * send a request that may change something, the response is a 403 with the code `CROSS_ORIGIN`, before the
 * body is read and before anything that only the handler needs is made. For the application, or for a route.
 *
 * @throws TypeError when an option is written in another way than documented.
 */
export function crossOriginGuard(options: CrossOriginOptions = {}): Middleware {
  const check = new CrossOriginCheck(options)
  return inject([Exchange, Next], function crossOriginGuard(exchange, next) {
    check.assert(exchange)
    return next()
  })
}
