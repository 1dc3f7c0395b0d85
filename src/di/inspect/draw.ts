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
export function graphOf(plans: readonly Root[]): Graph {
  const ids = new Map<Node, string>()
  for (const node of reachable(plans.flatMap((plan) => plan.nodes))) ids.set(node, `n${ids.size}`)
  const nodes = [...ids].map(([{ label, provider, scope }, id]) => ({ id, label, provider, scope }))
  const edges = [...ids].flatMap(([node, from]) =>
    node.links.edges.flatMap((edge) => {
      const { isDeferred } = edge
      // The members of `all` are edges of their own.
      const below = isDeferred || edge.node ? edge.nodes : []
      return below.map((one) => ({ from, to: ids.get(one)!, isDeferred }))
    }),
  )
  const routes = plans.map(({ name, nodes: functions }) => {
    return { name: name ?? '', functions: functions.map((node) => ids.get(node)!) }
  })
  return { routes, nodes, edges: uniqueEdges(edges) }
}

/** The graph as a Mermaid flowchart: singletons are rounded, deferred edges dotted. */
export function mermaidOf(plans: readonly Root[]): string {
  const { routes, nodes, edges } = graphOf(plans)
  return [
    'flowchart LR',
    ...routes.map(({ name }, index) => `  r${index}[/"${escaped(name)}"/]`),
    ...nodes.map(({ id, label, scope }) => {
      const [open, close] = scope === 'singleton' ? ['(["', '"])'] : ['["', '"]']
      return `  ${id}${open}${escaped(label)}${close}`
    }),
    ...routes.flatMap(({ functions }, index) => functions.map((id) => `  r${index} --> ${id}`)),
    ...edges.map(({ from, to, isDeferred }) => `  ${from} ${isDeferred ? '-.->' : '-->'} ${to}`),
  ].join('\n')
}

function uniqueEdges(edges: readonly GraphEdge[]): GraphEdge[] {
  const seen = new Map(edges.map((edge) => [`${edge.from} ${edge.to} ${edge.isDeferred}`, edge]))
  return [...seen.values()]
}

/** Mermaid reads entity codes inside quotes. */
function escaped(label: string): string {
  return label
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
}
