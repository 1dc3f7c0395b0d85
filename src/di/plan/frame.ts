import type { Node } from '../graph/node.js'

/**
 * One request's values: a flat array, because reading `frame[7]` is all that a request pays for
 * injection. The first places are fixed; a plan gives every other value its own.
 */
export type Frame = unknown[]

/** Where a frame keeps its hooks, what was resolved without a slot, and what the run was given. */
export const HOOKS = 0
export const EXTRAS = 1
export const INPUT = 2
/** The first constant or value of the plan. */
export const FIRST_VALUE = 3

/**
 * Makes the frames of a plan, each of which begins as the template does. The usual sizes are written
 * out: an array literal is laid out in place, a copy is a call that costs a small plan a fifth of its time.
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

/** Values that were resolved by name while the request ran, and have no slot in the plan. */
export function extrasOf(frame: Frame): Map<Node, unknown> {
  return (frame[EXTRAS] ??= new Map()) as Map<Node, unknown>
}

/** Whether a function returned a promise, ours or another's. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    typeof value === 'object' &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
