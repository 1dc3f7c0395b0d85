import { HOOKS, INPUT, isThenable, type Frame } from './frame.js'
import { closeHooks, type HookList } from './hook-list.js'
import type { Outcome } from '../tokens/hooks.js'

/** How the values and errors of a plan become results; `http` makes responses of them. */
export interface ResultHandler<Result> {
  /** Makes a result of what a function returned. What it throws is the request's error. */
  value(value: unknown, input: unknown): Result | Promise<Result>
  /** Makes a result of an error. Must not throw. */
  error(error: unknown, input: unknown): Result
  /** Called once for a failed request; errors of its hooks are joined. */
  report(error: unknown, input: unknown): void
  /**
   * The last step of each run. `finish` is given when hooks wait for the end of the response: call it
   * once, after the last byte or when the client left, with the error that cut the response, if any.
   */
  complete(result: Result, input: unknown, finish?: Finish): Result
}

/** Runs the hooks that wait for the end of the response; never rejects. */
export type Finish = (error?: unknown) => Promise<void>

/** Ends a run: runs the hooks in reverse plan order, joins their errors, completes the result. */
export function finish<Result>(
  frame: Frame,
  handler: ResultHandler<Result>,
  outcome: Outcome<Result>,
): Result | Promise<Result> {
  const list = frame[HOOKS] as HookList | undefined
  if (!list) {
    closeHooks(frame)
    return completed(frame, handler, outcome, undefined)
  }
  const after = list.run('afterHandler', outcome as Outcome<never>, failedHook(frame, handler))
  if (isThenable(after)) return after.then((last) => completed(frame, handler, last, list))
  return completed(frame, handler, after, list)
}

function completed<Result>(
  frame: Frame,
  handler: ResultHandler<Result>,
  outcome: Outcome<Result>,
  list: HookList | undefined,
): Result {
  const input = frame[INPUT]
  if (!outcome.ok) handler.report(outcome.error, input)
  if (!list?.waits('afterResponse')) return handler.complete(outcome.response, input)
  return handler.complete(outcome.response, input, async (error) => {
    const last =
      error === undefined ? outcome : { ok: false as const, error, response: outcome.response }
    const errors: unknown[] = []
    await list.run('afterResponse', last as Outcome<never>, (thrown, current) => {
      errors.push(thrown)
      return current
    })
    if (errors.length > 0)
      handler.report(joined(errors, `${errors.length} hooks failed after the response`), input)
  })
}

/** The first error of a hook fails the request; later ones are joined to the error that failed it. */
function failedHook<Result>(frame: Frame, handler: ResultHandler<Result>) {
  const input = frame[INPUT]
  return (error: unknown, outcome: Outcome<never>): Outcome<never> => {
    if (outcome.ok)
      return { ok: false, error, response: handler.error(error, input) } as Outcome<never>
    const errors = [...flat(outcome.error), error]
    const message = `a request failed, and ${errors.length - 1} of its hooks as well`
    return { ok: false, error: joined(errors, message), response: outcome.response }
  }
}

class JoinedErrors extends AggregateError {
  override readonly name = 'JoinedErrors'
}

function flat(error: unknown): unknown[] {
  return error instanceof JoinedErrors ? error.errors : [error]
}

function joined(errors: readonly unknown[], message: string): unknown {
  if (errors.length === 1) return errors[0]
  return new JoinedErrors(errors, message, { cause: errors[0] })
}
