import { isThenable, type Continuation, type Continue, type Frame, type Wait } from './frame.js'

/** Continues a function after `next()`. A foreign thenable is made a promise first, for its `then` may return nothing. */
export const thenContinue: Continuation = (frame, promise, go) =>
  Promise.resolve(promise).then((value) => go(frame, value as never))

/** One member of a batch: its call, and the slot of its value. */
export interface Member {
  readonly call: Continue
  readonly out: number
}

/**
 * Waits for a value while the others of its batch run beside it. The first error is thrown when all
 * have ended, so that no sibling is left running and no rejection is unhandled.
 */
export function waitBeside(
  out: number,
  others: readonly Member[],
  next: Continue,
  continuation: Continuation,
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
    return continuation(frame, joined, go)
  }
}

/** Holds a value that exists and has `then`: nobody may take it for a promise. */
class Held {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** The value, or what holds it. */
export function held(value: unknown): unknown {
  return isThenable(value) ? new Held(value) : value
}

/** The value that was held. */
export function opened(value: unknown): unknown {
  return value instanceof Held ? value.value : value
}

/** Reads several values; returns a promise only when one of them is. It waits for all and throws the first error. */
export function gather(reads: readonly Continue[]): Continue {
  return (frame) => {
    const values: unknown[] = []
    let isWaiting = false
    for (const read of reads) {
      try {
        const value = read(frame)
        isWaiting ||= isThenable(value)
        values.push(value)
      } catch (error) {
        if (!isWaiting) throw error
        // Nobody else would handle the rejections of those that run already.
        return allOf(values, { error })
      }
    }
    return isWaiting ? allOf(values) : openedAll(values)
  }
}

/** Reads several values one after the other; returns a promise only when one of them is. */
export function inTurn(reads: readonly Continue[]): Continue {
  const rest = (frame: Frame, values: unknown[]): unknown => {
    const next = reads[values.length]
    if (!next) return openedAll(values)
    const value = next(frame)
    return isThenable(value)
      ? Promise.resolve(value).then((made) => rest(frame, [...values, made]))
      : rest(frame, [...values, value])
  }
  return (frame) => rest(frame, [])
}

async function allOf(values: readonly unknown[], thrown?: Failure): Promise<unknown[]> {
  let failure = thrown
  const settled = values.map(async (value) => {
    try {
      return await value
    } catch (error) {
      failure ??= { error }
      return undefined
    }
  })
  const all = await Promise.all(settled)
  if (failure) throw failure.error
  return openedAll(all)
}

/** In place, because almost never is one of them held. */
function openedAll(values: unknown[]): unknown[] {
  for (let index = 0; index < values.length; index++) values[index] = opened(values[index])
  return values
}

interface Failure {
  readonly error: unknown
}
