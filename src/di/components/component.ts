import type { DIProblemCode } from '../errors.js'
import type { Parameter } from '../tokens/parameter.js'

/** How long a value lives. */
export type Scope = 'singleton' | 'request' | 'transient'

/**
 * Makes the values of the parameters it can handle. When a plan is made, the first component that can
 * handle a parameter is used.
 */
export interface Component<Value = unknown> {
  /** One value for the application, built by `ready()`. Default: false. */
  readonly isSingleton?: boolean
  /** One value per request and token. False makes one per parameter. Default: true. */
  readonly isCacheable?: boolean
  /** Never runs beside another asynchronous component of the request. Default: false. */
  readonly isExclusive?: boolean
  /** What it uses up, such as `requestBody`; two such components in one plan are refused. */
  readonly consumes?: Consumable
  /**
   * Whether its value is for requests that get to a handler: a middleware that asks for it, and not by `lazy`, does
   * not run for a 404 and other rejections. Default: false.
   */
  readonly needsHandler?: boolean
  /** Names it in messages and in `explain`. Default: the name of its class. */
  readonly label?: string
  /** Components that come with this one, and stand right after it. */
  readonly companions?: readonly Component[]
  /** Whether it makes the value of this parameter. Called once for each; must be pure, because the result is kept. */
  canHandleParameter(parameter: Parameter): boolean
  /** An injected method; what it needs is planned and checked at start-up. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each component declares its own parameters
  resolve(...injected: any[]): Value | Promise<Value>
  /** Ends a value: a singleton in `close()`, a request's value after the response. */
  dispose?(value: Value): unknown
}

/** What a request has once, so that only one component of a plan can use it. */
export interface Consumable {
  /** The code of the problem when two use it. */
  readonly code: DIProblemCode
  /** What to do about it. */
  readonly remedy: string
  /** Returns the sentence that says why these cannot all use it. */
  problem(labels: readonly string[]): string
}
