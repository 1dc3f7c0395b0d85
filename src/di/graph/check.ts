import { DIProblem } from '../errors.js'
import { labelOf, nodeOf, type Edge, type Node } from './node.js'

/** A function of a plan and the plan's name, for messages. */
export interface Root {
  readonly name: string | undefined
  readonly nodes: readonly Node[]
}

/**
 * Every mistake in the graph of some functions: those that were found when it was linked come first.
 *
 * @param reached every node of the graph.
 */
export function findMistakes(
  roots: readonly Root[],
  reached: Iterable<Node> = reachable(roots.flatMap((root) => root.nodes)),
): DIProblem[] {
  const nodes = [...reached]
  // Where there is one reader in all, no plan has two.
  const mayReadTwice = nodes.filter((node) => node.consumesBody).length > 1
  return [
    ...findBroken(nodes),
    ...findCycles(roots),
    ...findCaptives(nodes),
    ...(mayReadTwice ? roots.flatMap(findBodyReadTwice) : []),
  ]
}

function findBroken(nodes: readonly Node[]): DIProblem[] {
  const problems: DIProblem[] = []
  for (const node of nodes) {
    for (const edge of node.links.edges) {
      const problem = brokenIn(edge)
      if (problem) problems.push(problem)
    }
  }
  return problems
}

/** What was wrong with an edge when it was linked, for whoever asked first. */
export function brokenIn(edge: Edge): DIProblem | undefined {
  if (edge.kind === 'lazy') return brokenIn(edge.edge)
  return edge.kind === 'broken' ? edge.problem : undefined
}

/** Rings of values that need each other before any of them exists; deferred edges break them. */
function findCycles(roots: readonly Root[]): DIProblem[] {
  const problems: DIProblem[] = []
  const state = new Map<Node, 'open' | 'done'>()
  const trail: Node[] = []
  const visit = (node: Node, plan: string | undefined): void => {
    state.set(node, 'open')
    trail.push(node)
    for (const below of node.links.construction) {
      const seen = state.get(below)
      if (seen === undefined) visit(below, plan)
      else if (seen === 'open') problems.push(cycle(trail.slice(trail.indexOf(below)), plan))
    }
    trail.pop()
    state.set(node, 'done')
  }
  for (const { name, nodes } of roots) {
    for (const node of nodes) if (!state.has(node)) visit(node, name)
  }
  return problems
}

function cycle(ring: readonly Node[], route: string | undefined): DIProblem {
  const labels = ring.map((node) => node.label)
  return new DIProblem({
    code: 'DI_CYCLE',
    problem: `${labels[0]} needs itself before it exists.`,
    path: [...labels, labels[0]!],
    remedy:
      'Take one of them out of the ring, or defer it: lazy(X) gives a function that makes X when called.',
    route,
  })
}

/** Singletons whose closure, however long the chain, reaches a value of one request. */
function findCaptives(nodes: Iterable<Node>): DIProblem[] {
  const problems: DIProblem[] = []
  // What was visited in vain need not be visited for the next one.
  let visited = new Set<Node>()
  for (const node of nodes) {
    if (node.scope !== 'singleton') continue
    const path = pathToRequest(node, visited)
    if (!path) continue
    problems.push(captive(node, path))
    visited = new Set()
  }
  return problems
}

/** The labels from below a node to the first request value, or `undefined` when there is none. */
function pathToRequest(node: Node, visited: Set<Node>): string[] | undefined {
  if (visited.has(node)) return undefined
  visited.add(node)
  const edges = node.receiver ? [node.receiver, ...node.edges] : node.edges
  for (const edge of edges) {
    const path = edgeToRequest(edge, visited)
    if (path) return path
  }
  return undefined
}

function edgeToRequest(edge: Edge, visited: Set<Node>): string[] | undefined {
  if (edge.kind === 'all') {
    for (const one of edge.edges) {
      const path = edgeToRequest(one, visited)
      if (path) return path
    }
    return undefined
  }
  if (edge.kind === 'lazy') return edgeToRequest(edge.edge, visited)
  const below = nodeOf(edge)
  if (!below)
    return edge.kind === 'constant' || edge.kind === 'broken'
      ? undefined
      : [`${labelOf(edge)} (request)`]
  // A planned call lives as long as what it needs; a component lives as long as it says.
  const isDeclared = below.scope === 'request' && below.component !== undefined
  if (isDeclared) return [`${below.label} (request, ${below.provider})`]
  const path = pathToRequest(below, visited)
  return path && [`${below.label} (${below.scope}, ${below.provider})`, ...path]
}

function captive(node: Node, path: readonly string[]): DIProblem {
  const kept = path.at(-1)!.replace(/ \(.*$/, '')
  return new DIProblem({
    code: 'DI_CAPTIVE',
    problem: `the singleton ${node.label} would keep the first request's ${kept} for ever.`,
    path: [`${node.label} (singleton, ${node.provider})`, ...path],
    remedy: `Make ${node.label} live as long as a request (scoped(…), or isSingleton = false), or give ${kept} to the method that needs it.`,
    route: undefined,
  })
}

/** Two components of one plan that each read the body: the second would find it empty. */
function findBodyReadTwice({ name, nodes }: Root): DIProblem[] {
  const readers = [...reachable(nodes)].filter((node) => node.consumesBody)
  if (readers.length < 2) return []
  const labels = readers.map((node) => node.label)
  return [
    new DIProblem({
      code: 'DI_BODY_TWICE',
      problem: `the body of a request can be read once, but ${labels.join(' and ')} each read it.`,
      path: [nodes.at(-1)!.label, labels.join(', ')],
      remedy: 'Ask for the body once, with one schema, and take the parts from it.',
      route: name,
    }),
  ]
}

/** Every node that some nodes need, now or deferred, and they themselves. */
export function reachable(nodes: Iterable<Node>): Set<Node> {
  const found = new Set<Node>()
  const visit = (node: Node): void => {
    if (found.has(node)) return
    found.add(node)
    node.links.construction.forEach(visit)
    node.links.deferred.forEach(visit)
  }
  for (const node of nodes) visit(node)
  return found
}
