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
