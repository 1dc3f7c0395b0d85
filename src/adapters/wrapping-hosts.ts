import type { AnyToken, Site } from '../di/index.js'
import type { App, HostFunction, HostHead, RequestScope } from '../http/index.js'

/** Lines of a head. */
type Lines = Awaited<ReturnType<RequestScope['leave']>>

/** How a function of a host has ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What is particular to a framework in which a middleware goes round what follows it. */
export interface WrappingHost<Context> {
  /** Names it in messages: `Hono`. */
  readonly name: string
  /** The types, as they are written, of what it gives its handlers. */
  readonly types: RegExp
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
  add(context: Context, outcome: Outcome, lines: Lines): unknown
  /** Sees to it that `done` is called; gives the value to return. */
  end(context: Context, scope: RequestScope, value: unknown): unknown
  /** As the framework knows it. */
  errorOf(error: unknown): unknown
}

/**
 * Makes handlers and middleware of functions that ask by type. The first of a request goes round the others, so it
 * leaves the scope when all have ended.
 */
export function wrappingHandler<Context>(
  app: App,
  host: WrappingHost<Context>,
  given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction],
  { site, routeOf }: { readonly site: Site; readonly routeOf: () => string | undefined },
): (context: Context, ...rest: readonly unknown[]) => Promise<unknown> {
  const [fn, tokens] = given.length === 1 ? given : [given[1], given[0]]
  const ask = app.ask(tokens, fn, { host: host.name, hostTypes: host.types, site, routeOf })
  const call = async (
    scope: RequestScope,
    context: Context,
    rest: readonly unknown[],
  ): Promise<unknown> => {
    const asked = ask(scope, host.paramsOf(context))
    const values = asked instanceof Promise ? await asked : asked
    return host.call(fn, values, context, rest)
  }
  return async (context, ...rest) => {
    const scope = host.enter(app, context)
    const isFirst = scope.claim()
    const before = isFirst ? host.before(context) : undefined
    const outcome = await outcomeOf(host, call(scope, context, rest))
    if (isFirst) return leave(host, scope, context, outcome, before)
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }
}

async function outcomeOf<Context>(
  host: WrappingHost<Context>,
  called: Promise<unknown>,
): Promise<Outcome> {
  try {
    return { value: await called }
  } catch (error) {
    return { error: host.errorOf(error) }
  }
}

async function leave<Context>(
  host: WrappingHost<Context>,
  scope: RequestScope,
  context: Context,
  outcome: Outcome,
  before: unknown,
): Promise<unknown> {
  const head = host.headOf(context, outcome)
  let value: unknown
  try {
    const left = scope.leave(head)
    value = host.add(context, outcome, left instanceof Promise ? await left : left)
  } catch (failure) {
    const error = host.errorOf(failure)
    host.reset(context, before)
    host.add(context, { error }, await scope.leave(head))
    host.end(context, scope, undefined)
    throw error
  }
  value = host.end(context, scope, value)
  if ('error' in outcome) throw outcome.error
  return value
}

/** The status that frameworks give an error. */
export function statusOf(error: unknown): number {
  const { status, statusCode } = (error ?? {}) as { status?: unknown; statusCode?: unknown }
  const known = status ?? statusCode
  return typeof known === 'number' ? known : 500
}
