import { inject } from '../../di/index.js'
import { CrossOriginCheck, type CrossOriginOptions } from './check.js'
import { Exchange } from '../request/exchange.js'
import { Next } from '../routing/next.js'
import { noteMaker, type Middleware } from '../routing/route.js'

/**
 * Makes a middleware against forged requests (CSRF, CWE-352). When a page of another origin made the browser
 * send a request that may change something, the response is a 403 with the code `CROSS_ORIGIN`, before the
 * body is read and before anything that only the handler needs is made. An application has one by default, with
 * its option `crossOrigin`; this is for a route with options of its own, or for a place of its own among the
 * middleware.
 *
 * @throws TypeError when an option is written in another way than documented.
 */
export function crossOriginGuard(options: CrossOriginOptions = {}): Middleware {
  const check = new CrossOriginCheck(options)
  return asGuard(
    inject([Exchange, Next], function crossOriginGuard(exchange, next) {
      check.assert(exchange)
      return next()
    }),
  )
}

noteMaker(crossOriginGuard)

const guards = new WeakSet<Middleware>()

/** Notes that a middleware does the check: it takes the place of the application's own guard. */
export function asGuard<Guard extends Middleware>(guard: Guard): Guard {
  guards.add(guard)
  return guard
}

/** Whether a middleware does the check. */
export function isGuard(middleware: Middleware): boolean {
  return guards.has(middleware)
}
