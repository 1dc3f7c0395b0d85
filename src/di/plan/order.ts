import type { Node } from '../graph/node.js'
import { reachable } from '../graph/reachable.js'
import { Resolver } from '../tokens/resolver.js'

/** The request's values below a deferred edge; all of them when a `Resolver` may ask for any. */
export function demandedBy(functions: readonly Node[]): Set<Node> {
  const everything = [...reachable(functions)]
  const isDynamic = everything.some((node) =>
    node.links.edges.some((edge) => edge.token === Resolver),
  )
  const roots = isDynamic
    ? everything
    : reachable(everything.flatMap((node) => node.links.deferred))
  return new Set([...roots].filter((node) => node.scope === 'request'))
}

/**
 * The nodes of a plan, each after all it is made from, and after what it may make later unless that
 * needs the node itself. Hooks run in the reverse order, so that nothing ends before its users.
 */
export function positionsOf(functions: readonly Node[]): Node[] {
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
