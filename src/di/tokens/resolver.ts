import type { Injectable } from './callable.js'
import type { AnyToken, Resolved } from './token.js'

/**
 * Resolves what is known only while a request runs. What is asked for here cannot be checked at
 * start-up; ask for tokens where you can.
 */
export abstract class Resolver {
  /**
   * The value of a token for this request; a promise only when a component is
   * asynchronous, or a singleton is built that no handler asks for.
   *
   * @throws DIError when nothing provides it.
   */
  abstract get<const Asked extends AnyToken>(
    asked: Asked,
  ): Resolved<Asked> | Promise<Resolved<Asked>>

  /**
   * Calls an injected function or method within this request.
   *
   * @throws DIError when one of its parameters cannot be filled.
   */
  abstract run<Result>(
    fn: ((...values: never[]) => Result) | Exclude<Injectable, Function>,
  ): Result | Promise<Awaited<Result>>
}
