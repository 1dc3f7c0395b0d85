import { HOOKS, INPUT, type Frame } from './frame.js'
import { HookList } from './hook-list.js'
import type { StepObserver } from './invoke.js'
import type { Outcome } from '../tokens/hooks.js'

/** How the values and errors of a plan become results; `http` makes responses of them. */
export interface ResultHandler<Result> {
  /** Makes a result of what a function returned. What it throws is the request's error. */
  value(value: unknown, input: unknown): Result | Promise<Result>
  /** Makes a result of an error. Must not throw. */
  error(error: unknown, input: unknown): Result
  /** Called once for a failed request; errors of its hooks are joined. */
  report(error: unknown, input: unknown): void
  /** Called when a middleware has returned nothing and not called for the rest. What it throws is the run's error. */
  checkSilence?(middleware: string, input: unknown): void
  /** Called before the values of the last function are made, when a middleware has called for them. */
  handlerBegins?(input: unknown): void
  /** Called after the last function has returned or thrown, before hooks run and before `error`. */
  handlerEnded?(input: unknown): void
  /** Who is told of each step. Asked once, when a plan is compiled: without an observer nothing is added to it. */
  observer?(): StepObserver | undefined
  /**
   * The last step of each run. `finish` is given when hooks wait for the end of the response: call it
   * once, after the last byte or when the client left, with the error that cut the response, if any.
   */
  complete(result: Result, input: unknown, finish?: Finish): Result
}

/** Runs the hooks that wait for the end of the response; never rejects. */
export type Finish = (error?: unknown) => Promise<void>

/**
 * Ends what a middleware has called for: runs the hooks of the functions inside it, so that the middleware is
 * given the result that leaves, also when a hook has failed. What failed here has failed the run.
 *
 * @param above the position of the middleware.
 */
export async function finishInside<Result>(
  frame: Frame,
  handler: ResultHandler<Result>,
  outcome: Outcome<Result>,
  above: number,
): Promise<Result> {
  const list = (frame[HOOKS] ??= new HookList()) as HookList
  const current = (list.failure ? withFailure(list.failure, outcome) : outcome) as Outcome<never>
  // At once: a middleware that does not wait may end the run before the hooks have run.
  if (!current.ok) list.failure = { error: current.error }
  const failed = (error: unknown, last: Outcome<never>): Outcome<never> =>
    hookFailed(frame, handler, error, last)
  const after = await list.run('afterHandler', current, failed, above)
  if (!after.ok) list.failure = { error: after.error }
  return after.response
}

/** The outcome of a run in which something inside a middleware has failed before. */
export function withFailure<Result>(
  failure: NonNullable<HookList['failure']>,
  outcome: Outcome<Result>,
): Outcome<Result> {
  const { response } = outcome
  if (outcome.ok) return { ok: false, error: failure.error, response }
  return { ok: false, error: withFurther(failure.error, outcome.error), response }
}

/** Runs the hooks that wait for the end of the response. */
export function finishLater<Result>(
  frame: Frame,
  handler: ResultHandler<Result>,
  outcome: Outcome<Result>,
  list: HookList,
): Finish {
  const { response } = outcome
  return async (error) => {
    const last = error === undefined ? outcome : { ok: false as const, error, response }
    const errors: unknown[] = []
    await list.run('afterResponse', last as Outcome<never>, (thrown, current) => {
      errors.push(thrown)
      return current
    })
    if (errors.length === 0) return
    const message = `${errors.length} hooks failed after the response`
    handler.report(joined(errors, message), frame[INPUT])
  }
}

/** The first error of a hook fails the request; later ones are joined to the error that failed it. */
export function hookFailed<Result>(
  frame: Frame,
  handler: ResultHandler<Result>,
  error: unknown,
  outcome: Outcome<never>,
): Outcome<never> {
  if (!outcome.ok)
    return { ok: false, error: withFurther(outcome.error, error), response: outcome.response }
  const response = handler.error(error, frame[INPUT])
  return { ok: false, error, response } as Outcome<never>
}

/** The errors of one request, the first as `cause`. */
export class JoinedErrors extends AggregateError {
  override readonly name = 'JoinedErrors'
}

function withFurther(first: unknown, error: unknown): unknown {
  const errors = [...flat(first), error]
  return joined(errors, `a request failed, and ${errors.length - 1} of its hooks as well`)
}

function flat(error: unknown): unknown[] {
  return error instanceof JoinedErrors ? error.errors : [error]
}

function joined(errors: readonly unknown[], message: string): unknown {
  if (errors.length === 1) return errors[0]
  return new JoinedErrors(errors, message, { cause: errors[0] })
}
