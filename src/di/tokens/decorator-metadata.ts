import type { AnyToken } from './token.js'

/**
 * What decorators wrote down about functions, read when plans are made. Kept in weak maps, so that a
 * class stays as its author wrote it.
 */
const tokenLists = new WeakMap<object, readonly AnyToken[]>()
const parameterTokens = new WeakMap<object, Map<string | symbol | undefined, AnyToken[]>>()
const injectable = new WeakSet<object>()

/** Notes the tokens of a function, or of a class's constructor. */
export function noteTokens(target: object, tokens: readonly AnyToken[]): void {
  tokenLists.set(target, tokens)
}

/** The tokens that were given for a function or constructor, if any. */
export function tokensOf(target: object): readonly AnyToken[] | undefined {
  return tokenLists.get(target)
}

/** Notes the token of one parameter; `method` is `undefined` for a constructor. */
export function noteParameterToken(
  owner: object,
  method: string | symbol | undefined,
  index: number,
  asked: AnyToken,
): void {
  let methods = parameterTokens.get(owner)
  if (!methods) parameterTokens.set(owner, (methods = new Map()))
  let tokens = methods.get(method)
  if (!tokens) methods.set(method, (tokens = []))
  tokens[index] = asked
}

/** The tokens that parameter decorators gave, by index; holes where there was none. */
export function parameterTokensOf(
  owner: object,
  method: string | symbol | undefined,
): readonly (AnyToken | undefined)[] {
  return parameterTokens.get(owner)?.get(method) ?? []
}

/** Notes that a class may be built by the injector: it was decorated, so its author meant it. */
export function noteInjectable(target: object): void {
  injectable.add(target)
}

/** Whether a class was decorated by `@Inject` or `@Controller`. */
export function isInjectable(target: object): boolean {
  return injectable.has(target)
}
