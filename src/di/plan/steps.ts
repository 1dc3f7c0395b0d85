import { isThenable, type Frame } from './frame.js'
import type { Continuation } from './resume.js'

/** The rest of a run, from one point on. */
export type Continue = (frame: Frame) => unknown

/** A function as plans call it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the plan checked the arguments when it was made
export type Call = (...values: any[]) => unknown

/**
 * Calls a function with values of the frame. Arities are written out: a closure that reads `frame[i]`
 * is as fast as hand-written code, one that spreads an array is not.
 */
export function caller(fn: Call, slots: readonly number[]): Continue {
  const [a, b, c, d, e] = slots as [number, number, number, number, number]
  switch (slots.length) {
    case 0:
      return () => fn()
    case 1:
      return (frame) => fn(frame[a])
    case 2:
      return (frame) => fn(frame[a], frame[b])
    case 3:
      return (frame) => fn(frame[a], frame[b], frame[c])
    case 4:
      return (frame) => fn(frame[a], frame[b], frame[c], frame[d])
    case 5:
      return (frame) => fn(frame[a], frame[b], frame[c], frame[d], frame[e])
    default:
      return (frame) => fn(...slots.map((slot) => frame[slot]))
  }
}

/** Makes a value that is known to be there at once. */
export function syncStep(
  fn: Call,
  slots: readonly number[],
  out: number,
  next: Continue,
): Continue {
  const [a, b, c] = slots as [number, number, number]
  switch (slots.length) {
    case 0:
      return (frame) => {
        frame[out] = fn()
        return next(frame)
      }
    case 1:
      return (frame) => {
        frame[out] = fn(frame[a])
        return next(frame)
      }
    case 2:
      return (frame) => {
        frame[out] = fn(frame[a], frame[b])
        return next(frame)
      }
    case 3:
      return (frame) => {
        frame[out] = fn(frame[a], frame[b], frame[c])
        return next(frame)
      }
    default: {
      const call = caller(fn, slots)
      return (frame) => {
        frame[out] = call(frame)
        return next(frame)
      }
    }
  }
}

/** What happens when a value is a promise: the same rest of the run continues after it. */
export type Wait = (frame: Frame, promise: PromiseLike<unknown>) => unknown

/** Makes a value that may be a promise; only then is anything waited for. */
export function step(
  fn: Call,
  slots: readonly number[],
  out: number,
  next: Continue,
  wait: Wait,
): Continue {
  const [a, b, c] = slots as [number, number, number]
  switch (slots.length) {
    case 0:
      return (frame) => {
        const value: unknown = fn()
        if (isThenable(value)) return wait(frame, value)
        frame[out] = value
        return next(frame)
      }
    case 1:
      return (frame) => {
        const value: unknown = fn(frame[a])
        if (isThenable(value)) return wait(frame, value)
        frame[out] = value
        return next(frame)
      }
    case 2:
      return (frame) => {
        const value: unknown = fn(frame[a], frame[b])
        if (isThenable(value)) return wait(frame, value)
        frame[out] = value
        return next(frame)
      }
    case 3:
      return (frame) => {
        const value: unknown = fn(frame[a], frame[b], frame[c])
        if (isThenable(value)) return wait(frame, value)
        frame[out] = value
        return next(frame)
      }
    default: {
      const call = caller(fn, slots)
      return (frame) => {
        const value = call(frame)
        if (isThenable(value)) return wait(frame, value)
        frame[out] = value
        return next(frame)
      }
    }
  }
}

/** Waits for one value alone. */
export function waitFor(out: number, next: Continue, resume: Continuation): Wait {
  const go = (frame: Frame, value: unknown): unknown => {
    frame[out] = value
    return next(frame)
  }
  return (frame, promise) => resume(frame, promise, go)
}

/** One member of a batch: how it is called, and where its value goes. */
export interface Member {
  readonly call: Continue
  readonly out: number
}

/**
 * Waits for a value while the others of its batch run beside it. The first error is kept and thrown
 * when all have ended, so that no sibling is left running and no rejection unhandled.
 */
export function waitBeside(
  out: number,
  others: readonly Member[],
  next: Continue,
  resume: Continuation,
): Wait {
  const go = (frame: Frame, failure: Failure | undefined): unknown => {
    if (failure) throw failure.error
    return next(frame)
  }
  return (frame, promise) => {
    const joined = new Promise<Failure | undefined>((resolve) => {
      let left = 1
      let failure: Failure | undefined
      const done = (): void => {
        left -= 1
        if (left === 0) resolve(failure)
      }
      const fail = (error: unknown): void => {
        failure ??= { error }
        done()
      }
      const take = (slot: number, pending: PromiseLike<unknown>): void => {
        pending.then((value) => {
          frame[slot] = value
          done()
        }, fail)
      }
      take(out, promise)
      for (const { call, out: slot } of others) {
        if (failure) break
        left += 1
        try {
          const value = call(frame)
          if (isThenable(value)) take(slot, value)
          else {
            frame[slot] = value
            done()
          }
        } catch (error) {
          fail(error)
        }
      }
    })
    return resume(frame, joined, go)
  }
}

interface Failure {
  readonly error: unknown
}
