import type { Injectable } from './callable.js'
import type { Demands } from './demand.js'
import type { Frame } from './frame.js'
import type { Edge, Node } from './node.js'
import { Resolver } from './resolver.js'
import type { Continue } from './steps.js'
import type { AnyToken, Resolved } from './token.js'

/** Links what is asked for while a request runs, as a plan's functions were linked at start-up. */
export interface DynamicLinks {
  token(asked: AnyToken): Edge
  function(fn: Injectable): Node
}

/** One plan's answers to its resolvers: what was asked once is compiled once. */
export class DynamicReads {
  readonly #links: DynamicLinks
  readonly #demands: () => Demands
  readonly #tokens = new Map<AnyToken, Continue>()
  readonly #functions = new Map<Injectable, Continue>()

  constructor(links: DynamicLinks, demands: () => Demands) {
    this.#links = links
    this.#demands = demands
  }

  token(asked: AnyToken, position: number): Continue {
    let read = this.#tokens.get(asked)
    if (!read)
      this.#tokens.set(asked, (read = this.#demands().read(this.#links.token(asked), position)))
    return read
  }

  function(fn: Injectable): Continue {
    let invoke = this.#functions.get(fn)
    if (!invoke)
      this.#functions.set(fn, (invoke = this.#demands().invoke(this.#links.function(fn))))
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
    return this.#reads.function(fn)(this.#frame) as Result
  }
}
