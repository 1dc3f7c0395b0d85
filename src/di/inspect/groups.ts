import type { Graph, GraphEdge, GraphNode } from './draw.js'

/** A graph as people look at it: the handlers of a controller are one box, and each value stands once. */
export interface GroupedGraph {
  /** Controllers with their routes; handlers that are functions stand together. */
  readonly groups: readonly {
    readonly id: string
    readonly title: string
    readonly routes: readonly string[]
  }[]
  /** Middleware and values, without the handlers. */
  readonly nodes: readonly GroupedNode[]
  readonly edges: readonly GraphEdge[]
}

export interface GroupedNode extends GraphNode {
  readonly isMiddleware: boolean
}

/** Puts the handlers of each controller together. */
export function groupedOf({ routes, nodes, edges }: Graph): GroupedGraph {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const ids = new Map<string, string>()
  const names = new Map<string, string[]>()
  const groupOf = new Map<string, string>()
  const middleware = new Set<string>()
  const drawn: GraphEdge[] = []
  for (const { name, functions } of routes) {
    const handler = byId.get(functions.at(-1)!)!
    const title = titleOf(handler.label)
    const id = ids.get(title) ?? `g${ids.size}`
    ids.set(title, id)
    names.set(title, [...(names.get(title) ?? []), name])
    groupOf.set(handler.id, id)
    for (const before of functions.slice(0, -1)) {
      middleware.add(before)
      drawn.push({ from: id, to: before, isDeferred: false })
    }
  }
  for (const { from, to, isDeferred } of edges)
    drawn.push({ from: groupOf.get(from) ?? from, to: groupOf.get(to) ?? to, isDeferred })
  return {
    groups: [...ids].map(([title, id]) => ({ id, title, routes: names.get(title)! })),
    nodes: nodes
      .filter(({ id }) => !groupOf.has(id))
      .map((node) => ({ ...node, isMiddleware: middleware.has(node.id) })),
    edges: strongest(drawn),
  }
}

/** `Pages` of `Pages.home`. */
function titleOf(label: string): string {
  const end = label.lastIndexOf('.')
  return end > 0 ? label.slice(0, end) : 'functions'
}

/** One edge for each pair: at once, when one of them is. */
function strongest(edges: readonly GraphEdge[]): GraphEdge[] {
  const found = new Map<string, GraphEdge>()
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to}`
    if (edge.from !== edge.to && (found.get(key)?.isDeferred ?? true)) found.set(key, edge)
  }
  return [...found.values()]
}
