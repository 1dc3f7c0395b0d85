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
