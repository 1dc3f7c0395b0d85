import type { Decorated } from './decorated.js'
import { MethodFacts } from './method-facts.js'
import type { AnyToken } from './token.js'

/**
 * What decorators recorded about functions, read when plans are made. Weak maps keep it, so that a
 * class stays as its author wrote it.
 */
const tokenLists = new WeakMap<object, readonly AnyToken[]>()
const parameterTokens = new WeakMap<object, Map<string | symbol | undefined, AnyToken[]>>()
const methodTokens = new MethodFacts<readonly AnyToken[]>()
const injectable = new WeakSet<object>()

/** Records the tokens of a function, or of a class's constructor. */
export function noteTokens(target: object, tokens: readonly AnyToken[]): void {
  tokenLists.set(target, tokens)
}

/** The tokens that were given for a function or constructor, if any. */
export function tokensOf(target: object): readonly AnyToken[] | undefined {
  return tokenLists.get(target)
}

/** Records the tokens of a method, for those who find another function in its place. */
export function noteMethodTokens(method: Decorated, tokens: readonly AnyToken[]): void {
  methodTokens.note(method, () => tokens)
}

/** The tokens that were given for a method of a prototype. */
export function methodTokensOf(
  prototype: object,
  name: string | symbol,
): readonly AnyToken[] | undefined {
  return methodTokens.of(prototype, name)
}

/** Records the token of one parameter; `method` is `undefined` for a constructor. */
export function noteParameterToken(
  owner: object,
  method: string | symbol | undefined,
  index: number,
  token: AnyToken,
): void {
  let methods = parameterTokens.get(owner)
  if (!methods) parameterTokens.set(owner, (methods = new Map()))
  let tokens = methods.get(method)
  if (!tokens) methods.set(method, (tokens = []))
  tokens[index] = token
}

/** The tokens that parameter decorators gave, by index; holes where there was none. */
export function parameterTokensOf(
  owner: object,
  method: string | symbol | undefined,
): readonly (AnyToken | undefined)[] {
  return parameterTokens.get(owner)?.get(method) ?? []
}

/** Records that the injector may build a class: a decorator of ours says that its author wants it. */
export function noteInjectable(target: object): void {
  injectable.add(target)
}

/** Whether a class was decorated by `@Inject` or `@Controller`. */
export function isInjectable(target: object): boolean {
  return injectable.has(target)
}
