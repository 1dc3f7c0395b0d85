import type { Root } from '../graph/check.js'
import type { Scope } from '../components/component.js'
import type { Node } from '../graph/node.js'
import { reachable } from '../graph/reachable.js'

/** The whole graph of an application, as data. */
export interface Graph {
  readonly routes: readonly { readonly name: string; readonly functions: readonly string[] }[]
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** A value or function of the graph. */
export interface GraphNode {
  readonly id: string
  readonly label: string
  readonly provider: string
  readonly scope: Scope
}

/** One value needs another: at once, or only when it calls for it. */
export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly isDeferred: boolean
}

/** The graph of some plans; ids are given in the order the plans were made. */
export function graphOf(plans: readonly (Root & { readonly name: string })[]): Graph {
  const ids = new Map<Node, string>()
  const drawn: GraphNode[] = []
  // Each plan has nodes of its own for the middleware that they share.
  const middleware = new Set(plans.flatMap((plan) => plan.nodes.slice(0, -1)))
  const known = new Map<Function, string>()
  for (const node of reachable(plans.flatMap((plan) => plan.nodes))) {
    const { label, provider, scope, callable } = node
    const isShared = callable.receiver === undefined && middleware.has(node)
    const same = isShared ? known.get(callable.fn) : undefined
    const id = same ?? `n${drawn.length}`
    ids.set(node, id)
    if (same !== undefined) continue
    if (isShared) known.set(callable.fn, id)
    drawn.push({ id, label, provider, scope })
  }
  const edges = [...ids].flatMap(([node, from]) =>
    node.links.edges.flatMap((edge) => {
      const { isDeferred } = edge
      // The members of `all` are edges of their own.
      const below = isDeferred || edge.node ? edge.nodes : []
      return below.map((one) => ({ from, to: ids.get(one)!, isDeferred }))
    }),
  )
  const routes = plans.map(({ name, nodes: functions }) => {
    return { name, functions: functions.map((node) => ids.get(node)!) }
  })
  return { routes, nodes: drawn, edges: uniqueEdges(edges) }
}

function uniqueEdges(edges: readonly GraphEdge[]): GraphEdge[] {
  const seen = new Map(edges.map((edge) => [`${edge.from} ${edge.to} ${edge.isDeferred}`, edge]))
  return [...seen.values()]
}
