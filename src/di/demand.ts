import { extrasOf, FIRST_INPUT, isThenable, type Frame } from './frame.js'
import { FrameHooks } from './hook-list.js'
import { disposing, functionOf, isDisposed } from './invoke.js'
import { UNSET, type Layout } from './layout.js'
import { nodeOf, type Edge, type Node } from './node.js'
import type { Continue } from './steps.js'

/** What a plan cannot do alone: build a singleton that nothing reached before, and make a `Resolver`. */
export interface Beyond {
  singleton(node: Node): Promise<unknown>
  resolver(frame: Frame, position: number): unknown
}

/** A value in the making, shared by all who ask meanwhile. */
class Pending {
  readonly promise: PromiseLike<unknown>

  constructor(promise: PromiseLike<unknown>) {
    this.promise = promise
  }
}

const BUILDING = Symbol('being made')

/** Makes values when they are asked for: below `lazy` and `later`, and for a `Resolver`. */
export class Demands {
  readonly #layout: Layout
  readonly #beyond: Beyond
  readonly #nodes = new Map<Node, Continue>()

  constructor(layout: Layout, beyond: Beyond) {
    this.#layout = layout
    this.#beyond = beyond
  }

  /** Reads an edge's value in a frame, making it first if need be. */
  read(edge: Edge, position: number): Continue {
    switch (edge.kind) {
      case 'node':
        return this.#node(edge.node)
      case 'constant':
        return () => edge.value
      case 'input':
        return (frame) => frame[FIRST_INPUT + edge.index]
      case 'all':
        return gather(edge.edges.map((one) => this.read(one, position)))
      case 'next':
      case 'broken':
        throw new TypeError('Next belongs to a middleware, and cannot be deferred')
      default:
        return this.frameValue(edge, position)
    }
  }

  /** Makes what belongs to a frame: `Hooks`, a `Resolver`, or a deferred function. */
  frameValue(edge: Edge, position: number): Continue {
    switch (edge.kind) {
      case 'hooks':
        return (frame) => new FrameHooks(frame, position)
      case 'resolver':
        return (frame) => this.#beyond.resolver(frame, position)
      case 'lazy': {
        const read = lateBound(() => this.read(edge.edge, position))
        return (frame) => () => read(frame)
      }
      case 'later': {
        const invoke = lateBound(() => this.invoke(edge.node))
        return (frame) => () => invoke(frame)
      }
      default:
        throw new TypeError(`${edge.kind} is not a value of the frame`)
    }
  }

  /** Calls a node's function with its values, anew each time. */
  invoke(node: Node): Continue {
    const position = this.#layout.positionOf(node)
    const fn = functionOf(node)
    const edges =
      node.receiver && !this.#isBound(node) ? [node.receiver, ...node.edges] : node.edges
    const values = gather(edges.map((edge) => this.read(edge, position)))
    const call: Continue = (frame) => {
      const given = values(frame)
      if (isThenable(given)) return given.then((list) => fn(...(list as unknown[])) as unknown)
      return fn(...(given as unknown[])) as unknown
    }
    return isDisposed(node) ? disposing(call, node, position) : call
  }

  #isBound(node: Node): boolean {
    const receiver = node.receiver && nodeOf(node.receiver)
    return receiver?.scope === 'singleton'
  }

  #node(node: Node): Continue {
    let read = this.#nodes.get(node)
    if (read) return read
    read = lateBound(() => this.#reader(node))
    this.#nodes.set(node, read)
    return read
  }

  #reader(node: Node): Continue {
    if (node.scope === 'singleton')
      return () => (node.isBuilt ? node.value : this.#beyond.singleton(node))
    const invoke = this.invoke(node)
    if (node.scope === 'transient') return invoke
    const slot = this.#layout.slotOf(node)
    const cell: Cell = slot === undefined ? extraCell(node) : slotCell(slot)
    return (frame) => {
      const held = cell.get(frame)
      if (held === UNSET) return fill(frame, cell, invoke)
      if (held instanceof Pending) return held.promise
      if (held === BUILDING) throw new Error(`${node.label} was asked for while it is being made`)
      return held
    }
  }
}

interface Cell {
  get(frame: Frame): unknown
  set(frame: Frame, value: unknown): void
}

function slotCell(slot: number): Cell {
  return {
    get: (frame) => frame[slot],
    set: (frame, value) => {
      frame[slot] = value
    },
  }
}

function extraCell(node: Node): Cell {
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

function fill(frame: Frame, cell: Cell, invoke: Continue): unknown {
  cell.set(frame, BUILDING)
  try {
    const made = invoke(frame)
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
  } catch (error) {
    cell.set(frame, UNSET)
    throw error
  }
}

/** Deferred edges may form rings, so what is behind one is compiled when it is first asked for. */
function lateBound(compile: () => Continue): Continue {
  let compiled: Continue | undefined
  return (frame) => (compiled ??= compile())(frame)
}

/** Reads several values; a promise only when one of them is. All are waited for, the first error is kept. */
function gather(reads: readonly Continue[]): Continue {
  return (frame) => {
    const values = reads.map((read) => read(frame))
    return values.some(isThenable) ? allSettled(values) : values
  }
}

async function allSettled(values: readonly unknown[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(values)
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
