import type { Node } from './node.js'

/**
 * One request's values: a flat array, because reading `frame[7]` is all that a request pays for
 * injection. The first places are fixed; a plan gives every other value its own.
 */
export type Frame = unknown[]

/** Where a frame keeps its hooks, what the run was given, and what was resolved without a slot. */
export const HOOKS = 0
export const INPUTS = 1
export const EXTRAS = 2
/** The first input; constants and values follow the inputs. */
export const FIRST_INPUT = 3

/**
 * Makes the frames of a plan, each of which begins as the template does. Those of one input and the
 * usual sizes are written out: an array literal is laid out in place, a copy is a call that costs a
 * small plan a fifth of its time.
 */
export function framesOf(
  template: readonly unknown[],
  count: number,
): (inputs: readonly unknown[]) => Frame {
  const [, , , , a, b, c, d, e, f, g, h] = template
  const none = undefined
  switch (count === 1 ? template.length : 0) {
    case 5:
      return (inputs) => [none, inputs, none, inputs[0], a]
    case 6:
      return (inputs) => [none, inputs, none, inputs[0], a, b]
    case 7:
      return (inputs) => [none, inputs, none, inputs[0], a, b, c]
    case 8:
      return (inputs) => [none, inputs, none, inputs[0], a, b, c, d]
    case 9:
      return (inputs) => [none, inputs, none, inputs[0], a, b, c, d, e]
    case 10:
      return (inputs) => [none, inputs, none, inputs[0], a, b, c, d, e, f]
    case 11:
      return (inputs) => [none, inputs, none, inputs[0], a, b, c, d, e, f, g]
    case 12:
      return (inputs) => [none, inputs, none, inputs[0], a, b, c, d, e, f, g, h]
    default:
      return (inputs) => {
        const frame = template.slice()
        frame[INPUTS] = inputs
        for (let index = 0; index < count; index++) frame[FIRST_INPUT + index] = inputs[index]
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
