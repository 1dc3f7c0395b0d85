import { textOf, type RandomNode } from './random-graph.js'

/** What a graph gives when it is resolved in the simplest way: by recursion, with one cache. */
export class NaiveResolver {
  /** How often each value was made, by its index. */
  readonly counts: number[]
  /** The values that fail and are reached. */
  readonly failing = new Set<number>()
  /** Whether something that is reached waits. */
  isAsync = false
  readonly #nodes: readonly RandomNode[]
  readonly #cache = new Map<number, string>()

  constructor(nodes: readonly RandomNode[]) {
    this.#nodes = nodes
    this.counts = nodes.map(() => 0)
  }

  text(index: number): string {
    const node = this.#nodes[index]!
    const known = this.#cache.get(index)
    if (known !== undefined && node.scope !== 'transient') return known
    this.counts[index]! += 1
    if (node.scope !== 'singleton') {
      if (node.waits !== undefined) this.isAsync = true
      if (node.ending === 'error') this.failing.add(index)
    }
    const needs = node.needs.filter(({ way }) => way !== 'lazy, never called')
    const text = textOf(
      index,
      needs.map((need) => ({ text: this.text(need.index) })),
    )
    this.#cache.set(index, text)
    return text
  }
}
