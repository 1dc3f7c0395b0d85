import type { AnyToken, Site } from '../di/index.js'
import type { App, HeaderLine, HostFunction, HostHead, RequestScope } from '../http/index.js'

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
  add(context: Context, outcome: Outcome, lines: readonly HeaderLine[]): unknown
  /** Sees to it that `done` is called; gives the value to return. */
  end(context: Context, scope: RequestScope, value: unknown): unknown
  /** As the framework knows it. */
  errorOf(error: unknown): unknown
}

/** A handler or middleware of a framework; it returns a promise only when something has to be waited for. */
export type WrappingHandler<Context> = (context: Context, ...rest: readonly unknown[]) => unknown

/**
 * Makes handlers and middleware of functions that ask by type. The first of a request goes round the others, so it
 * leaves the scope when all have ended.
 */
export function wrappingHandler<Context>(
  app: App,
  host: WrappingHost<Context>,
  given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction],
  { site, routeOf }: { readonly site: Site; readonly routeOf: () => string | undefined },
): WrappingHandler<Context> {
  const [fn, tokens] = given.length === 1 ? given : [given[1], given[0]]
  const { name, types: hostTypes, classes: hostClasses } = host
  const ask = app.ask(tokens, fn, { host: name, hostTypes, hostClasses, site, routeOf })
  const call = (scope: RequestScope, context: Context, rest: readonly unknown[]): unknown => {
    const values = ask(scope, host.paramsOf(context))
    return values instanceof Promise
      ? values.then((made) => host.call(fn, made, context, rest))
      : host.call(fn, values, context, rest)
  }
  return (context, ...rest) => {
    const scope = app.entered(host.sourceOf(context)) ?? host.enter(app, context)
    if (scope.claim()) return goRound(host, scope, context, () => call(scope, context, rest))
    return withErrors(host, () => call(scope, context, rest))
  }
}

/** Calls the first function of a request, and leaves the scope when it has ended. */
function goRound<Context>(
  host: WrappingHost<Context>,
  scope: RequestScope,
  context: Context,
  call: () => unknown,
): unknown {
  const visit = new Visit(host, scope, context)
  let value: unknown
  try {
    value = call()
  } catch (error) {
    return visit.leave({ error: host.errorOf(error) })
  }
  if (!(value instanceof Promise)) return visit.leave({ value })
  return value.then(
    (made: unknown) => visit.leave({ value: made }),
    (error: unknown) => visit.leave({ error: host.errorOf(error) }),
  )
}

/** Calls another function of the request. */
function withErrors<Context>(host: WrappingHost<Context>, call: () => unknown): unknown {
  const failed = (error: unknown): never => {
    throw host.errorOf(error)
  }
  try {
    const value = call()
    return value instanceof Promise ? value.catch(failed) : value
  } catch (error) {
    return failed(error)
  }
}

/** One request, from its first function to the response. */
class Visit<Context> {
  readonly #host: WrappingHost<Context>
  readonly #scope: RequestScope
  readonly #context: Context
  readonly #before: unknown

  constructor(host: WrappingHost<Context>, scope: RequestScope, context: Context) {
    this.#host = host
    this.#scope = scope
    this.#context = context
    this.#before = host.before(context)
  }

  /** Gives what the framework is to get: the value of the function, or its error. */
  leave(outcome: Outcome): unknown {
    const head = this.#host.headOf(this.#context, outcome)
    let value: unknown
    try {
      const left = this.#scope.leave(head)
      if (left instanceof Promise)
        return left
          .then((lines) => this.#add(outcome, lines))
          .then(
            (made) => this.#end(outcome, made),
            (error: unknown) => this.#fail(error, head),
          )
      value = this.#add(outcome, left)
    } catch (error) {
      return this.#fail(error, head)
    }
    return this.#end(outcome, value)
  }

  #add(outcome: Outcome, lines: readonly HeaderLine[]): unknown {
    return this.#host.add(this.#context, outcome, lines)
  }

  #end(outcome: Outcome, value: unknown): unknown {
    const ended = this.#host.end(this.#context, this.#scope, value)
    if ('error' in outcome) throw outcome.error
    return ended
  }

  /** The error is the response, with the headers that have to arrive all the same. */
  async #fail(failure: unknown, head: HostHead): Promise<never> {
    const error = this.#host.errorOf(failure)
    this.#host.reset(this.#context, this.#before)
    this.#add({ error }, await this.#scope.leave(head))
    this.#host.end(this.#context, this.#scope, undefined)
    throw error
  }
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
