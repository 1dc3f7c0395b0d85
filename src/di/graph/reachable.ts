import { reachable } from './check.js'
import { Hooks } from '../tokens/hooks.js'
import { type Edge, type Node } from './node.js'
import { isSameToken } from '../components/single-token.js'
import { Resolver } from '../tokens/resolver.js'
import type { Token } from '../tokens/token.js'

/** Whether a value is made from any of the tokens, however long the chain. */
export function usesToken(node: Node, tokens: readonly Token[]): boolean {
  for (const one of tokensBehind([node]))
    if (tokens.some((token) => isSameToken(token, one))) return true
  return false
}

/** The tokens that some nodes ask for, now or deferred, and all below them. */
export function* tokensBehind(nodes: readonly Node[]): Generator<Token> {
  for (const node of reachable(nodes)) {
    if (node.token) yield node.token
    for (const edge of node.links.edges) {
      const token = tokenOf(edge)
      if (token) yield token
    }
  }
}

function tokenOf(edge: Edge): Token | undefined {
  if (edge.kind === 'lazy') return tokenOf(edge.edge)
  if (edge.kind === 'hooks') return Hooks
  if (edge.kind === 'resolver') return Resolver
  return edge.kind === 'input' || edge.kind === 'constant' ? edge.token : undefined
}
