import {
  aFunction,
  checkedElsewhere,
  checkOptions,
  describeGiven,
  isObject,
  type Component,
  type OptionRules,
} from '../di/index.js'
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
): Required<Omit<AppOptions, 'onError'>> & AppOptions {
  checkOptions('App', options, RULES)
  if (options.routes === undefined)
    throw new TypeError('App: routes is missing: give a list of routes and controllers.')
  for (const component of options.components ?? []) checkComponent(component)
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

const aList = { isFine: Array.isArray, rule: 'a list' }

const RULES: OptionRules<AppOptions> = {
  routes: aList,
  components: aList,
  middleware: aList,
  bodyLimit: checkedElsewhere,
  onError: aFunction,
}

/** @throws TypeError for what no provider made: a class or a value, given without one. */
function checkComponent(given: unknown): void {
  const isComponent =
    isObject(given) &&
    typeof (given as Partial<Component>).canHandleParameter === 'function' &&
    typeof (given as Partial<Component>).resolve === 'function'
  if (isComponent) return
  throw new TypeError(
    `App: components holds ${describeGiven(given)}, which is no component. ` +
      'Write sessions(store), value(X, x), singleton(X, tokens, make), scoped(X, tokens, make) or singletonClass(X).',
  )
}
