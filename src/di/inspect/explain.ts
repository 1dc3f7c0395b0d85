import { batches } from '../plan/batches.js'
import type { Root } from '../graph/check.js'
import { isDisposed } from '../plan/invoke.js'
import type { Layout, Segment } from '../plan/layout.js'
import { labelOf, type Edge, type Node } from '../graph/node.js'

/** A plan as `explain` shows it. */
export interface Explained extends Root {
  layout(): Layout
}

/**
 * Draws what a plan does for each of its functions: every value with its scope, its provider and what
 * it needs, then the order in which they are made, and what ends after the handler.
 */
export function explainPlan(plan: Explained): string {
  const layout = plan.layout()
  const drawn = new Set<Node>()
  const functions = plan.nodes.map((node, index) => {
    const role = index === plan.nodes.length - 1 ? '' : '   middleware'
    return [`${signature(node)}${role}`, ...branches(node, drawn)].join('\n')
  })
  return [
    plan.name,
    ...functions,
    `order: ${layout.segments.map(orderOf).join(' → ')}`,
    `ends: ${endsOf(layout)}`,
    `cost: ${costOf(layout)}`,
  ].join('\n')
}

function signature(node: Node): string {
  return `${node.label}(${node.edges.map(spelling).join(', ')})`
}

function branches(node: Node, drawn: Set<Node>): string[] {
  const edges = node.receiver ? [node.receiver, ...node.edges] : node.edges
  return edges.flatMap((edge, index) => {
    const isLast = index === edges.length - 1
    const [first, ...rest] = branch(edge, drawn)
    return [
      `${isLast ? '└─' : '├─'} ${first!}`,
      ...rest.map((line) => `${isLast ? '   ' : '│  '}${line}`),
    ]
  })
}

function branch(edge: Edge, drawn: Set<Node>): string[] {
  switch (edge.kind) {
    case 'node':
      return below(edge.node, describeNode(edge.node), drawn)
    case 'later':
      return below(edge.node, 'runs when called; planned and checked now', drawn)
    case 'lazy': {
      const [first, ...rest] = branch(edge.edge, drawn)
      return [`${first!}, made on the first call`, ...rest]
    }
    case 'all':
      return [
        edge.label,
        ...edge.edges.flatMap((one) => branch(one, drawn).map((line) => `  ${line}`)),
      ]
    case 'input':
      return [`${edge.label}   given with the request`]
    case 'broken':
      return [`${edge.label}   ??? nothing provides it`]
    case 'constant':
      return [edge.label]
    default:
      return [`${labelOf(edge)}   of this request`]
  }
}

function below(node: Node, words: string, drawn: Set<Node>): string[] {
  const edges = node.receiver || node.edges.length > 0
  if (drawn.has(node)) return [`${node.label}   ${edges ? '(see above)' : words}`]
  if (node.scope !== 'transient') drawn.add(node)
  return [`${node.label}   ${words}`, ...branches(node, drawn)]
}

function describeNode(node: Node): string {
  const scope = node.scope === 'singleton' ? 'singleton, a constant of the plan' : node.scope
  const alone = node.isExclusive ? ', never beside another' : ''
  return `${scope}, ${node.provider}${alone}`
}

/** How a parameter is written: `Session`, `lazy(Db)`, `CookieStore.dump()`. */
function spelling(edge: Edge): string {
  return edge.kind === 'lazy' ? `lazy(${labelOf(edge)})` : labelOf(edge)
}

/** What may run side by side is in one pair of brackets. */
function orderOf(segment: Segment): string {
  const values = segment.steps.filter((step) => step.edge.kind === 'node')
  const names = batches(values).map((batch) => {
    const labels = batch.map((step) => labelOf(step.edge))
    return labels.length === 1 ? labels[0]! : `[${labels.join(' ∥ ')}]`
  })
  return [...names, segment.node.label].join(' → ')
}

/** Who may register hooks or is disposed, in the order they end. */
function endsOf(layout: Layout): string {
  const steps = layout.segments.flatMap((segment) => [
    ...segment.steps.flatMap((step) => (step.edge.kind === 'node' ? [step.edge.node] : [])),
    segment.node,
  ])
  const ending = [...new Set(steps)].filter(
    (node) => isDisposed(node) || node.links.edges.some((edge) => edge.kind === 'hooks'),
  )
  const ordered = ending.toSorted((one, other) => layout.positionOf(other) - layout.positionOf(one))
  return ordered.map((node) => node.label).join(' → ') || 'nothing'
}

function costOf(layout: Layout): string {
  const steps = layout.segments.flatMap((segment) => segment.steps)
  const made = steps.filter((step) => step.edge.kind === 'node')
  const waits = made.filter((step) => step.edge.kind === 'node' && isAsync(step.edge.node)).length
  return `${made.length} ${made.length === 1 ? 'value' : 'values'} a request, ${waits} certainly awaited`
}

function isAsync(node: Node): boolean {
  return node.callable.fn.constructor.name === 'AsyncFunction'
}
