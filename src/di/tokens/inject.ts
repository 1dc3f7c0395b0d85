import { bareDecorated, decorated } from './decorated.js'
import { noteInjectable, noteMethod, noteParameterToken, noteTokens } from './decorator-metadata.js'
import { describeGiven, type AnyToken, type Values } from './token.js'

/**
 * The decorator that `@Inject(A, B)` makes: for methods and classes, legacy and TC39 alike, and before a parameter.
 * The compiler explains what is wrong with the last signature, so that of a method stands there.
 */
export interface InjectDecorator<Tokens extends readonly AnyToken[]> {
  (
    target: object,
    method: string | symbol | undefined,
    index: Tokens['length'] extends 1 ? number : never,
  ): void
  <Class extends abstract new (...values: Values<Tokens>) => unknown>(
    target: Class,
    context?: ClassDecoratorContext,
  ): void
  <This, Method extends (this: This, ...values: Values<Tokens>) => unknown>(
    method: Method,
    context: ClassMethodDecoratorContext<This, Method>,
  ): void
  <Method extends (...values: Values<Tokens>) => unknown>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void
}

/** The decorator that `@Inject()` makes: the types of the parameters are the tokens. */
export interface InjectByTypeDecorator {
  (method: Function, context: ClassMethodDecoratorContext): void
  (target: object, name: string | symbol, descriptor: PropertyDescriptor): void
  (target: Function, context?: ClassDecoratorContext): void
  (target: object, method: string | symbol | undefined, index: number): void
}

/**
 * Says that a method or a constructor is injected. Without tokens the types of its parameters are
 * read from `design:paramtypes` (TypeScript's `emitDecoratorMetadata`); with tokens no metadata is
 * needed and the compiler checks that they fit. Before one parameter it names the token of that.
 *
 * @throws TypeError when it decorates anything but a method, a class or a parameter.
 */
export function Inject(): InjectByTypeDecorator
export function Inject<const Tokens extends readonly [AnyToken, ...AnyToken[]]>(
  ...tokens: Tokens
): InjectDecorator<Tokens>
export function Inject(...tokens: AnyToken[]): InjectByTypeDecorator {
  const bare = bareDecorated(tokens)
  if (bare !== undefined)
    throw new TypeError(`@Inject on ${bare} lacks its parentheses: write @Inject() there.`)
  return (target: unknown, second?: unknown, third?: unknown): void => {
    if (typeof third === 'number')
      return injectParameter(target as object, second as string | symbol | undefined, third, tokens)
    const injected = decorated(target, second, third)
    if (!injected)
      throw new TypeError(
        '@Inject() decorates methods, classes and parameters, not fields or accessors',
      )
    if (injected.kind === 'class') noteInjectable(injected.target)
    if (injected.kind === 'method') noteMethod(injected)
    if (tokens.length > 0) noteTokens(injected.target, tokens)
  }
}

/** `constructor(@Inject(dsn) dsn: string)`: whoever names the token of a parameter wants the class to be built. */
function injectParameter(
  owner: object,
  method: string | symbol | undefined,
  index: number,
  tokens: readonly AnyToken[],
): void {
  if (tokens.length > 1) {
    const name = method === undefined ? `new ${(owner as Function).name}` : String(method)
    throw new TypeError(
      `@Inject before parameter ${index} of ${name} got ${tokens.length} tokens, but one parameter has one token: @Inject(Token).`,
    )
  }
  if (method === undefined) noteInjectable(owner)
  if (tokens[0] !== undefined) noteParameterToken(owner, method, index, tokens[0])
}

/**
 * Says which tokens a function is injected with; its parameters are inferred from them. The result
 * is the function itself, so a test calls it with plain values.
 *
 * @throws TypeError when they are anything else, for example in the other order.
 */
export function inject<
  const Tokens extends readonly AnyToken[],
  // Of its own: the compiler would infer no tokens from a function that takes none of the values.
  Fn extends (...values: Values<Tokens>) => unknown,
>(tokens: Tokens, fn: Fn): (...values: Values<Tokens>) => ReturnType<Fn> {
  if (!Array.isArray(tokens) || typeof fn !== 'function')
    throw new TypeError(
      `inject takes a list of tokens, then a function: inject([Token, …], fn), not ${describeGiven(tokens)} and ${describeGiven(fn)}.`,
    )
  noteTokens(fn, tokens)
  return fn as (...values: Values<Tokens>) => ReturnType<Fn>
}
