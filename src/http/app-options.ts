import {
  aBoolean,
  aFunction,
  aList,
  checkedElsewhere,
  checkedFor,
  checkOptions,
  describeGiven,
  isClass,
  isObject,
  type Component,
  type OptionRules,
} from '../di/index.js'
import { formLimitsOf, type FormLimits } from './forms/form-limits.js'
import type { Middleware } from './routing/route.js'
import type { CrossOriginOptions } from './cross-origin/check.js'
import type { ErrorPages } from './errors/error-pages.js'
import { checkBytes, checkMiddleware } from './routing/route.js'
import type { Routes } from './routing/route-group.js'
import type { OnError } from './errors/error-log.js'

/** Options of an application. */
export interface AppOptions {
  /** Controllers and routes, in lists as deep as you like. */
  readonly routes: Routes
  /** Provide what handlers ask for; the first that can wins, and built-in ones come last. */
  readonly components?: readonly Component[]
  /**
   * Runs before each route's own middleware, the first outermost, and for every request: also when no route takes
   * it. There, one that asks for a `Session` itself, and not by `lazy(Session)`, is left out.
   */
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
   * What the guard against requests of other websites allows: `{ trustedOrigins: ['https://partner.example'] }`.
   * It guards each route whose middleware has no `crossOriginGuard` or `csrfTokenGuard` of its own; `false`
   * switches it off. Default: pages of the application's own origin, and clients that are no browsers.
   */
  readonly crossOrigin?: CrossOriginOptions | false
  /** Pages for errors, by what the client prefers: `{ html: ({ status, title }) => '…' }`. Default: problem+json. */
  readonly errorPages?: ErrorPages
  /** Whether each response has `X-Content-Type-Options: nosniff`. Default: true. */
  readonly nosniff?: boolean
  /**
   * The bytes of all bodies together that may be arriving at once; over it the one that takes longest gets a
   * 503. One body alone may always have its `bodyLimit`. Default: 67,108,864 (64 MiB).
   */
  readonly bodyMemory?: number
  /** What one form may hold. */
  readonly formLimits?: FormLimits
  /**
   * Called once for each request that failed with a 5xx. Default: `console.error`, without anything of the
   * request; a repeated error is printed once in ten seconds, with the number that were left out.
   */
  readonly onError?: OnError
}

/**
 * Own properties only: a polluted `Object.prototype` must not raise the limit.
 *
 * @param caller what the application called: the class of it.
 * @throws RangeError when a limit limits nothing.
 */
export function withDefaults(options: AppOptions, caller: Function): CompleteOptions {
  return checkedFor(caller, () => complete(options))
}

/** With each default in its place. */
type CompleteOptions = Required<Omit<AppOptions, 'onError' | 'errorPages' | 'allowedHosts'>> &
  AppOptions & { formLimits: Required<FormLimits> }

function complete(options: AppOptions): CompleteOptions {
  checkOptions('App', options, RULES)
  if (options.routes === undefined)
    throw new TypeError('App: routes is missing: give a list of routes and controllers.')
  for (const component of options.components ?? []) checkComponent(component)
  checkMiddleware('App', options.middleware)
  const defaults = {
    components: [],
    middleware: [],
    bodyLimit: 1_048_576,
    bodyMemory: 67_108_864,
    crossOrigin: {},
    nosniff: true,
  }
  const all = Object.assign(Object.create(null) as object, defaults, options)
  all.bodyLimit ??= defaults.bodyLimit
  all.bodyMemory ??= defaults.bodyMemory
  all.crossOrigin ??= defaults.crossOrigin
  all.nosniff ??= defaults.nosniff
  checkBytes('App: bodyLimit', all.bodyLimit)
  checkBytes('App: bodyMemory', all.bodyMemory)
  return Object.assign(all, { formLimits: formLimitsOf(all.formLimits) })
}

const RULES: OptionRules<AppOptions> = {
  routes: aList,
  components: aList,
  middleware: aList,
  bodyLimit: checkedElsewhere,
  bodyMemory: checkedElsewhere,
  allowedHosts: {
    isFine: (hosts) => Array.isArray(hosts) && hosts.every((one) => typeof one === 'string'),
    rule: "a list of hosts such as ['shop.example']",
  },
  crossOrigin: {
    isFine: (given) => given === false || isObject(given),
    rule: 'false or an object such as { trustedOrigins: [] }',
  },
  errorPages: { isFine: isObject, rule: 'an object of functions' },
  nosniff: aBoolean,
  formLimits: { isFine: isObject, rule: 'an object such as { files: 10 }' },
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
    `App: components holds ${describeGiven(given)}, which is no component. Write ${providerOf(given)}.`,
  )
}

/** How it is listed, by what it is. */
function providerOf(given: unknown): string {
  if (typeof given === 'function' && isClass(given))
    return `singletonClass(${given.name}), or scoped(${given.name}, …) for one in each request`
  const name = isObject(given) ? given.constructor?.name : undefined
  return !name || name === 'Object'
    ? 'sessions(store), value(X, x), singleton(X, tokens, make), scoped(X, tokens, make) or singletonClass(X)'
    : `value(${name}, …), or sessions(…) around a store`
}
