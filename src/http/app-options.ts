import type { Component } from '../di/index.js'
import type { Middleware } from './routing/route.js'
import type { Routes } from './routing/routes.js'
import type { OnError } from './errors/error-log.js'

/** Options of an application. */
export interface AppOptions {
  /** Controllers and routes, in lists as deep as you like. */
  readonly routes: Routes
  /** Provide what handlers ask for; the first that can wins, and built-in ones come last. */
  readonly components?: readonly Component[]
  /** Runs before each route's own middleware, the first outermost; not for a 404, a 405 or an OPTIONS without a route. */
  readonly middleware?: readonly Middleware[]
  /** The largest body that is read, in bytes. Default: 1,048,576 (1 MiB). */
  readonly bodyLimit?: number
  /**
   * The hosts that the application is reached by: `['shop.example', '*.shop.example', 'localhost:3000']`, each
   * with any port unless it names one. A request for another host is a 421, so that no page of a stranger can
   * reach it under a name of theirs (DNS rebinding), and no link is made for a host that a visitor invented.
   * Default: every host.
   */
  readonly allowedHosts?: readonly string[]
  /**
   * Called once for each request that failed with a 5xx. Default: `console.error`, without anything of the
   * request; a repeated error is printed once in ten seconds, with the number that were left out.
   */
  readonly onError?: OnError
}

/**
 * Own properties only: a polluted `Object.prototype` must not raise the limit.
 *
 * @throws RangeError when `bodyLimit` limits nothing.
 */
export function withDefaults(
  options: AppOptions,
): Required<Omit<AppOptions, 'onError' | 'allowedHosts'>> & AppOptions {
  const defaults = {
    components: [],
    middleware: [],
    bodyLimit: 1_048_576,
  }
  const all = Object.assign(Object.create(null) as object, defaults, options)
  all.bodyLimit ??= defaults.bodyLimit
  const { bodyLimit } = all
  if (bodyLimit !== Infinity && !(Number.isInteger(bodyLimit) && bodyLimit >= 0)) {
    throw new RangeError(
      `App: bodyLimit must be a whole number of bytes or Infinity, not ${bodyLimit}.`,
    )
  }
  return all
}
