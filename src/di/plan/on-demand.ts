import { reachable } from '../graph/check.js'
import { extraSlot, ownSlot, frameSlot, getOrCreate } from './lazy-slot.js'
import { INPUT, isThenable, type Frame } from './frame.js'
import { gather, inTurn } from './gather.js'
import { FrameHooks } from './hook-list.js'
import { disposing, functionOf, isDisposed } from './invoke.js'
import type { Layout } from './layout.js'
import { labelOf, nodeOf, nodesBehind, type Edge, type Node } from '../graph/node.js'
import type { Call, Continue } from './steps.js'

/** What a plan cannot do alone: build a singleton that nothing reached before, and make a `Resolver`. */
export interface RunServices {
  singleton(node: Node): Promise<unknown>
  resolver(frame: Frame, position: number): unknown
}

/** Makes values when they are asked for: below `lazy` and `later`, and for a `Resolver`. */
export class OnDemand {
  readonly #layout: Layout
  readonly #beyond: RunServices
  readonly #nodes = new WeakMap<Node, Continue>()

  constructor(layout: Layout, beyond: RunServices) {
    this.#layout = layout
    this.#beyond = beyond
  }

  /** Takes in what a `Resolver` reached: what the plan does not know stands just before who asked. */
  admit(nodes: readonly Node[], asker: number): void {
    this.#layout.admit(nodes, asker)
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
        return this.#all(edge.edges, position)
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
        if (isShared(edge.edge)) return (frame) => () => read(frame)
        const label = labelOf(edge)
        return (frame) => {
          const cell = ownSlot()
          return () => getOrCreate(frame, cell, label, read)
        }
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
    const call =
      edges.length === 1 ? this.#ofOne(fn, edges[0]!, position) : this.#ofAll(fn, edges, position)
    return isDisposed(node) ? disposing(call, node, position) : call
  }

  /** A function of one value, as `load` and `dump` of most stores are, needs no list of values. */
  #ofOne(fn: Call, edge: Edge, position: number): Continue {
    const read = this.read(edge, position)
    return (frame) => {
      const value = read(frame)
      return isThenable(value) ? Promise.resolve(value).then((made) => fn(made)) : fn(value)
    }
  }

  #ofAll(fn: Call, edges: readonly Edge[], position: number): Continue {
    const values = this.#all(edges, position)
    return (frame) => {
      const given = values(frame)
      return isThenable(given)
        ? given.then((list) => fn(...(list as unknown[])))
        : fn(...(given as unknown[]))
    }
  }

  /** Reads several edges, side by side unless something below must not run beside another. */
  #all(edges: readonly Edge[], position: number): Continue {
    const reads = edges.map((edge) => this.read(edge, position))
    const below = reachable(edges.flatMap(nodesBehind))
    return [...below].some((node) => node.isExclusive) ? inTurn(reads) : gather(reads)
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
    const cell = slot === undefined ? extraSlot(node) : frameSlot(slot)
    return (frame) => getOrCreate(frame, cell, node.label, invoke)
  }
}

/** Whether all who ask get one value, so that nothing needs to be kept for one parameter. */
function isShared(edge: Edge): boolean {
  return edge.kind === 'node' && edge.node.scope !== 'transient'
}

/** Deferred edges may form rings, so what is behind one is compiled when it is first asked for. */
function lateBound(compile: () => Continue): Continue {
  let compiled: Continue | undefined
  return (frame) => (compiled ??= compile())(frame)
}
