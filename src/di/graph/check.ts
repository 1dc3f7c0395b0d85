import { DIProblem } from '../errors.js'
import type { Consumable } from '../components/component.js'
import { isByName } from '../tokens/marker.js'
import type { Token } from '../tokens/token.js'
import type { Edge, Node } from './node.js'
import { reachable } from './reachable.js'

/** The functions of a plan and its name, for messages. */
export interface Root {
  readonly name: string | undefined
  readonly nodes: readonly Node[]
}

/**
 * Every mistake in the graph of some functions. Mistakes that were found while it was linked come
 * first.
 *
 * @param reached every node of the graph.
 */
export function findMistakes(
  roots: readonly Root[],
  reached: Iterable<Node> = reachable(roots.flatMap((root) => root.nodes)),
): DIProblem[] {
  const nodes = [...reached]
  // One consumer in the whole graph cannot be two in a plan.
  const mayConsumeTwice = nodes.filter((node) => node.consumes).length > 1
  return [
    ...findBroken(nodes),
    ...findCycles(roots),
    ...findCaptives(nodes),
    ...(mayConsumeTwice ? roots.flatMap(findConsumedTwice) : []),
  ]
}

function findBroken(nodes: readonly Node[]): DIProblem[] {
  return nodes.flatMap((node) => node.links.edges.flatMap(({ problem }) => problem ?? []))
}

/** Rings of values that need each other before any of them exists. A deferred edge breaks a ring. */
function findCycles(roots: readonly Root[]): DIProblem[] {
  const problems: DIProblem[] = []
  const state = new Map<Node, 'open' | 'done'>()
  const trail: Node[] = []
  const visit = (node: Node, route: string | undefined): void => {
    state.set(node, 'open')
    trail.push(node)
    for (const below of node.links.construction) {
      const seen = state.get(below)
      if (seen === undefined) visit(below, route)
      else if (seen === 'open') problems.push(cycle(trail.slice(trail.indexOf(below)), route))
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

/** Singletons that would keep a value of one request, however long the chain to it. */
function findCaptives(nodes: Iterable<Node>): DIProblem[] {
  const problems: DIProblem[] = []
  // Nodes that lead to no request value need no second visit.
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

/** A step of the path to a value of a request. */
interface Step {
  readonly label: string
  readonly token: Token | undefined
  readonly maker: string
}

/** The steps from below a node to the first request value, or `undefined` when there is none. */
function pathToRequest(node: Node, visited: Set<Node>): Step[] | undefined {
  if (visited.has(node)) return undefined
  visited.add(node)
  for (const edge of node.allEdges) {
    const path = edgeToRequest(edge, visited)
    if (path) return path
  }
  return undefined
}

function edgeToRequest(edge: Edge, visited: Set<Node>): Step[] | undefined {
  for (const part of edge.parts) {
    const path = edgeToRequest(part, visited)
    if (path) return path
  }
  const { node, label, token } = edge
  if (!node) return edge.isOfRun ? [{ label, token, maker: 'request' }] : undefined
  // A planned call lives as long as what it needs; a component lives as long as it says.
  const isDeclared = node.scope === 'request' && node.component !== undefined
  const maker = `${isDeclared ? 'request' : node.scope}, ${node.provider}`
  const step = { label: node.label, token: node.token, maker }
  if (isDeclared) return [step]
  const path = pathToRequest(node, visited)
  return path && [step, ...path]
}

function captive(node: Node, path: readonly Step[]): DIProblem {
  const kept = path.at(-1)!
  const own = { label: node.label, maker: `singleton, ${node.provider}` }
  return new DIProblem({
    code: 'DI_CAPTIVE',
    problem: `the singleton ${node.label} would keep the first request's ${kept.label} for ever.`,
    path: [own, ...path].map(({ label, maker }) => `${label} (${maker})`),
    remedy: isByName(kept.token)
      ? settingInstead(node, kept.token.details[0] as string, kept.label)
      : `Make ${node.label} live as long as a request (scoped(…), or isSingleton = false), or give ${kept.label} to the method that needs it.`,
    route: undefined,
  })
}

/** A plain type in a singleton is meant to be a setting. */
function settingInstead({ label, callable }: Node, name: string, parameter: string): string {
  const type = parameter.slice(name.length + 2)
  const named =
    callable.kind === 'constructor'
      ? `@Inject(${name}, …) on the class`
      : `singleton(${label}, [${name}], …)`
  return `A parameter of that type is one of the path, by its name. For a setting make a token, \`const ${name} = token<${type}>('${name}')\`, add value(${name}, …) to the components, and name the token: ${named}.`
}

/** Components of one plan that use up the same thing: the second would find nothing. */
function findConsumedTwice({ name, nodes }: Root): DIProblem[] {
  const byConsumable = new Map<Consumable, Node[]>()
  for (const node of reachable(nodes)) {
    const { consumes } = node
    if (consumes) byConsumable.set(consumes, [...(byConsumable.get(consumes) ?? []), node])
  }
  return [...byConsumable].flatMap(([consumable, users]) => {
    if (users.length < 2) return []
    const { code, remedy } = consumable
    const labels = users.map((node) => node.label)
    const path = [nodes.at(-1)!.label, labels.join(', ')]
    return [new DIProblem({ code, problem: consumable.problem(labels), path, remedy, route: name })]
  })
}
