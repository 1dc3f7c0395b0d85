import { DIError, DIProblem } from '../errors.js'
import { resolve } from '../components/tsyringe/registry.js'
import { FIRST_VALUE, isThenable, type Frame, type Call } from './frame.js'
import { disposeSingleton, keep, letGo } from './disposal.js'
import { functionOf } from './invoke.js'
import { Layout } from './layout.js'
import type { Node } from '../graph/node.js'
import { OnDemand } from './on-demand.js'

/** Builds an application's singletons, dependencies first, and disposes them in reverse. */
export class Singletons {
  readonly #built: Made[] = []
  readonly #pending = new Map<Node, Promise<void>>()
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
   * Disposes the built singletons, the last one first. Each is tried; errors are joined. It waits for
   * singletons that are being made, so that they are disposed too; none is started any more.
   *
   * @throws AggregateError when some could not be disposed.
   */
  async dispose(): Promise<void> {
    this.#isDisposed = true
    await Promise.allSettled(this.#pending.values())
    const errors: unknown[] = []
    for (const made of this.#built.splice(0).reverse()) {
      if (made.node.scope === 'singleton') {
        made.node.isBuilt = false
        made.node.value = undefined
      }
      try {
        await this.#end(made)
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0)
      throw new AggregateError(errors, `${errors.length} singletons could not be disposed`)
  }

  async #end({ node, value, isFirst }: Made): Promise<void> {
    const isLast = isFirst && letGo(value as object, this)
    if (node.isGiven) return
    if (node.component?.dispose) await node.component.dispose(value)
    else if (isLast) await disposeSingleton(node, value)
  }

  #keep(node: Node, value: unknown): void {
    const isFirst = keep(value, this)
    if (node.isGiven) keep(value)
    this.#built.push({ node, value, isFirst })
  }

  /** Returns a promise, or `undefined` when the node is built. */
  #one(node: Node, above: readonly string[]): Promise<void> | undefined {
    if (node.isBuilt) return undefined
    let pending = this.#pending.get(node)
    if (!pending) {
      pending = this.#make(node, [...above, node.label]).finally(() => this.#pending.delete(node))
      this.#pending.set(node, pending)
    }
    return pending
  }

  /** Resolves to nothing: a promise would await a value that has `then`, such as a mock. */
  async #make(node: Node, path: readonly string[]): Promise<void> {
    await this.#below(node, path)
    const call = (below: Node, fn: Call): Call => this.#guarded(below, fn, node, path)
    const onDemand = new OnDemand(new Layout([]), {
      buildSingleton: (below) => this.#one(below, path),
      functionOf: (below) => call(below, functionOf(below)),
      // When one fails, none is left being built behind the error's back.
      isInTurn: true,
    })
    const frame: Frame = Array.from({ length: FIRST_VALUE }, () => undefined)
    const made = isOfContainer(node)
      ? call(node, () => resolve(node.token!))()
      : onDemand.invoke(node)(frame)
    node.value = exists(node) && !(made instanceof Promise) ? made : await made
    node.isBuilt = true
    this.#keep(node, node.value)
  }

  /** Builds the singletons that a node is made from, those behind its transients too. */
  async #below(node: Node, path: readonly string[]): Promise<void> {
    for (const below of node.links.construction) {
      if (below.scope === 'singleton') await this.#one(below, path)
      else await this.#below(below, [...path, below.label])
    }
  }

  /** A function whose error says what could not be made, and the path to it. */
  #guarded(node: Node, fn: Call, singleton: Node, path: readonly string[]): Call {
    const fail = (cause: unknown): never => {
      const below = pathBetween(singleton, node)
      throw new DIError([constructionProblem(node, [...path, ...below], cause)])
    }
    const keepBelow = (made: unknown): unknown => {
      if (node !== singleton && node.scope === 'transient') this.#keep(node, made)
      return made
    }
    return (...values) => {
      if (this.#isDisposed && node === singleton) throw new Error('The application was closed.')
      try {
        const made = fn(...values)
        if (isThenable(made) && !exists(node)) return Promise.resolve(made).then(keepBelow, fail)
        return keepBelow(made)
      } catch (cause) {
        return fail(cause)
      }
    }
  }
}

/** A singleton, or a transient that was made for one. */
interface Made {
  readonly node: Node
  readonly value: unknown
  /** Whether no singleton before it has the same value. */
  readonly isFirst: boolean
}

/** Whether a node's function gives what is no promise, even if it has `then`. */
function exists(node: Node): boolean {
  return node.isGiven || node.callable.kind === 'constructor'
}

/**
 * Whether tsyringe's container makes a class and all below it. Then our singleton is the one that
 * `container.resolve` gives elsewhere; any other class is built with the values our graph has for it.
 */
function isOfContainer(node: Node): boolean {
  return (
    node.isContainerBuilt &&
    node.allEdges.every((edge) => edge.node && !edge.isDeferred && isOfContainer(edge.node))
  )
}

/** The labels from below a singleton to a node that is made for it. */
function pathBetween(from: Node, to: Node, visited = new Set<Node>()): string[] {
  if (from === to || visited.has(from)) return []
  visited.add(from)
  for (const below of [...from.links.construction, ...from.links.deferred]) {
    if (below === to) return [below.label]
    const path = pathBetween(below, to, visited)
    if (path.length > 0) return [below.label, ...path]
  }
  return []
}

function constructionProblem(node: Node, path: readonly string[], cause: unknown): DIProblem {
  return new DIProblem({
    code: 'DI_CONSTRUCTION',
    problem: `${node.provider} could not make ${node.label}${cause instanceof Error ? `: it threw ${cause.name}` : ''}.`,
    path,
    remedy: "Look at this error's `cause`: its message is not repeated here.",
    route: undefined,
    cause,
  })
}
