import type { Root } from '../graph/check.js'
import { isDisposed } from '../plan/invoke.js'
import { batches, type Layout, type Segment } from '../plan/layout.js'
import type { Edge, Node } from '../graph/node.js'
import { didYouMean } from '../graph/did-you-mean.js'
import { reachable } from '../graph/reachable.js'
import type { Injectable } from '../tokens/callable.js'

/** A plan as `explain` shows it. */
export interface Explained extends Root {
  readonly name: string
  layout(): Layout
}

/**
 * Describes some plans; or all of them, each in a line, with the warnings about their wiring.
 *
 * @throws TypeError when there is no such route, naming the nearest.
 */
export function explainPlans(
  { plans, warnings }: Explainable,
  which: string | Injectable | undefined,
): string {
  if (which !== undefined) return findPlans(plans, which, 'route').map(explainPlan).join('\n\n')
  const notes = warnings.map(({ message }) => `note: ${message}`)
  return [overviewOf(plans), ...plans.flatMap(missingIn), ...notes].join('\n\n')
}

/** What nothing provides; `explain` of the plan says where it is asked for. */
function missingIn(plan: Explained): string[] {
  const edges = [...reachable(plan.nodes)].flatMap((node) => node.allEdges)
  const labels = new Set(edges.flatMap((edge) => (edge.kind === 'broken' ? edge.label : [])))
  return [...labels].map((label) => `${plan.name}   ${label}   ??? nothing provides it`)
}

/** A line for each plan: its functions, the values that a run makes, and what ends after it. */
function overviewOf(plans: readonly Explained[]): string {
  const rows = plans.map((plan) => {
    const layout = plan.layout()
    const functions = plan.nodes.map((node) => node.label).join(' → ')
    const made = new Set(madeIn(layout).map((node) => node.label))
    return [plan.name ?? '', functions, [...made].join(', ') || 'nothing', endsOf(layout)]
  })
  const table = [['route', 'functions', 'made for it', 'ends after it'], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)))
  return table
    .map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('   '))
    .map((line) => line.trimEnd())
    .join('\n')
}

/** What there is to explain. */
interface Explainable {
  readonly plans: readonly Explained[]
  readonly warnings: readonly { readonly message: string }[]
}

/**
 * Describes a plan: for each of its functions every value with its scope, its provider and what it
 * needs, then the order in which the values are made, and what ends after the handler.
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

/**
 * Finds plans by a name (`GET /cart`), a handler, a controller and its method, or a controller with all
 * its methods.
 *
 * @param noun what a plan is called in messages: `route`.
 * @throws TypeError when there is none, naming the nearest.
 */
export function findPlans<Found extends Explained>(
  plans: readonly Found[],
  wanted: string | Injectable,
  noun: string,
): Found[] {
  const found = plans.filter((plan) => isMeant(plan, wanted))
  if (found.length > 0) return found
  const names = plans.map((plan) => plan.name ?? '')
  if (typeof wanted === 'string') {
    const all = names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ')
    throw new TypeError(
      `There is no ${noun} '${wanted}'.${didYouMean(wanted, names)} The ${noun}s are: ${all}.`,
    )
  }
  const name = typeof wanted === 'function' ? wanted.name : String(wanted[1])
  throw new TypeError(`${name || 'That function'} handles no ${noun}.`)
}

function isMeant(plan: Explained, wanted: string | Injectable): boolean {
  if (typeof wanted === 'string') return plan.name === wanted
  const { fn, receiver, receiverClass, method } = plan.nodes.at(-1)!.callable
  if (typeof wanted === 'function') return wanted === fn || wanted === receiverClass
  return (wanted[0] === receiver || wanted[0] === receiverClass) && wanted[1] === method
}

function signature(node: Node): string {
  return `${node.label}(${node.edges.map((edge) => edge.label).join(', ')})`
}

function branches(node: Node, drawn: Set<Node>): string[] {
  const { allEdges } = node
  return allEdges.flatMap((edge, index) => {
    const isLast = index === allEdges.length - 1
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
      const [first, ...rest] = branch(edge.inner, drawn)
      return [`${first!}, made on the first call`, ...rest]
    }
    case 'all':
      return [
        edge.label,
        ...edge.parts.flatMap((one) => branch(one, drawn).map((line) => `  ${line}`)),
      ]
    case 'input':
      return [`${edge.label}   given with the request`]
    case 'broken':
      return [`${edge.label}   ??? nothing provides it`]
    case 'constant':
      return [edge.label]
    default:
      return [`${edge.label}   of this request`]
  }
}

function below(node: Node, words: string, drawn: Set<Node>): string[] {
  const isDrawn = drawn.has(node)
  if (isDrawn) return [`${node.label}   ${node.allEdges.length > 0 ? '(see above)' : words}`]
  if (node.scope !== 'transient') drawn.add(node)
  return [`${node.label}   ${words}`, ...branches(node, drawn)]
}

function describeNode(node: Node): string {
  const scope = node.scope === 'singleton' ? 'singleton, a constant of the plan' : node.scope
  const alone = node.isExclusive ? ', never beside another' : ''
  return `${scope}, ${node.provider}${alone}`
}

/** Values that may be made side by side stand in one pair of brackets. */
function orderOf(segment: Segment): string {
  const values = segment.steps.filter((step) => step.node)
  const names = batches(values).map((batch) => {
    const labels = batch.map((step) => step.edge.label)
    return labels.length === 1 ? labels[0]! : `[${labels.join(' ∥ ')}]`
  })
  return [...names, segment.node.label].join(' → ')
}

/** The values that may register hooks or are disposed, in the order in which they end. */
function endsOf(layout: Layout): string {
  const steps = layout.segments.flatMap((segment) => [
    ...segment.steps.flatMap((step) => step.node ?? []),
    segment.node,
  ])
  const ending = [...new Set(steps)].filter(
    (node) => isDisposed(node) || node.links.edges.some((edge) => edge.kind === 'hooks'),
  )
  const ordered = ending.toSorted((one, other) => layout.positionOf(other) - layout.positionOf(one))
  return ordered.map((node) => node.label).join(' → ') || 'nothing'
}

function costOf(layout: Layout): string {
  const made = madeIn(layout)
  const waits = made.filter(isAsync).length
  return `${made.length} ${made.length === 1 ? 'value' : 'values'} a request, ${waits} certainly awaited`
}

/** The values that a run makes, in their order. */
function madeIn(layout: Layout): Node[] {
  return layout.segments.flatMap(({ steps }) => steps).flatMap((step) => step.node ?? [])
}

function isAsync(node: Node): boolean {
  return node.callable.fn.constructor.name === 'AsyncFunction'
}
