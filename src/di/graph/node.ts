import type { Callable } from '../tokens/callable.js'
import type { Component } from '../components/component.js'
import type { DIProblem } from '../errors.js'
import type { Token } from '../tokens/token.js'

/** How long a value lives. */
export type Scope = 'singleton' | 'request' | 'transient'

/** One value of the graph: who makes it, and from what. Shared by every plan that needs it. */
export class Node {
  /** What it is, in messages: `Session`, `Query('page')`, `CookieStore.load()`. */
  readonly label: string
  /** Who makes it, in messages. */
  readonly provider: string
  readonly scope: Scope
  readonly callable: Callable
  readonly component: Component | undefined
  readonly token: Token | undefined
  readonly isExclusive: boolean
  readonly consumesBody: boolean
  /** What the callable's parameters are filled with, in order. */
  edges: readonly Edge[] = []
  /** The object a method is called on, when the injector makes it. */
  receiver: Edge | undefined
  /** Makes the value at start-up without ours, when a container can make all below it by itself. */
  readonly elsewhere: ((node: Node) => (() => unknown) | undefined) | undefined
  /** A singleton's value, once built. */
  value: unknown
  isBuilt = false
  #links: Links | undefined

  constructor(
    facts: Pick<Node, 'label' | 'provider' | 'scope' | 'callable'> &
      Partial<Pick<Node, 'component' | 'token' | 'elsewhere'>>,
  ) {
    this.label = facts.label
    this.provider = facts.provider
    this.scope = facts.scope
    this.callable = facts.callable
    this.component = facts.component
    this.token = facts.token
    this.elsewhere = facts.elsewhere
    this.isExclusive = facts.component?.isExclusive ?? false
    this.consumesBody = facts.component?.consumesBody ?? false
  }

  /** Where its edges lead. Asked for by each plan that needs the node, once it is linked. */
  get links(): Links {
    return (this.#links ??= linksOf(this))
  }
}

/** The edges of a node and the nodes behind them. */
export interface Links {
  /** Every edge, that of the receiver first; the members of `all` are edges of their own. */
  readonly edges: readonly Edge[]
  /** The nodes whose values must exist before the node's function runs. */
  readonly construction: readonly Node[]
  /** The nodes that are made later, when a function of the node's calls for them. */
  readonly deferred: readonly Node[]
}

/** Where a parameter's value comes from. `lazy` and `later` are deferred: made when called. */
export type Edge =
  | { readonly kind: 'node'; readonly node: Node }
  | {
      readonly kind: 'constant'
      readonly value: unknown
      readonly label: string
      readonly token?: Token
    }
  | {
      readonly kind: 'input'
      readonly label: string
      readonly token: Token
    }
  | { readonly kind: 'hooks' | 'resolver' | 'next' }
  | { readonly kind: 'all'; readonly edges: readonly Edge[]; readonly label: string }
  | { readonly kind: 'lazy'; readonly edge: Edge }
  | { readonly kind: 'later'; readonly node: Node }
  | { readonly kind: 'broken'; readonly label: string; readonly problem: DIProblem }

function linksOf(node: Node): Links {
  const edges: Edge[] = []
  const construction: Node[] = []
  const deferred: Node[] = []
  const add = (edge: Edge): void => {
    edges.push(edge)
    if (edge.kind === 'all') edge.edges.forEach(add)
    else if (edge.kind === 'node') construction.push(edge.node)
    else if (edge.kind === 'lazy' || edge.kind === 'later') deferred.push(...nodesBehind(edge))
  }
  if (node.receiver) add(node.receiver)
  node.edges.forEach(add)
  return { edges, construction, deferred }
}

/** The nodes behind an edge, deferred or not: several for `all`. */
export function nodesBehind(edge: Edge): Node[] {
  if (edge.kind === 'all') return edge.edges.flatMap(nodesBehind)
  if (edge.kind === 'lazy') return nodesBehind(edge.edge)
  return edge.kind === 'node' || edge.kind === 'later' ? [edge.node] : []
}

/** The node behind an edge, deferred or not. */
export function nodeOf(edge: Edge): Node | undefined {
  if (edge.kind === 'node' || edge.kind === 'later') return edge.node
  return edge.kind === 'lazy' ? nodeOf(edge.edge) : undefined
}

/** What an edge is called in messages. */
export function labelOf(edge: Edge): string {
  switch (edge.kind) {
    case 'node':
      return edge.node.label
    case 'later':
      return edge.node.label
    case 'lazy':
      return labelOf(edge.edge)
    case 'hooks':
      return 'Hooks'
    case 'resolver':
      return 'Resolver'
    case 'next':
      return 'Next'
    default:
      return edge.label
  }
}
