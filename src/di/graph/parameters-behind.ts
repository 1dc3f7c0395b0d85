import { reachable } from './check.js'
import type { Node } from './node.js'
import { Parameter } from '../tokens/parameter.js'

/**
 * The parameters that are filled below some functions by components that look at them: a component that
 * asks for the `Parameter` it fills has it as a constant.
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

/** Kept by node: most are below many handlers, and what is below a node that is linked never changes. */
const known = new WeakMap<Node, readonly Parameter[]>()

function parametersOf(node: Node): readonly Parameter[] {
  let parameters = known.get(node)
  if (!parameters) known.set(node, (parameters = [...reachable([node])].flatMap(ownParameters)))
  return parameters
}

function ownParameters({ edges }: Node): Parameter[] {
  return edges.flatMap((edge) =>
    edge.kind === 'constant' && edge.value instanceof Parameter ? [edge.value] : [],
  )
}
