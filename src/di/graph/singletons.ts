import { DIError, DIProblem } from '../errors.js'
import { labelOf, type Edge, type Node } from './node.js'

/** Builds an application's singletons, dependencies first, and disposes them in reverse. */
export class Singletons {
  readonly #built: Node[] = []
  readonly #pending = new Map<Node, Promise<unknown>>()
  #isDisposed = false

  /**
   * Builds every singleton among the nodes that is not built yet, one after the other.
   *
   * @throws DIError when a factory throws; what was built before stays, for `dispose`.
   */
  async build(nodes: Iterable<Node>): Promise<void> {
    for (const node of nodes) if (node.scope === 'singleton') await this.#one(node, [])
  }

  /**
   * Disposes the built singletons, the last one first. Each is tried; errors are joined. What is being
   * made is waited for, or nobody would end it; nothing is built any more.
   *
   * @throws AggregateError when some could not be disposed.
   */
  async dispose(): Promise<void> {
    this.#isDisposed = true
    await Promise.allSettled(this.#pending.values())
    const errors: unknown[] = []
    for (const node of this.#built.splice(0).reverse()) {
      const { value } = node
      node.isBuilt = false
      node.value = undefined
      try {
        await node.component?.dispose?.(value)
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0)
      throw new AggregateError(errors, `${errors.length} singletons could not be disposed`)
  }

  #one(node: Node, path: readonly string[]): unknown {
    if (node.isBuilt) return node.value
    let pending = this.#pending.get(node)
    if (!pending) {
      pending = this.#make(node, [...path, node.label]).finally(() => this.#pending.delete(node))
      this.#pending.set(node, pending)
    }
    return pending
  }

  async #make(node: Node, path: readonly string[]): Promise<unknown> {
    const value = await this.#call(node, path)
    if (node.scope !== 'singleton') return value
    node.value = value
    node.isBuilt = true
    this.#built.push(node)
    return value
  }

  async #call(node: Node, path: readonly string[]): Promise<unknown> {
    const elsewhere = node.elsewhere?.(node)
    const receiver = node.receiver && (await this.#edge(node.receiver, path))
    const values = await this.#all(elsewhere ? kept(node.edges) : node.edges, path)
    const { fn, kind } = node.callable
    if (this.#isDisposed && node.scope === 'singleton')
      throw new Error('The application was closed.')
    try {
      if (elsewhere) return elsewhere()
      if (kind === 'constructor') return Reflect.construct(fn, values)
      return await (Reflect.apply(fn, receiver ?? node.callable.receiver, values) as unknown)
    } catch (cause) {
      throw new DIError([constructionProblem(node, path, cause)])
    }
  }

  async #edge(edge: Edge, path: readonly string[]): Promise<unknown> {
    switch (edge.kind) {
      case 'node':
        return edge.node.scope === 'singleton'
          ? this.#one(edge.node, path)
          : this.#make(edge.node, [...path, edge.node.label])
      case 'constant':
        return edge.value
      case 'all':
        return this.#all(edge.edges, path)
      case 'lazy':
        return this.#lazy(edge.edge, path)
      case 'later':
        return () => this.#call(edge.node, path)
      default:
        // The captive check refuses these before anything is built.
        throw new TypeError(`${labelOf(edge)} does not exist outside a request`)
    }
  }

  /** One after the other: when one fails, none is left being built behind the error's back. */
  async #all(edges: readonly Edge[], path: readonly string[]): Promise<unknown[]> {
    const values: unknown[] = []
    for (const edge of edges) values.push(await this.#edge(edge, path))
    return values
  }

  /** A singleton is kept by its node; anything else belongs to the parameter, and is kept here. */
  #lazy(edge: Edge, path: readonly string[]): () => unknown {
    if (edge.kind === 'node' && edge.node.scope === 'singleton') return () => this.#edge(edge, path)
    let made: unknown
    return () => (made ??= this.#edge(edge, path))
  }
}

/** The singletons among some edges: made first, whoever makes what needs them. */
function kept(edges: readonly Edge[]): Edge[] {
  return edges.filter((edge) => edge.kind === 'node' && edge.node.scope === 'singleton')
}

function constructionProblem(node: Node, path: readonly string[], cause: unknown): DIProblem {
  return new DIProblem({
    code: 'DI_CONSTRUCTION',
    problem: `${node.provider} could not make ${node.label}${cause instanceof Error ? ` (${cause.name}); the cause has the details` : ''}.`,
    path,
    remedy: `Look at this error's \`cause\`: it is what ${node.callable.name} threw.`,
    route: undefined,
    cause,
  })
}
