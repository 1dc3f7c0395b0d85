import { DIProblem } from '../errors.js'
import type { Root } from './check.js'
import type { Edge, Node } from './node.js'

/** What a function asks for that only a request has, each with the path to it: for runs without one. */
export function findRequestValues({ name, nodes }: Root): DIProblem[] {
  const visited = new Set<Node>()
  const problems = new Map<string, DIProblem>()
  const visit = (node: Node, path: readonly string[]): void => {
    if (visited.has(node)) return
    visited.add(node)
    const here = [...path, node.label]
    for (const edge of node.allEdges) follow(edge, here)
  }
  const follow = (edge: Edge, path: readonly string[]): void => {
    if (edge.kind === 'input') add([...path, edge.label])
    for (const part of edge.parts) follow(part, path)
    for (const node of edge.nodes) visit(node, path)
  }
  // The function's own parameter says more than what its component is made of.
  const add = (path: readonly string[]): void => {
    const asked = path[1]!
    if (!problems.has(asked)) problems.set(asked, withoutRequest(asked, path, name))
  }
  for (const node of nodes) visit(node, [])
  return [...problems.values()]
}

function withoutRequest(
  asked: string,
  path: readonly string[],
  route: string | undefined,
): DIProblem {
  return new DIProblem({
    code: 'DI_OUTSIDE_REQUEST',
    problem: `${asked} is made of a request, and ${path[0]} runs without one.`,
    path,
    remedy: `Ask for singletons, or pass what you need of ${asked} to the function as a value of your own.`,
    route,
  })
}
