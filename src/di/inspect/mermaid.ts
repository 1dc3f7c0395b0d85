import type { GroupedGraph, GroupedNode } from './groups.js'

/** The graph as a Mermaid flowchart: scopes by colour, singletons rounded, deferred edges dotted. */
export function mermaidOf({ groups, nodes, edges }: GroupedGraph): string {
  const used = new Set<string>(['routes', ...nodes.map(kindOf)])
  const classes = Object.entries(COLOURS).filter(([kind]) => used.has(kind))
  return [
    'flowchart LR',
    ...groups.map(({ id, title, routes }) => {
      return `  ${id}["${[title, ...routes].map(escaped).join('<br/>')}"]:::routes`
    }),
    ...nodes.map((node) => `  ${node.id}${shape(node)}:::${kindOf(node)}`),
    ...edges.map(({ from, to, isDeferred }) => `  ${from} ${isDeferred ? '-.->' : '-->'} ${to}`),
    ...classes.map(([kind, { fill, stroke }]) => {
      return `  classDef ${kind} fill:${fill},stroke:${stroke},color:#111`
    }),
  ].join('\n')
}

/** What the colour of a node tells. */
export function kindOf({ isMiddleware, scope }: GroupedNode): keyof typeof COLOURS {
  return isMiddleware ? 'middleware' : scope
}

/** The colours of what is drawn; black text is readable on each (WCAG 2.2, 1.4.3). */
export const COLOURS = {
  routes: { fill: '#eef1f5', stroke: '#57606a' },
  middleware: { fill: '#fde8c8', stroke: '#8a5300' },
  request: { fill: '#d8e9ff', stroke: '#0a56a8' },
  singleton: { fill: '#d9f2df', stroke: '#1a6e33' },
  transient: { fill: '#f1e2fb', stroke: '#7a2fa8' },
} as const

function shape({ label, scope }: GroupedNode): string {
  const text = escaped(label)
  return scope === 'singleton' ? `(["${text}"])` : `["${text}"]`
}

/** Mermaid reads entity codes inside quotes. */
function escaped(label: string): string {
  return label
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
}
