import { EXTRAS, INPUT, isThenable, UNSET, type Frame, type Call, type Continue } from './frame.js'
import { FrameHooks } from './hook-list.js'
import { disposing, functionOf as functionOfNode, isDisposed } from './invoke.js'
import { argumentEdges, type Layout } from './layout.js'
import type { Edge, Node } from '../graph/node.js'
import { reachable } from '../graph/reachable.js'
import { gather, held, inTurn, opened } from './waiting.js'

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

  /** Adds nodes that only a `Resolver` reached: they stand just before its function. */
  admit(nodes: readonly Node[], position: number): void {
    this.#layout.admit(nodes, position)
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
      case 'later': {
        const invoke = lateBound(() => this.invoke(edge.node))
        return (frame) => () => invoke(frame)
      }
      default:
        throw new TypeError(`${edge.label} belongs to a middleware, and cannot be deferred`)
    }
  }

  /** Calls a node's function with its values, anew each time. */
  invoke(node: Node): Continue {
    const position = this.#layout.positionOf(node)
    const { functionOf = functionOfNode } = this.#options
    const fn = functionOf(node)
    const edges = argumentEdges(node)
    const call =
      edges.length === 1 ? this.#ofOne(fn, edges[0]!, position) : this.#ofAll(fn, edges, position)
    return isDisposed(node) ? disposing(call, node, position) : call
  }

  /** The `load` and `dump` of most stores take one value, which needs no list. */
  #ofOne(fn: Call, edge: Edge, position: number): Continue {
    const read = this.#argument(edge, position)
    return (frame) => {
      const value = read(frame)
      return isThenable(value)
        ? Promise.resolve(value).then((made) => fn(opened(made)))
        : fn(opened(value))
    }
  }

  #ofAll(fn: Call, edges: readonly Edge[], position: number): Continue {
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
    const read = lateBound(() => this.read(inner, position))
    if (inner.node && !inner.isDeferred && inner.node.scope !== 'transient')
      return (frame) => () => read(frame)
    return (frame) => {
      const own: unknown[] = [UNSET]
      return () => getOrCreate(own, 0, frame, read, inner.label)
    }
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
      return () => (node.isBuilt ? node.value : this.#built(node, (value) => value))
    const invoke = this.invoke(node)
    if (node.scope === 'transient') return invoke
    const slot = this.#layout.slotOf(node)
    return slot === undefined
      ? (frame) => getOrCreate(extraOf(frame, node), 0, frame, invoke, node.label)
      : (frame) => getOrCreate(frame, slot, frame, invoke, node.label)
  }
}

/** Where a frame keeps a value that has no slot in the plan. */
function extraOf(frame: Frame, node: Node): unknown[] {
  const extras = (frame[EXTRAS] ??= new Map()) as Map<Node, unknown[]>
  let extra = extras.get(node)
  if (!extra) extras.set(node, (extra = [UNSET]))
  return extra
}

/**
 * Returns the value of a slot, and makes it first if need be: once, whether or not that succeeds, and
 * for all who ask meanwhile.
 *
 * @throws Error when the function that makes the value asks for it.
 */
function getOrCreate(
  values: unknown[],
  slot: number,
  frame: Frame,
  make: Continue,
  label: string,
): unknown {
  const value = values[slot]
  if (value instanceof Unfinished) {
    if (value.promise) return value.promise
    if (value.failure) throw value.failure.error
    throw new Error(`${label} was asked for while it is being made`)
  }
  return value === UNSET ? create(values, slot, frame, make) : value
}

function create(values: unknown[], slot: number, frame: Frame, make: Continue): unknown {
  const unfinished = (values[slot] = new Unfinished())
  let made: unknown
  try {
    made = make(frame)
  } catch (error) {
    unfinished.failure = { error }
    throw error
  }
  if (!isThenable(made)) return (values[slot] = made)
  return (unfinished.promise = Promise.resolve(made).then((value) => (values[slot] = value)))
}

/** Stands in a slot for a value that is being made, or that could not be made. */
class Unfinished {
  promise: Promise<unknown> | undefined = undefined
  failure: { readonly error: unknown } | undefined = undefined
}

/** Deferred edges may form rings, so each is compiled when it is first read. */
function lateBound(compile: () => Continue): Continue {
  let compiled: Continue | undefined
  return (frame) => (compiled ??= compile())(frame)
}
