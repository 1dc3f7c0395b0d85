import type { AnyToken, Site } from '../../di/index.js'
import type { App, HostFunction } from '../../http/index.js'
import { WrappedVisit } from './wrapped-visit.js'
import type { Outcome, WrappingHost } from './wrapping-host.js'

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
  return (context, ...rest) => {
    const scope = app.entered(host.sourceOf(context)) ?? host.enter(app, context)
    const visit = scope.claim() ? new WrappedVisit(host, scope, context) : undefined
    const call = (values: unknown[]): unknown => host.call(fn, values, context, rest)
    const asked = (): unknown => {
      const values = ask(scope, host.paramsOf(context))
      return values instanceof Promise ? values.then(call) : call(values)
    }
    return whenEnded(asked, (outcome) => {
      const known = 'error' in outcome ? { error: host.errorOf(outcome.error) } : outcome
      return visit ? visit.leave(known) : resultOf(known)
    })
  }
}

/** Continues when a call has ended: at once, unless it returns a promise. */
function whenEnded(call: () => unknown, next: (outcome: Outcome) => unknown): unknown {
  let value: unknown
  try {
    value = call()
  } catch (error) {
    return next({ error })
  }
  if (!(value instanceof Promise)) return next({ value })
  return value.then(
    (made: unknown) => next({ value: made }),
    (error: unknown) => next({ error }),
  )
}

function resultOf(outcome: Outcome): unknown {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}
