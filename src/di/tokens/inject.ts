import { decorated } from './decorated.js'
import { noteInjectable, noteTokens } from './decorator-metadata.js'
import type { AnyToken, Values } from './token.js'

/** The decorator that `@Inject(A, B)` makes: for methods and classes, legacy and TC39 alike. */
export interface InjectDecorator<Tokens extends readonly AnyToken[]> {
  <This, Method extends (this: This, ...values: Values<Tokens>) => unknown>(
    method: Method,
    context: ClassMethodDecoratorContext<This, Method>,
  ): void
  <Method extends (...values: Values<Tokens>) => unknown>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void
  <Class extends abstract new (...values: Values<Tokens>) => unknown>(
    target: Class,
    context?: ClassDecoratorContext,
  ): void
}

/** The decorator that `@Inject()` makes: the types of the parameters are the tokens. */
export interface InjectByTypeDecorator {
  (method: Function, context: ClassMethodDecoratorContext): void
  (target: object, name: string | symbol, descriptor: PropertyDescriptor): void
  (target: Function, context?: ClassDecoratorContext): void
}

/**
 * Says that a method or a constructor is injected. Without tokens the types of its parameters are
 * read from `design:paramtypes` (TypeScript's `emitDecoratorMetadata`); with tokens no metadata is
 * needed and the compiler checks that they fit.
 *
 * @throws TypeError when it decorates anything but a method or a class.
 */
export function Inject(): InjectByTypeDecorator
export function Inject<const Tokens extends readonly [AnyToken, ...AnyToken[]]>(
  ...tokens: Tokens
): InjectDecorator<Tokens>
export function Inject(...tokens: AnyToken[]): InjectByTypeDecorator {
  return (target: unknown, second?: unknown, descriptor?: PropertyDescriptor): void => {
    const injected = decorated(target, second, descriptor)
    if (!injected)
      throw new TypeError(
        '@Inject() decorates methods and classes, not fields, accessors or parameters',
      )
    if (injected.kind === 'class') noteInjectable(injected.target)
    if (tokens.length > 0) noteTokens(injected.target, tokens)
  }
}

/**
 * Says which tokens a function is injected with; its parameters are inferred from them. The result
 * is the function itself, so a test calls it with plain values.
 */
export function inject<
  const Tokens extends readonly AnyToken[],
  // Of its own: the compiler would infer no tokens from a function that takes none of the values.
  Fn extends (...values: Values<Tokens>) => unknown,
>(tokens: Tokens, fn: Fn): (...values: Values<Tokens>) => ReturnType<Fn> {
  noteTokens(fn, tokens)
  return fn as (...values: Values<Tokens>) => ReturnType<Fn>
}
