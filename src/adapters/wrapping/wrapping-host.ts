import type { App, HeaderLine, HostFunction, HostHead, RequestScope } from '../../http/index.js'

/** How a function of a host has ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What is particular to a framework in which a middleware goes round what follows it. */
export interface WrappingHost<Context> {
  /** Names it in messages: `Hono`. */
  readonly name: string
  /** The types, as they are written, of what it gives its handlers. */
  readonly types: RegExp
  /** Those that are classes. */
  readonly classes?: readonly unknown[]
  /** Its own object for the request. */
  sourceOf(context: Context): object
  enter(app: App, context: Context): RequestScope
  paramsOf(context: Context): Readonly<Record<string, unknown>> | undefined
  /** Calls a function that has all its values. */
  call(
    fn: HostFunction,
    values: readonly unknown[],
    context: Context,
    rest: readonly unknown[],
  ): unknown
  /** What the response has before anybody asks; `reset` is given it. */
  before(context: Context): unknown
  /** Drops what the handlers have set and sent: an error is the response. */
  reset(context: Context, before: unknown): void
  headOf(context: Context, outcome: Outcome): HostHead
  /** Adds lines to the response that the outcome makes, and gives the value to return. */
  add(
    context: Context,
    outcome: Outcome,
    lines: readonly HeaderLine[],
    scope: RequestScope,
  ): unknown
  /** Sees to it that `done` is called; gives the value to return. */
  end(context: Context, scope: RequestScope, value: unknown): unknown
  /** As the framework knows it. */
  errorOf(error: unknown): unknown
}

/** The status that frameworks give an error. */
export function statusOf(error: unknown): number {
  const { status, statusCode } = (error ?? {}) as { status?: unknown; statusCode?: unknown }
  const known = status ?? statusCode
  return typeof known === 'number' ? known : 500
}

/** Whether a path is the one below which an application is mounted, or below it. */
export function isBelow(base: string, path: string): boolean {
  return (
    path.startsWith(base) &&
    (path.length === base.length || path[base.length] === '/' || base === '')
  )
}
