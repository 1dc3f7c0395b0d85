import { recognize } from '../copies.js'
import type { Decorated } from './decorated.js'
import { MethodFacts } from './method-facts.js'
import type { AnyToken } from './token.js'

/**
 * What decorators recorded about functions, read when plans are made. Weak maps keep it, so that a
 * class stays as its author wrote it.
 */
const tokenLists = new WeakMap<object, readonly AnyToken[]>()
const parameterTokens = new WeakMap<object, Map<string | symbol | undefined, AnyToken[]>>()
const originals = new MethodFacts<Function>()
const injectable = new WeakSet<object>()

recognize((thing) => tokenLists.has(thing) || parameterTokens.has(thing) || injectable.has(thing))

/** Records the tokens of a function, or of a class's constructor. */
export function noteTokens(target: object, tokens: readonly AnyToken[]): void {
  tokenLists.set(target, tokens)
}

/** The tokens that were given for a function or constructor, if any. */
export function tokensOf(target: object): readonly AnyToken[] | undefined {
  return tokenLists.get(target)
}

/** Records the function of a decorated method, because a decorator further out may put another in its place. */
export function noteMethod(method: Decorated): void {
  if (method.isOfInstance) originals.note(method, (innermost) => innermost ?? method.target)
}

/** The function that a method of a prototype had when its first decorator of ours ran. */
export function originalOf(prototype: object, name: string | symbol): Function | undefined {
  return originals.of(prototype, name)
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
