import { FIRST_VALUE, INPUT } from './frame.js'
import type { Edge, Node } from '../graph/node.js'
import { reachable } from '../graph/check.js'

/** One thing to do for a request, in order: make a node's value, or a value that belongs to the frame. */
export interface Step {
  /** What is made: the value of a node, or a frame value such as `Hooks` or a `lazy` function. */
  readonly edge: Edge
  readonly slot: number
  /** Where the arguments are; for a method of an injected object its receiver is first. */
  readonly arguments: readonly number[]
  /** The place of the function that asked, for the order of hooks. */
  readonly position: number
  /** Batches of values that cannot need each other; those of one batch may run side by side. */
  readonly level: number
  readonly mayWait: boolean
  /** It, or what it makes for itself, must not run beside another. */
  readonly isExclusive: boolean
}

/** One function of the pipeline, with the steps that come before it. */
export interface Segment {
  readonly node: Node
  readonly steps: readonly Step[]
  readonly arguments: readonly number[]
  readonly position: number
}

/**
 * Gives every value of one plan a slot and an order. Nodes are shared between plans, so slots are
 * kept here and never on a node.
 */
export class Layout {
  /** What a frame starts as: constants in their slots. */
  readonly template: unknown[]
  /** Nodes that are made when asked for: all below a `lazy` or `later`. */
  readonly demanded: ReadonlySet<Node>
  readonly segments: readonly Segment[]
  readonly #slots = new Map<Node, number>()
  readonly #positions = new WeakMap<Node, number>()
  #admitted = 0
  readonly #levels = new Map<number, number>()
  readonly #laid = new Set<number>()

  constructor(functions: readonly Node[]) {
    this.template = Array.from({ length: FIRST_VALUE }, () => undefined)
    this.demanded = demandedBy(functions)
    for (const [index, node] of positionsOf(functions).entries()) this.#positions.set(node, index)
    for (const node of this.demanded) this.#slot(node)
    this.segments = functions.map((node) => this.#segment(node))
  }

  /** The slot of a node's value, if the plan has one. */
  slotOf(node: Node): number | undefined {
    return this.#slots.get(node)
  }

  /** Where a node stands in the plan: after all it needs. */
  positionOf(node: Node): number {
    return this.#positions.get(node) ?? -1
  }

  /** Places nodes that only a `Resolver` reached: just before who asked, each after all it needs. */
  admit(nodes: readonly Node[], asker: number): void {
    for (const node of positionsOf(nodes)) {
      if (this.#positions.has(node)) continue
      this.#admitted += 1
      this.#positions.set(node, asker - 1 / (1 + this.#admitted))
    }
  }

  #segment(node: Node): Segment {
    // What an earlier segment made is there: nothing of this one waits for it.
    this.#levels.clear()
    const steps: Step[] = []
    const slots = this.#arguments(node, steps)
    const ordered = steps.toSorted(
      (one, other) => one.level - other.level || Number(one.mayWait) - Number(other.mayWait),
    )
    return { node, steps: ordered, arguments: slots, position: this.positionOf(node) }
  }

  #arguments(node: Node, steps: Step[]): number[] {
    const edges =
      node.receiver && !isConstant(node.receiver) ? [node.receiver, ...node.edges] : node.edges
    return edges.map((edge) => this.#edge(edge, this.positionOf(node), steps))
  }

  /** The slot that holds an edge's value, after adding the steps that fill it. */
  #edge(edge: Edge, position: number, steps: Step[]): number {
    switch (edge.kind) {
      case 'input':
        return INPUT
      case 'constant':
        return this.#fresh(edge.value)
      case 'node':
        return this.#node(edge, steps)
      case 'all':
        return this.#made(
          edge,
          position,
          steps,
          edge.edges.map((one) => this.#edge(one, position, steps)),
        )
      default:
        return this.#made(edge, position, steps, [])
    }
  }

  #node(edge: Edge & { kind: 'node' }, steps: Step[]): number {
    const { node } = edge
    if (node.scope === 'singleton') return this.#constant(node)
    const slot = node.scope === 'transient' ? this.#fresh(undefined) : this.#slot(node)
    if (this.#laid.has(slot)) return slot
    this.#laid.add(slot)
    const slots = this.demanded.has(node) ? this.#below(node, steps) : this.#arguments(node, steps)
    this.#add(
      {
        edge,
        slot,
        arguments: slots,
        position: this.positionOf(node),
        mayWait: mayWait(node),
        isExclusive: node.isExclusive || (this.demanded.has(node) && ownsExclusive(node)),
      },
      steps,
    )
    return slot
  }

  /** What is made on demand makes its transients itself; the request's values below it come first as ever. */
  #below(node: Node, steps: Step[]): number[] {
    return node.links.construction.flatMap((below) =>
      below.scope === 'transient'
        ? this.#below(below, steps)
        : [this.#node({ kind: 'node', node: below }, steps)],
    )
  }

  #made(edge: Edge, position: number, steps: Step[], slots: readonly number[]): number {
    const slot = this.#fresh(undefined)
    this.#add({ edge, slot, arguments: slots, position, mayWait: false, isExclusive: false }, steps)
    return slot
  }

  #add(step: Omit<Step, 'level'>, steps: Step[]): void {
    const level = Math.max(0, ...step.arguments.map((slot) => this.#levels.get(slot) ?? 0))
    this.#levels.set(step.slot, level + Number(step.mayWait))
    steps.push({ ...step, level })
  }

  #constant(node: Node): number {
    const known = this.#slots.get(node)
    if (known !== undefined) return known
    const slot = this.#fresh(node.value)
    this.#slots.set(node, slot)
    return slot
  }

  #slot(node: Node): number {
    let slot = this.#slots.get(node)
    if (slot === undefined)
      this.#slots.set(node, (slot = this.#fresh(this.demanded.has(node) ? UNSET : undefined)))
    return slot
  }

  #fresh(value: unknown): number {
    return this.template.push(value) - 1
  }
}

/** Marks the slot of a value that is made when asked for and was not asked for yet. */
export const UNSET = Symbol('not made yet')

/** Whether an edge's value is known before any request. */
export function isConstant(edge: Edge): boolean {
  return edge.kind === 'constant' || (edge.kind === 'node' && edge.node.scope === 'singleton')
}

/** A class is built at once; any other function may return a promise. */
function mayWait(node: Node): boolean {
  return node.callable.kind !== 'constructor'
}

/** Whether an exclusive transient is made together with a value that is made on demand. */
function ownsExclusive(node: Node): boolean {
  return node.links.construction.some(
    (below) => below.scope === 'transient' && (below.isExclusive || ownsExclusive(below)),
  )
}

/** The request's values below a deferred edge; all of them when a `Resolver` may ask for any. */
function demandedBy(functions: readonly Node[]): Set<Node> {
  const everything = [...reachable(functions)]
  const isDynamic = everything.some((node) =>
    node.links.edges.some((edge) => edge.kind === 'resolver'),
  )
  const roots = isDynamic
    ? everything
    : reachable(everything.flatMap((node) => node.links.deferred))
  return new Set([...roots].filter((node) => node.scope === 'request'))
}

/**
 * The nodes of a plan, each after all it is made from, and after what it may make later unless that
 * needs the node itself. Hooks run through it backwards, so nothing ends before what depends on it.
 */
function positionsOf(functions: readonly Node[]): Node[] {
  const order: Node[] = []
  const seen = new Set<Node>()
  const open = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    open.add(node)
    const postponed: Node[] = []
    node.links.construction.forEach(visit)
    for (const below of node.links.deferred) {
      if ([...reachable([below])].some((one) => open.has(one))) postponed.push(below)
      else visit(below)
    }
    open.delete(node)
    order.push(node)
    postponed.forEach(visit)
  }
  functions.forEach(visit)
  return order
}
