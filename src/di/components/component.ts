import type { Parameter } from '../tokens/parameter.js'

/**
 * Makes the value for the parameters it can handle. Asked once per parameter, when a plan is made;
 * the first component that says yes is used.
 */
export interface Component<Value = unknown> {
  /** One value for the application, built by `ready()`. Default: false. */
  readonly isSingleton?: boolean
  /** One value per request and token. False makes one per parameter. Default: true. */
  readonly isCacheable?: boolean
  /** Never runs beside another asynchronous component of the request. Default: false. */
  readonly isExclusive?: boolean
  /** Reads the request's body; two such components in one plan are refused. Default: false. */
  readonly consumesBody?: boolean
  /** Names it in messages and in `explain`. Default: the name of its class. */
  readonly label?: string
  /** Components that come with this one, asked right after it. */
  readonly companions?: readonly Component[]
  /** Whether it makes the value of this parameter. Must be pure: the answer is kept. */
  canHandleParameter(parameter: Parameter): boolean
  /** An injected method; what it needs is planned and checked at start-up. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each component declares its own parameters
  resolve(...injected: any[]): Value | Promise<Value>
  /** Ends a value: a singleton in `close()`, a request's value after the response. */
  dispose?(value: Value): unknown
}
