import {
  aList,
  checkedElsewhere,
  checkOptions,
  describeGiven,
  isClass,
  type AnyToken,
  type CallSite,
  type Injectable,
  type OptionRules,
} from '../../di/index.js'

/** A method that a route can have. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS'

/** A middleware: an injected function that asks for `Next`. */
// oxlint-disable-next-line typescript/no-explicit-any -- each middleware has its own parameters
export type Middleware = (...injected: any[]) => unknown

/** Options of a route. */
export interface RouteOptions {
  /** Run before the handler, after the application's own, in this order. */
  readonly middleware?: readonly Middleware[]
  /** The largest body that is read, in bytes, for example of an upload. Default: that of the application. */
  readonly bodyLimit?: number
}

interface RouteFacts extends RouteOptions {
  readonly tokens?: readonly AnyToken[]
  readonly site?: CallSite
}

/**
 * One method and path, and the handler for them. Ask for it in a middleware or component to see which
 * route the request has.
 */
export class Route {
  readonly method: HttpMethod
  /** The path as it was written: `/cart/:sku`. */
  readonly path: string
  /** An injected function, or a controller and its method. */
  readonly handler: Injectable
  /** The tokens of the handler, where they were given with the route. */
  readonly tokens: readonly AnyToken[] | undefined
  readonly middleware: readonly Middleware[]
  /** In bytes; without one that of the application counts. */
  readonly bodyLimit: number | undefined
  /** @internal - where it is written, for messages. */
  readonly site: CallSite | undefined

  /** @throws RangeError when `bodyLimit` limits nothing. */
  constructor(method: HttpMethod, path: string, handler: Injectable, facts: RouteFacts = {}) {
    this.method = method
    this.path = path.startsWith('/') ? path : `/${path}`
    this.handler = handler
    this.tokens = facts.tokens
    this.middleware = facts.middleware ?? []
    this.site = facts.site
    // Own only: a polluted `Object.prototype` must not raise the limit.
    this.bodyLimit = Object.hasOwn(facts, 'bodyLimit') ? facts.bodyLimit : undefined
    if (this.bodyLimit !== undefined) checkBytes(`${String(this)}: bodyLimit`, this.bodyLimit)
  }

  /** Whether it takes paths of any length, as `/docs/**` and `/:path+` do. */
  get isCatchAll(): boolean {
    return /\*|\+$/.test(this.path)
  }

  /** `GET /cart/:sku` */
  toString(): string {
    return `${this.method} ${this.path}`
  }
}

/** @throws RangeError when a number of bytes limits nothing. */
export function checkBytes(option: string, bytes: number): void {
  if (bytes === Infinity || (Number.isInteger(bytes) && bytes >= 0)) return
  throw new RangeError(`${option} must be a whole number of bytes or Infinity, not ${bytes}.`)
}

const RULES: OptionRules<RouteOptions> = { middleware: aList, bodyLimit: checkedElsewhere }

/**
 * Checks what a route, a group or a controller was given beside its path.
 *
 * @throws TypeError naming the option.
 */
export function checkRouteOptions(owner: string, options: RouteOptions): void {
  checkOptions(owner, options, RULES)
  checkMiddleware(owner, options.middleware)
}

const makers = new WeakSet<Function>()

/** Notes a function that makes a middleware when it is called, so that one listed without the call is told. */
export function noteMaker(make: Function): void {
  makers.add(make)
}

/** @throws TypeError for what is listed and is no middleware. */
export function checkMiddleware(owner: string, listed: readonly unknown[] = []): void {
  for (const one of listed) {
    if (typeof one === 'function' && makers.has(one))
      throw new TypeError(
        `${owner}: middleware holds ${one.name}, which makes a middleware when it is called: ${one.name}(…).`,
      )
    if (typeof one !== 'function' || isClass(one))
      throw new TypeError(
        `${owner}: middleware holds ${describeGiven(one)}, which is no middleware: a function that asks for Next, such as (next: Next) => next().`,
      )
  }
}
