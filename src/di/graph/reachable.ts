import type { Node } from './node.js'
import { isSameToken } from '../tokens/marker.js'
import { Parameter } from '../tokens/parameter.js'
import type { Token } from '../tokens/token.js'

/** Some nodes, and every node that they need, now or deferred; of some kinds only where that is asked for. */
export function reachable(
  nodes: Iterable<Node>,
  isWanted: (node: Node) => boolean = () => true,
): Set<Node> {
  const found = new Set<Node>()
  const visit = (node: Node): void => {
    if (found.has(node) || !isWanted(node)) return
    found.add(node)
    node.links.construction.forEach(visit)
    node.links.deferred.forEach(visit)
  }
  for (const node of nodes) visit(node)
  return found
}

/** Some nodes, and every node that has to be made before their functions can be called. */
export function constructed(nodes: Iterable<Node>): Set<Node> {
  const found = new Set<Node>()
  const visit = (node: Node): void => {
    if (found.has(node)) return
    found.add(node)
    node.links.construction.forEach(visit)
  }
  for (const node of nodes) visit(node)
  return found
}

/** Whether a value is made from any of the tokens, however long the chain. */
export function usesToken(node: Node, tokens: readonly Token[]): boolean {
  for (const one of tokensBehind([node]))
    if (tokens.some((token) => isSameToken(token, one))) return true
  return false
}

/** The tokens of some nodes and of all that they need, now or deferred. */
export function* tokensBehind(nodes: readonly Node[]): Generator<Token> {
  for (const node of reachable(nodes)) {
    if (node.token) yield node.token
    for (const { token } of node.links.edges) if (token) yield token
  }
}

/**
 * The parameters below some functions whose components read them: a component that asks for the
 * `Parameter` it fills has it as a constant.
 */
export function parametersBehind(nodes: readonly Node[]): Set<Parameter> {
  const found = new Set<Parameter>()
  const add = (node: Node): void => parametersOf(node).forEach((one) => found.add(one))
  for (const { links } of nodes) {
    links.construction.forEach(add)
    links.deferred.forEach(add)
  }
  return found
}

/** Kept by node: most are below many handlers, and a linked node does not change. */
const known = new WeakMap<Node, readonly Parameter[]>()

function parametersOf(node: Node): readonly Parameter[] {
  let parameters = known.get(node)
  if (!parameters) {
    // What a singleton takes of a request is a mistake of its own, told for the singleton.
    const ofRequest = reachable([node], ({ scope }) => scope !== 'singleton')
    known.set(node, (parameters = [...ofRequest].flatMap(ownParameters)))
  }
  return parameters
}

function ownParameters({ edges }: Node): Parameter[] {
  return edges.flatMap(({ value }) => (value instanceof Parameter ? [value] : []))
}
