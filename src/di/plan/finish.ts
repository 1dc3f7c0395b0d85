import { INPUT, isThenable, type Frame } from './frame.js'
import { closeHooks, hookListOf, type HookList } from './hook-list.js'
import type { Outcome } from '../tokens/hooks.js'

/** How the values and errors of a plan become results; `http` makes responses of them. */
export interface ResultHandler<Result> {
  /** Makes a result of what a function returned. May throw: that is the request's error then. */
  value(value: unknown, input: unknown): Result | Promise<Result>
  /** Makes a result of an error. Must not throw. */
  error(error: unknown, input: unknown): Result
  /** Told once of a failed request, errors of its hooks joined. */
  report(error: unknown, input: unknown): void
  /**
   * The last step of each run. `finish` is there when hooks wait for the end of the response: call it
   * once, after the last byte or when the client left, with the error if one cut the response.
   */
  complete(result: Result, input: unknown, finish?: Finish): Result
}

/** Runs the hooks that waited for the end of the response; never rejects. */
export type Finish = (error?: unknown) => Promise<void>

/** Ends a run: runs the hooks in reverse plan order, joins their errors, completes the result. */
export function finish<Result>(
  frame: Frame,
  settle: ResultHandler<Result>,
  outcome: Outcome<Result>,
): Result | Promise<Result> {
  const list = hookListOf(frame)
  if (!list) {
    closeHooks(frame)
    return completed(frame, settle, outcome, undefined)
  }
  const after = list.run('afterHandler', outcome as Outcome<never>, failedHook(frame, settle))
  if (isThenable(after)) return after.then((last) => completed(frame, settle, last, list))
  return completed(frame, settle, after, list)
}

function completed<Result>(
  frame: Frame,
  settle: ResultHandler<Result>,
  outcome: Outcome<Result>,
  list: HookList | undefined,
): Result {
  const input = frame[INPUT]
  if (!outcome.ok) settle.report(outcome.error, input)
  if (!list?.waits('afterResponse')) return settle.complete(outcome.response, input)
  return settle.complete(outcome.response, input, async (error) => {
    const last =
      error === undefined ? outcome : { ok: false as const, error, response: outcome.response }
    const errors: unknown[] = []
    await list.run('afterResponse', last as Outcome<never>, (thrown, current) => {
      errors.push(thrown)
      return current
    })
    if (errors.length > 0)
      settle.report(joined(errors, `${errors.length} hooks failed after the response`), input)
  })
}

/** The first error of a hook fails the request; later ones are joined to what failed it. */
function failedHook<Result>(frame: Frame, settle: ResultHandler<Result>) {
  const input = frame[INPUT]
  return (error: unknown, outcome: Outcome<never>): Outcome<never> => {
    if (outcome.ok)
      return { ok: false, error, response: settle.error(error, input) } as Outcome<never>
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
