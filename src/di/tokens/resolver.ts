import type { Injectable } from './callable.js'
import type { AnyToken, Resolved } from './token.js'

/**
 * Resolves what is known only while a request runs. Start-up cannot check these tokens, so ask
 * for them as parameters where you can.
 */
export abstract class Resolver {
  /**
   * The value of a token for this request; a promise only when a component is
   * asynchronous, or when a singleton has to be built that no handler asks for.
   *
   * @throws DIError when nothing provides it.
   */
  abstract get<const Wanted extends AnyToken>(
    token: Wanted,
  ): Resolved<Wanted> | Promise<Resolved<Wanted>>

  /**
   * Calls an injected function or method within this request.
   *
   * @throws DIError when one of its parameters cannot be filled.
   */
  abstract run<Result>(
    fn: ((...values: never[]) => Result) | Exclude<Injectable, Function>,
  ): Result | Promise<Awaited<Result>>
}
