import { extrasOf, isThenable, type Frame } from './frame.js'
import { UNSET } from './layout.js'
import type { Node } from '../graph/node.js'
import type { Continue } from './steps.js'

/** Where a value that is made when asked for is kept, and how far it is. */
export interface LazySlot {
  get(frame: Frame): unknown
  set(frame: Frame, value: unknown): void
}

/** A cell in a slot of the frame. */
export function frameSlot(slot: number): LazySlot {
  return {
    get: (frame) => frame[slot],
    set: (frame, value) => {
      frame[slot] = value
    },
  }
}

/** A cell for a value that has no slot in the plan. */
export function extraSlot(node: Node): LazySlot {
  return {
    get: (frame) => {
      const extras = extrasOf(frame)
      return extras.has(node) ? extras.get(node) : UNSET
    },
    set: (frame, value) => {
      extrasOf(frame).set(node, value)
    },
  }
}

/** A cell of one function: what it gives belongs to the parameter that it fills. */
export function ownSlot(): LazySlot {
  let held: unknown = UNSET
  return {
    get: () => held,
    set: (_frame, value) => {
      held = value
    },
  }
}

/**
 * What a cell holds, made first if need be: once, whether or not it succeeds, and shared by all who
 * ask meanwhile.
 *
 * @throws Error when the value is asked for by what makes it.
 */
export function getOrCreate(frame: Frame, cell: LazySlot, label: string, make: Continue): unknown {
  const held = cell.get(frame)
  if (held === UNSET) return fill(frame, cell, make)
  if (held instanceof Pending) return held.promise
  if (held instanceof Thrown) throw held.error
  if (held === BUILDING) throw new Error(`${label} was asked for while it is being made`)
  return held
}

function fill(frame: Frame, cell: LazySlot, make: Continue): unknown {
  cell.set(frame, BUILDING)
  let made: unknown
  try {
    made = make(frame)
  } catch (error) {
    cell.set(frame, new Thrown(error))
    throw error
  }
  if (!isThenable(made)) {
    cell.set(frame, made)
    return made
  }
  const promise = Promise.resolve(made).then((value) => {
    cell.set(frame, value)
    return value
  })
  cell.set(frame, new Pending(promise))
  return promise
}

const BUILDING = Symbol('being made')

/** A value in the making. */
class Pending {
  readonly promise: Promise<unknown>

  constructor(promise: Promise<unknown>) {
    this.promise = promise
  }
}

/** What making a value threw. */
class Thrown {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}
