import { isThenable, type Frame } from './frame.js'

/**
 * Goes on when a promise is there. The function that a plan begins with ends the whole run at the same
 * time, so that a request pays for one promise and not for two.
 */
export type Continuation = (
  frame: Frame,
  promise: PromiseLike<unknown>,
  go: (frame: Frame, value: never) => unknown,
) => unknown

/** How middleware's rest goes on. Whatever has a `then` is made a promise first, for `then` need not return one. */
export const thenContinue: Continuation = (frame, promise, go) =>
  Promise.resolve(promise).then((value) => go(frame, value as never))

/** How the first function goes on, and then ends the run; what waits again does so by itself. */
export function thenFinish<Result>(ends: RunEnd<Result>): Continuation {
  return (frame, promise, go) =>
    Promise.resolve(promise).then(
      (value) => {
        let result: unknown
        try {
          result = go(frame, value as never)
        } catch (error) {
          return ends.failed(frame, error)
        }
        return isThenable(result) ? result : ends.succeeded(frame, result as Result)
      },
      (error: unknown) => ends.failed(frame, error),
    )
}

/** How a run ends: with a result, or with what was thrown. */
export interface RunEnd<Result> {
  succeeded(frame: Frame, result: Result): unknown
  failed(frame: Frame, error: unknown): unknown
}
