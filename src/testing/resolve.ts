import { callable, describeToken, inject, Injector, Parameter, value } from '../di/index.js'
import type { Component, Resolved, Token } from '../di/index.js'

/** Pairs of a token and its value. */
export type Given<Tokens extends readonly Token[]> = {
  readonly [Index in keyof Tokens]: readonly [token: Tokens[Index], value: Resolved<Tokens[Index]>]
}

/**
 * Calls one injected function or method with values made by hand: no application, no server.
 *
 * ```ts
 * const session = await resolve([store, 'load'], [[Cookies, cookies], [Redis, redis]])
 * ```
 *
 * Nothing else is provided: a parameter without a value is an error, unless it is `optional`. The `Hooks` of a
 * component are given like any other value.
 *
 * @throws Error that names the parameter without a value. Errors of the function are thrown unchanged.
 */
export function resolve<Result, const Tokens extends readonly Token[]>(
  fn: (...injected: never[]) => Result,
  given: Given<Tokens>,
): Promise<Awaited<Result>>
export function resolve<
  Receiver extends object,
  Name extends MethodOf<Receiver>,
  const Tokens extends readonly Token[],
>(
  method: readonly [receiver: Receiver, name: Name],
  given: Given<Tokens>,
): Promise<ResultOf<Receiver[Name]>>
export async function resolve(
  target: Function | readonly [object, PropertyKey],
  given: readonly (readonly [Token, unknown])[],
): Promise<unknown> {
  const called = callable(target as Parameters<typeof callable>[0])
  const values = given.map(([token, given]) => value(token, given))
  const injector = new Injector({ components: [...values, missing(values)] })
  const plan = injector.plan<unknown>([called], { name: called.name, resultHandler: unchanged })
  await injector.ready()
  return plan.run([])
}

type MethodOf<Receiver> = {
  [Name in keyof Receiver]: Receiver[Name] extends (...injected: never[]) => unknown ? Name : never
}[keyof Receiver]

type ResultOf<Method> = Method extends (...injected: never[]) => infer Result
  ? Awaited<Result>
  : never

/** Fails for every value that was not given, so that nothing is made without the test knowing. */
function missing(values: readonly Component[]): Component {
  return {
    isCacheable: false,
    canHandleParameter: (parameter) => !values.some((one) => one.canHandleParameter(parameter)),
    resolve: inject([Parameter], ({ token, index, owner, isOptional }) => {
      if (isOptional) return undefined
      const name = describeToken(token)
      throw new Error(
        `${owner} cannot be called: no value was given for parameter ${index}, ${name}. Add [${name}, …] to the list.`,
      )
    }),
  }
}

const unchanged = {
  value: (value: unknown) => value,
  error(error: unknown): never {
    throw error
  },
  report: () => {},
  complete: (value: unknown) => value,
}
