import type { DIProblem, DIProblemCode } from '../errors.js'
import type { Parameter } from '../tokens/parameter.js'
import type { Token } from '../tokens/token.js'

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
  /** What is wrong with it beside the others, and in the plans: `ready()` throws these mistakes with all others. */
  findMistakes?(application: WiredApplication): readonly DIProblem[]
  /** Whether it makes the value of this parameter. Called once for each; must be pure, because the result is kept. */
  canHandleParameter(parameter: Parameter): boolean
  /** An injected method; what it needs is planned and checked at start-up. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each component declares its own parameters
  resolve(...injected: any[]): Value | Promise<Value>
  /** Ends a value: a singleton in `close()`, a request's value after the response. */
  dispose?(value: Value): unknown
}

/** What a component that checks itself can look at. */
export interface WiredApplication {
  /** In their order: of two that can handle a parameter the first is used. */
  readonly components: readonly Component[]
  readonly plans: readonly WiredPlan[]
}

/** One plan: the middleware and the handler of a route. */
export interface WiredPlan {
  /** For example `POST /cart`. */
  readonly name: string
  readonly functions: readonly unknown[]
  /** Whether anything in it is made with a token, however long the chain. */
  uses(token: Token): boolean
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
