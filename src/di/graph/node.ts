import type { Binding } from '../components/binding.js'
import type { Component, Consumable, Scope } from '../components/component.js'
import type { DIProblem } from '../errors.js'
import type { Callable } from '../tokens/callable.js'
import type { Parameter } from '../tokens/parameter.js'
import { describeToken, type Token } from '../tokens/token.js'

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
  readonly consumes: Consumable | undefined
  readonly needsHandler: boolean
  /** Whether tsyringe's container can make it, if it can make all below it. */
  readonly isContainerBuilt: boolean
  /** Whether the value exists before anybody asks: it is neither awaited nor disposed. */
  readonly isGiven: boolean
  /** What the callable's parameters are filled with, in order. */
  edges: readonly Edge[] = []
  /** The object a method is called on, when the injector makes it. */
  receiver: Edge | undefined
  /** A singleton's value, once built. */
  value: unknown
  isBuilt = false
  #links: Links | undefined

  constructor(facts: Pick<Node, 'label'> & Binding & Partial<Pick<Node, 'component' | 'token'>>) {
    this.label = facts.label
    this.provider = facts.provider
    this.scope = facts.scope
    this.callable = facts.callable
    this.component = facts.component
    this.token = facts.token
    this.isExclusive = facts.component?.isExclusive ?? false
    this.consumes = facts.component?.consumes
    this.needsHandler = facts.component?.needsHandler ?? false
    this.isContainerBuilt = facts.isContainerBuilt ?? false
    this.isGiven = facts.isGiven ?? false
  }

  /** The edge of the receiver, then those of the parameters. */
  get allEdges(): readonly Edge[] {
    return this.receiver ? [this.receiver, ...this.edges] : this.edges
  }

  /** Where its edges lead. Read by each plan that needs the node, once it is linked. */
  get links(): Links {
    return (this.#links ??= linksOf(this))
  }
}

/** The node of a parameter that a component fills. */
export function nodeFor(binding: Binding, component: Component, { token }: Parameter): Node {
  return new Node({ ...binding, label: describeToken(token), component, token })
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

function linksOf(node: Node): Links {
  const edges: Edge[] = []
  const construction: Node[] = []
  const deferred: Node[] = []
  const add = (edge: Edge): void => {
    edges.push(edge)
    if (edge.isDeferred) deferred.push(...edge.nodes)
    else if (edge.node) construction.push(edge.node)
    else edge.parts.forEach(add)
  }
  node.allEdges.forEach(add)
  return { edges, construction, deferred }
}

/** What anybody may ask of an edge, whatever its kind. */
interface EdgeFacts {
  /** What it is called in messages. */
  readonly label: string
  /** The token of what is no node: the input, `Hooks`, an optional value that is missing. */
  readonly token?: Token | undefined
  /** The node that it leads to, at once or deferred. */
  readonly node?: Node | undefined
  /** The members of `all`, or the one edge inside `lazy`. */
  readonly parts: readonly Edge[]
  /** Every node behind it, at once or deferred. */
  readonly nodes: readonly Node[]
  /** Whether its value is made when a function is called. */
  readonly isDeferred: boolean
  /** Whether each run brings its value: the input, `Hooks`, a `Resolver`, `Next`. */
  readonly isOfRun: boolean
  /** Whether its value is known before any run. */
  readonly isConstant: boolean
  /** A constant's value. */
  readonly value?: unknown
  /** What was wrong with it when it was linked. */
  readonly problem?: DIProblem | undefined
}

/** Where a parameter's value comes from. The functions below make them. */
export type Edge = EdgeFacts &
  (
    | { readonly kind: 'node' | 'later'; readonly node: Node }
    | { readonly kind: 'constant'; readonly value: unknown }
    | { readonly kind: 'lazy'; readonly inner: Edge }
    | { readonly kind: 'input' | 'hooks' | 'resolver' | 'next' | 'all' | 'broken' }
  )

const PLAIN = { parts: [], nodes: [], isDeferred: false, isOfRun: false, isConstant: false }

/** The value of a node. */
export function edgeTo(node: Node): Edge {
  const isConstant = node.scope === 'singleton'
  return { ...PLAIN, kind: 'node', label: node.label, node, nodes: [node], isConstant }
}

/** A function that calls the node's function: `later(store, 'dump')`. */
export function later(node: Node): Edge {
  return { ...PLAIN, kind: 'later', label: node.label, node, nodes: [node], isDeferred: true }
}

/** A function that makes a value on its first call: `lazy(X)`. */
export function lazy(inner: Edge): Edge {
  const { token, nodes, problem } = inner
  const facts = { token, nodes, problem, parts: [inner], isDeferred: true }
  return { ...PLAIN, ...facts, kind: 'lazy', label: `lazy(${inner.label})`, inner }
}

/** The values of several edges: `all(X)`. */
export function all(parts: readonly Edge[], label: string): Edge {
  return { ...PLAIN, kind: 'all', label, parts, nodes: parts.flatMap((part) => part.nodes) }
}

/** A value that is known when the graph is linked. */
export function constant(value: unknown, label: string, token?: Token): Edge {
  return { ...PLAIN, kind: 'constant', label, token, value, isConstant: true }
}

/** What each run brings, or makes for one function. */
export function ofRun(
  kind: 'input' | 'hooks' | 'resolver' | 'next',
  label: string,
  token?: Token,
): Edge {
  return { ...PLAIN, kind, label, token, isOfRun: true }
}

/** A mistake in the place of a value, so that `ready()` can report all of them together. */
export function broken(label: string, problem: DIProblem): Edge {
  return { ...PLAIN, kind: 'broken', label, problem }
}
