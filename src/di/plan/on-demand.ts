import {
  caller,
  EXTRAS,
  INPUT,
  isThenable,
  UNSET,
  type Frame,
  type Call,
  type Continue,
} from './frame.js'
import { FrameHooks } from './hook-list.js'
import { functionOf as functionOfNode, making, type StepObserver } from './invoke.js'
import { argumentEdges, type Layout } from './layout.js'
import type { Edge, Node } from '../graph/node.js'
import { reachable } from '../graph/reachable.js'
import { gather, held, inTurn } from './waiting.js'

/** What values on demand are made with. */
export interface OnDemandOptions {
  /** Builds a singleton that nothing reached at start-up. */
  readonly buildSingleton: (node: Node) => Promise<void> | undefined
  /** Makes the `Resolver` of a function. */
  readonly resolver?: (frame: Frame, position: number) => unknown
  /** How a node's function is called. */
  readonly functionOf?: (node: Node) => Call
  /** Whether values are made one after the other, never side by side. */
  readonly isInTurn?: boolean
  readonly observer?: StepObserver | undefined
}

/** Makes values when they are asked for: below `lazy` and `later`, for a `Resolver`, and for singletons. */
export class OnDemand {
  readonly #layout: Layout
  readonly #options: OnDemandOptions
  readonly #nodes = new WeakMap<Node, Continue>()

  constructor(layout: Layout, options: OnDemandOptions) {
    this.#layout = layout
    this.#options = options
  }

  /** Reads an edge's value in a frame, making it first if need be. */
  read(edge: Edge, position: number): Continue {
    switch (edge.kind) {
      case 'node':
        return this.#node(edge.node)
      case 'constant':
        return () => edge.value
      case 'input':
        return (frame) => frame[INPUT]
      case 'all':
        return this.#all(edge.parts, position)
      case 'hooks':
        return (frame) => new FrameHooks(frame, position)
      case 'resolver':
        return (frame) => this.#options.resolver?.(frame, position)
      case 'lazy':
        return this.#lazy(edge.inner, position)
      case 'later':
        return this.#later(edge.node)
      default:
        throw new TypeError(`${edge.label} belongs to a middleware, and cannot be deferred`)
    }
  }

  /** Makes the value of a request's node, for a step of the plan that stores it when its promise settles. */
  begin(node: Node): Continue {
    const slot = this.#layout.slotOf(node)!
    return once({ slot, label: node.label, isStored: false }, () => this.invoke(node))
  }

  /** Calls a node's function with its values, anew each time. */
  invoke(node: Node): Continue {
    const position = this.#layout.positionOf(node)
    const { functionOf = functionOfNode, observer } = this.#options
    return making(
      this.#call(functionOf(node), argumentEdges(node), position),
      node,
      position,
      observer,
    )
  }

  #call(fn: Call, edges: readonly Edge[], position: number): Continue {
    const inputs = edges.filter(({ kind }) => kind === 'input').map(() => INPUT)
    // As for all that `http` makes of a request: what it is given is in the frame.
    if (inputs.length === edges.length) return caller(fn, inputs)
    const reads = edges.map((edge) => this.read(edge, position))
    if (edges.every(isAtHand)) return calling(fn, reads)
    // The `load` and `dump` of most stores take one value of the request.
    if (edges.length === 1 && edges[0]!.node?.scope !== 'singleton') {
      const [read] = reads as [Continue]
      return (frame) => {
        const value = read(frame)
        return isThenable(value) ? Promise.resolve(value).then(fn) : fn(value)
      }
    }
    const values = this.#all(edges, position)
    return (frame) => {
      const given = values(frame)
      return isThenable(given)
        ? Promise.resolve(given).then((list) => fn(...(list as unknown[])))
        : fn(...(given as unknown[]))
    }
  }

  /** Reads several edges, side by side unless something below must not run beside another. */
  #all(edges: readonly Edge[], position: number): Continue {
    const reads = edges.map((edge) => this.#argument(edge, position))
    const below = reachable(edges.flatMap((edge) => edge.nodes))
    const isInTurn = this.#options.isInTurn ?? [...below].some((node) => node.isExclusive)
    return isInTurn ? inTurn(reads) : gather(reads)
  }

  /** What exists is held, so that a mock that has `then` is not awaited. */
  #argument(edge: Edge, position: number): Continue {
    const { node, kind } = edge
    if (kind === 'constant') return () => held(edge.value)
    if (kind !== 'node' || node.scope !== 'singleton') return this.read(edge, position)
    return () => (node.isBuilt ? held(node.value) : this.#built(node, held))
  }

  #built(node: Node, give: (value: unknown) => unknown): unknown {
    const building = this.#options.buildSingleton(node)
    return building ? building.then(() => give(node.value)) : give(node.value)
  }

  /** A value that is not shared is kept for the one parameter. */
  #lazy(inner: Edge, position: number): Continue {
    const compile = (): Continue => this.read(inner, position)
    if (inner.node && !inner.isDeferred && inner.node.scope !== 'transient') {
      const read = lateBound(compile)
      return (frame) => () => read(frame)
    }
    const read = once({ slot: 0, label: inner.label }, compile)
    return (frame) => {
      const own: unknown[] = [UNSET]
      return () => read(own, frame)
    }
  }

  #later(node: Node): Continue {
    let invoke: Continue | undefined
    return (frame) => () => (invoke ??= this.invoke(node))(frame)
  }

  #node(node: Node): Continue {
    let read = this.#nodes.get(node)
    if (!read) this.#nodes.set(node, (read = this.#reader(node)))
    return read
  }

  #reader(node: Node): Continue {
    if (node.scope === 'singleton')
      return () => (node.isBuilt ? node.value : this.#built(node, (value) => value))
    if (node.scope === 'transient') return lateBound(() => this.invoke(node))
    const slot = this.#layout.slotOf(node)
    const read = once({ slot: slot ?? 0, label: node.label }, () => this.invoke(node))
    return slot === undefined ? (frame) => read(extraOf(frame, node), frame) : read
  }
}

/** Calls a function with values that are read one by one; usual arities are written out, as for `caller`. */
function calling(fn: Call, reads: readonly Continue[]): Continue {
  const [a, b, c, d] = reads as [Continue, Continue, Continue, Continue]
  switch (reads.length) {
    case 1:
      return (frame) => fn(a(frame))
    case 2:
      return (frame) => fn(a(frame), b(frame))
    case 3:
      return (frame) => fn(a(frame), b(frame), c(frame))
    case 4:
      return (frame) => fn(a(frame), b(frame), c(frame), d(frame))
    default:
      return (frame) => fn(...reads.map((read) => read(frame)))
  }
}

/** Whether a value is there, or made, without anything that could wait. */
function isAtHand({ kind, node }: Edge): boolean {
  if (kind === 'node') return node.scope === 'singleton' && node.isBuilt
  return kind !== 'all'
}

/** Where a frame keeps a value that has no slot in the plan. */
function extraOf(frame: Frame, node: Node): unknown[] {
  const extras = (frame[EXTRAS] ??= new Map()) as Map<Node, unknown[]>
  let extra = extras.get(node)
  if (!extra) extras.set(node, (extra = [UNSET]))
  return extra
}

/** A value that is made once. */
interface OnceOptions {
  readonly slot: number
  readonly label: string
  /** Whether what a promise gives is put into the slot; otherwise who reads it does so. Default: true. */
  readonly isStored?: boolean
}

/**
 * Reads the value of a slot, and makes it first if need be: once, whether or not that succeeds, and for all who ask
 * meanwhile. The slot is one of the frame, or of a list of its own. Deferred edges may form rings, so the function
 * that makes it is compiled when it is first called.
 */
function once(
  { slot, label, isStored = true }: OnceOptions,
  compile: () => Continue,
): (values: unknown[], frame?: Frame) => unknown {
  let make: Continue | undefined
  return (values, frame = values) => {
    const value = values[slot]
    if (value !== UNSET) return value instanceof Unfinished ? value.result(label) : value
    make ??= compile()
    const unfinished = (values[slot] = new Unfinished())
    let made: unknown
    try {
      made = make(frame)
    } catch (error) {
      unfinished.failure = { error }
      throw error
    }
    if (!isThenable(made)) return (values[slot] = made)
    const promise = Promise.resolve(made)
    if (!isStored) return (unfinished.promise = promise)
    return (unfinished.promise = promise.then((value) => (values[slot] = value)))
  }
}

/** Stands in a slot for a value that is being made, or that could not be made. */
class Unfinished {
  promise: Promise<unknown> | undefined = undefined
  failure: { readonly error: unknown } | undefined = undefined

  /** For who asks meanwhile. @throws Error when the function that makes the value asks for it. */
  result(label: string): Promise<unknown> {
    if (this.promise) return this.promise
    if (this.failure) throw this.failure.error
    throw new Error(`${label} was asked for while it is being made`)
  }
}

/** Deferred edges may form rings, so each is compiled when it is first read. */
function lateBound(compile: () => Continue): Continue {
  let compiled: Continue | undefined
  return (frame) => (compiled ??= compile())(frame)
}
