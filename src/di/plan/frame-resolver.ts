import type { Callable, Injectable } from '../tokens/callable.js'
import type { Layout } from './layout.js'
import type { OnDemand } from './on-demand.js'
import type { Frame, Continue } from './frame.js'
import type { Linker } from '../graph/linker.js'
import { Resolver } from '../tokens/resolver.js'
import type { AnyToken, Resolved } from '../tokens/token.js'

/** Makes the resolvers of one plan. Each token and function is linked and compiled once. */
export function resolversOf(
  onDemand: OnDemand,
  layout: Layout,
  linker: Linker,
): (frame: Frame, position: number) => FrameResolver {
  // Weak, because a handler may ask with a new marker or function in each request.
  const tokens = new WeakMap<AnyToken, Continue>()
  const functions = new WeakMap<Injectable | Callable, Continue>()
  const readOf = (token: AnyToken, position: number): Continue => {
    let read = tokens.get(token)
    if (!read) {
      const edge = linker.linkToken(token)
      layout.admit(edge.nodes, position)
      tokens.set(token, (read = onDemand.read(edge, position)))
    }
    return read
  }
  const invokeOf = (fn: Injectable | Callable, position: number): Continue => {
    let invoke = functions.get(fn)
    if (!invoke) {
      const node = linker.linkFunction(fn)
      layout.admit([node], position)
      functions.set(fn, (invoke = onDemand.invoke(node)))
    }
    return invoke
  }
  return (frame, position) =>
    new FrameResolver(
      (token) => readOf(token, position)(frame),
      (fn) => invokeOf(fn, position)(frame),
    )
}

/** The `Resolver` of one function in one request. */
export class FrameResolver extends Resolver {
  readonly #get: (token: AnyToken) => unknown
  readonly #run: (fn: Injectable | Callable) => unknown

  constructor(get: (token: AnyToken) => unknown, run: (fn: Injectable | Callable) => unknown) {
    super()
    this.#get = get
    this.#run = run
  }

  override get<const Wanted extends AnyToken>(
    token: Wanted,
  ): Resolved<Wanted> | Promise<Resolved<Wanted>> {
    return this.#get(token) as Resolved<Wanted>
  }

  override run<Result>(
    fn: Injectable | Callable | ((...values: never[]) => Result),
  ): Result | Promise<Awaited<Result>> {
    return this.#run(fn) as Result
  }
}
