import type { Injectable } from '../tokens/callable.js'
import type { OnDemand } from './on-demand.js'
import type { Frame } from './frame.js'
import { nodesBehind, type Edge, type Node } from '../graph/node.js'
import { Resolver } from '../tokens/resolver.js'
import type { Continue } from './steps.js'
import type { AnyToken, Resolved } from '../tokens/token.js'

/** Links what is asked for while a request runs, as a plan's functions were linked at start-up. */
export interface DynamicLinks {
  token(asked: AnyToken): Edge
  function(fn: Injectable): Node
}

/** One plan's answers to its resolvers: what was asked once is compiled once. */
export class DynamicReads {
  readonly #links: DynamicLinks
  readonly #demands: () => OnDemand
  // Weak, for a handler may make the marker or function that it asks with anew each time.
  readonly #tokens = new WeakMap<AnyToken, Continue>()
  readonly #functions = new WeakMap<Injectable, Continue>()

  constructor(links: DynamicLinks, demands: () => OnDemand) {
    this.#links = links
    this.#demands = demands
  }

  token(asked: AnyToken, position: number): Continue {
    let read = this.#tokens.get(asked)
    if (!read) {
      const edge = this.#links.token(asked)
      this.#demands().admit(nodesBehind(edge), position)
      this.#tokens.set(asked, (read = this.#demands().read(edge, position)))
    }
    return read
  }

  function(fn: Injectable, position: number): Continue {
    let invoke = this.#functions.get(fn)
    if (!invoke) {
      const node = this.#links.function(fn)
      this.#demands().admit([node], position)
      this.#functions.set(fn, (invoke = this.#demands().invoke(node)))
    }
    return invoke
  }
}

/** The `Resolver` of one request. */
export class FrameResolver extends Resolver {
  readonly #frame: Frame
  readonly #position: number
  readonly #reads: DynamicReads

  constructor(frame: Frame, position: number, reads: DynamicReads) {
    super()
    this.#frame = frame
    this.#position = position
    this.#reads = reads
  }

  override get<const Asked extends AnyToken>(
    asked: Asked,
  ): Resolved<Asked> | Promise<Resolved<Asked>> {
    return this.#reads.token(asked, this.#position)(this.#frame) as Resolved<Asked>
  }

  override run<Result>(
    fn: Injectable | ((...values: never[]) => Result),
  ): Result | Promise<Awaited<Result>> {
    return this.#reads.function(fn, this.#position)(this.#frame) as Result
  }
}
