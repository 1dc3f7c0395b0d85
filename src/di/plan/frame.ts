/**
 * One request's values: a flat array, because reading `frame[7]` is all that a request pays for
 * injection. The first slots are fixed; a plan gives every other value its own.
 */
export type Frame = unknown[]

/** The slots of the hooks, of values that a `Resolver` made, and of what the run was given. */
export const HOOKS = 0
export const EXTRAS = 1
export const INPUT = 2
/** The first constant or value of the plan. */
export const FIRST_VALUE = 3

/**
 * Makes the frames of a plan as copies of its template. The usual sizes are written out, because a
 * call of `slice` costs a small plan a fifth of its time.
 */
export function framesOf(template: readonly unknown[]): (input: unknown) => Frame {
  const [, , , a, b, c, d, e, f, g, h] = template
  const none = undefined
  switch (template.length) {
    case 3:
      return (input) => [none, none, input]
    case 4:
      return (input) => [none, none, input, a]
    case 5:
      return (input) => [none, none, input, a, b]
    case 6:
      return (input) => [none, none, input, a, b, c]
    case 7:
      return (input) => [none, none, input, a, b, c, d]
    case 8:
      return (input) => [none, none, input, a, b, c, d, e]
    case 9:
      return (input) => [none, none, input, a, b, c, d, e, f]
    case 10:
      return (input) => [none, none, input, a, b, c, d, e, f, g]
    case 11:
      return (input) => [none, none, input, a, b, c, d, e, f, g, h]
    default:
      return (input) => {
        const frame = template.slice()
        frame[INPUT] = input
        return frame
      }
  }
}

/** Marks the slot of a value that is made on demand, and that nobody has asked for yet. */
export const UNSET = Symbol('not made yet')

/** Whether a function returned a promise, ours or another's. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    typeof value === 'object' &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/** The rest of a run, from one point on. */
export type Continue = (frame: Frame) => unknown

/** A function as plans call it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the plan checked the arguments when it was made
export type Call = (...values: any[]) => unknown

/**
 * Calls a function with values of the frame. Arities are written out: a closure that reads `frame[i]`
 * is as fast as hand-written code, a closure that spreads an array is not.
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

/** Makes a value that cannot be a promise. */
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
    default:
      return syncStepOf(caller(fn, slots), out, next)
  }
}

/** As `syncStep`, for what is no function of a node. */
export function syncStepOf(call: Continue, out: number, next: Continue): Continue {
  return (frame) => {
    frame[out] = call(frame)
    return next(frame)
  }
}

/**
 * Continues when a promise settles. The first function of a plan ends the whole run in the same step,
 * so that a request pays for one promise and not for two.
 */
export type Continuation = (
  frame: Frame,
  promise: PromiseLike<unknown>,
  go: (frame: Frame, value: never) => unknown,
) => unknown

/** Continues the run when a promise settles. */
export type Wait = (frame: Frame, promise: PromiseLike<unknown>) => unknown

/** Waits for one value alone. */
export function waitFor(out: number, next: Continue, continuation: Continuation): Wait {
  const go = (frame: Frame, value: unknown): unknown => {
    frame[out] = value
    return next(frame)
  }
  return (frame, promise) => continuation(frame, promise, go)
}

/** Makes a value that may be a promise; the run waits only then. */
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
    default:
      return stepOf(caller(fn, slots), out, next, wait)
  }
}

/** As `step`, for what is no function of a node. */
export function stepOf(call: Continue, out: number, next: Continue, wait: Wait): Continue {
  return (frame) => {
    const value = call(frame)
    if (isThenable(value)) return wait(frame, value)
    frame[out] = value
    return next(frame)
  }
}

/** How a function of the pipeline goes on with what it returns. */
export interface Returning {
  readonly resultHandler: {
    value(value: unknown, input: unknown): unknown
    checkSilence?(middleware: string, input: unknown): void
  }
  readonly continuation: Continuation
  /** The slot of its `next`, where it has one. */
  readonly nextSlot: number | undefined
  /** Its name, where it is a middleware. */
  readonly middleware: string | undefined
}

/**
 * Calls a function of the pipeline, and makes a result of what it returns. A middleware that returns nothing passes
 * on what `next()` gave, as in Koa and Hono.
 */
export function withResult(
  call: Continue,
  { resultHandler, continuation, nextSlot, middleware }: Returning,
): Continue {
  const toResult = (frame: Frame, value: unknown): unknown => {
    if (value === undefined && middleware !== undefined) {
      const given = nextSlot === undefined ? undefined : frame[nextSlot]
      if (isThenable(given)) return continuation(frame, given, same)
      resultHandler.checkSilence?.(middleware, frame[INPUT])
    }
    const result = resultHandler.value(value, frame[INPUT])
    return isThenable(result) ? continuation(frame, result, same) : result
  }
  return (frame) => {
    const value = call(frame)
    return isThenable(value) ? continuation(frame, value, toResult) : toResult(frame, value)
  }
}

function same(_frame: Frame, result: unknown): unknown {
  return result
}
