import { FIRST_VALUE, INPUT, UNSET } from './frame.js'
import { edgeTo, type Edge, type Node } from '../graph/node.js'
import { demandedBy, positionsOf } from './order.js'

/** One value to make for a request: a node's, or one that belongs to the frame. */
export interface Step {
  /** A frame value such as `Hooks` or a `lazy` function, or the value of a node. */
  readonly edge: Edge
  /** The node whose value is made, if it is one's. */
  readonly node: Node | undefined
  readonly slot: number
  /** The slots of the arguments; for a method of an injected object its receiver is first. */
  readonly arguments: readonly number[]
  /** The position of its function, for the order of hooks. */
  readonly position: number
  /** Values of one level do not need each other, so they may run side by side. */
  readonly level: number
  readonly mayWait: boolean
  /** Whether it, or a transient made with it, must not run beside another. */
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
 * Gives every value of one plan a slot and an order. Nodes are shared between plans, so the layout
 * keeps the slots, and never a node.
 */
export class Layout {
  /** What a frame starts as: constants in their slots. */
  readonly template: unknown[]
  /** Nodes that are made on demand: all below a `lazy` or `later`. */
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

  /** Places nodes that only a `Resolver` reached: just before its function, each after all it needs. */
  admit(nodes: readonly Node[], position: number): void {
    for (const node of positionsOf(nodes)) {
      if (this.#positions.has(node)) continue
      this.#admitted += 1
      this.#positions.set(node, position - 1 / (1 + this.#admitted))
    }
  }

  #segment(node: Node): Segment {
    // Values of an earlier segment exist already, so nothing of this one waits for them.
    this.#levels.clear()
    const steps: Step[] = []
    const slots = this.#arguments(node, steps)
    const ordered = steps.toSorted(
      (one, other) => one.level - other.level || Number(one.mayWait) - Number(other.mayWait),
    )
    return { node, steps: ordered, arguments: slots, position: this.positionOf(node) }
  }

  #arguments(node: Node, steps: Step[]): number[] {
    return argumentEdges(node).map((edge) => this.#edge(edge, this.positionOf(node), steps))
  }

  /** The slot that holds an edge's value, after adding the steps that fill it. */
  #edge(edge: Edge, position: number, steps: Step[]): number {
    switch (edge.kind) {
      case 'input':
        return INPUT
      case 'constant':
        return this.#fresh(edge.value)
      case 'node':
        return this.#node(edge.node, edge, steps)
      case 'all':
        return this.#made(
          edge,
          position,
          steps,
          edge.parts.map((one) => this.#edge(one, position, steps)),
        )
      default:
        return this.#made(edge, position, steps, [])
    }
  }

  #node(node: Node, edge: Edge, steps: Step[]): number {
    if (node.scope === 'singleton') return this.#constant(node)
    const slot = node.scope === 'transient' ? this.#fresh(undefined) : this.#slot(node)
    if (this.#laid.has(slot)) return slot
    this.#laid.add(slot)
    const slots = this.demanded.has(node) ? this.#below(node, steps) : this.#arguments(node, steps)
    this.#add(
      {
        edge,
        node,
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

  /** A value on demand makes its transients itself; the request's values below it are steps of their own. */
  #below(node: Node, steps: Step[]): number[] {
    return node.links.construction.flatMap((below) =>
      below.scope === 'transient'
        ? this.#below(below, steps)
        : [this.#node(below, edgeTo(below), steps)],
    )
  }

  #made(edge: Edge, position: number, steps: Step[], slots: readonly number[]): number {
    const slot = this.#fresh(undefined)
    const step = { edge, node: undefined, slot, arguments: slots, position }
    this.#add({ ...step, mayWait: false, isExclusive: false }, steps)
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

/** The edges that fill a function's arguments; a receiver that is known is bound to the function instead. */
export function argumentEdges(node: Node): readonly Edge[] {
  return node.receiver?.isConstant ? node.edges : node.allEdges
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

/** Steps of one level that may wait run side by side; others, and exclusive ones, run alone. */
export function batches(steps: readonly Step[]): Step[][] {
  const found: Step[][] = []
  let open: Step[] | undefined
  const alone: Step[] = []
  const close = (): void => {
    found.push(...alone.splice(0).map((one) => [one]))
    open = undefined
  }
  for (const one of steps) {
    if (
      !one.mayWait ||
      (open && open[0]!.level !== one.level) ||
      (alone.length > 0 && alone[0]!.level !== one.level)
    )
      close()
    if (!one.mayWait) found.push([one])
    else if (one.isExclusive) alone.push(one)
    else if (open) open.push(one)
    else found.push((open = [one]))
  }
  close()
  return found
}
