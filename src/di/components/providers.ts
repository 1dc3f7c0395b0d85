import { callable } from '../tokens/callable.js'
import { aBoolean, aFunction, checkOptions, isObject, type OptionRules } from '../options.js'
import { fromAnotherCopy } from '../copies.js'
import type { Component } from './component.js'
import { inject } from '../tokens/inject.js'
import { isMarker } from '../tokens/marker.js'
import { SingleTokenComponent } from './single-token.js'
import { BIND, scopeOf, type Binding, type BindingComponent } from './binding.js'
import {
  describeGiven,
  describeToken,
  isClass,
  NamedToken,
  type AnyToken,
  type Resolved,
  type Token,
  type Values,
} from '../tokens/token.js'

/** What `singleton` and `scoped` take beside token, tokens and function. */
export interface ProviderOptions<Value> {
  /** Ends the value: when the application closes (singleton) or after the response (request). */
  readonly dispose?: (value: Value) => unknown
  /** Never runs beside another asynchronous component of the request. Default: false. */
  readonly isExclusive?: boolean
}

/**
 * Provides a value that exists already.
 *
 * @throws TypeError when the value of a class is `undefined`, or the class itself.
 */
export function value<Value>(token: Token<Value>, given: NoInfer<Value>): Component<Value> {
  checkToken('value', token)
  if (given === undefined && typeof token === 'function' && !isMarker(token))
    throw new TypeError(
      `value(${describeToken(token)}) needs the value, not undefined: value(${describeToken(token)}, new ${describeToken(token)}(…)).`,
    )
  if (typeof token === 'function' && (given as unknown) === token)
    throw new TypeError(
      `value(${describeToken(token)}) was given the class itself: value(${describeToken(token)}, new ${describeToken(token)}(…)), or singletonClass(${describeToken(token)}) to have it made.`,
    )
  return new Provider(token, 'value', () => given, { isSingleton: true, isGiven: true })
}

/** A factory. It is a type parameter, because the compiler infers no tokens from a factory that ignores the values. */
type Maker<Wanted extends Token, Tokens extends readonly AnyToken[]> = (
  ...values: Values<Tokens>
) => Resolved<Wanted> | Promise<Resolved<Wanted>>

/** A factory that is injected by the types of its parameters; one without a type is `never`, because nothing says what to inject. */
type PlainMaker<Wanted extends Token> = (
  ...injected: never[]
) => Resolved<Wanted> | Promise<Resolved<Wanted>>

/**
 * Makes a component from a factory. The list of tokens stands first, because an earlier signature would widen the literals
 * that a factory returns, and last, because the compiler explains what is wrong with the last.
 */
interface Provide {
  /**
   * @param tokens what the function is injected with. Without them the types of its parameters are used,
   * where `ingot/register` or a bundler's plugin reads them.
   */
  <
    Wanted extends Token,
    const Tokens extends readonly AnyToken[],
    Make extends Maker<Wanted, Tokens>,
  >(
    token: Wanted,
    tokens: Tokens,
    make: Make,
    options?: ProviderOptions<Resolved<Wanted>>,
  ): Component<Resolved<Wanted>>
  <Wanted extends Token>(
    token: Wanted,
    make: PlainMaker<Wanted>,
    options?: ProviderOptions<Resolved<Wanted>>,
  ): Component<Resolved<Wanted>>
  <
    Wanted extends Token,
    const Tokens extends readonly AnyToken[],
    Make extends Maker<Wanted, Tokens>,
  >(
    token: Wanted,
    tokens: Tokens,
    make: Make,
    options?: ProviderOptions<Resolved<Wanted>>,
  ): Component<Resolved<Wanted>>
}

/** As {@link Provide}; nobody could end values that belong to one parameter each, so there are no options. */
interface ProvideEach {
  /** Tokens as for {@link Provide}. */
  <
    Wanted extends Token,
    const Tokens extends readonly AnyToken[],
    Make extends Maker<Wanted, Tokens>,
  >(
    token: Wanted,
    tokens: Tokens,
    make: Make,
  ): Component<Resolved<Wanted>>
  <Wanted extends Token>(token: Wanted, make: PlainMaker<Wanted>): Component<Resolved<Wanted>>
  <
    Wanted extends Token,
    const Tokens extends readonly AnyToken[],
    Make extends Maker<Wanted, Tokens>,
  >(
    token: Wanted,
    tokens: Tokens,
    make: Make,
  ): Component<Resolved<Wanted>>
}

/** Provides one value for the application, built by `ready()` and disposed by `close()`. */
export const singleton: Provide = (token: Token, ...rest: readonly unknown[]): Component => {
  const { make, options } = factoryOf('singleton', token, rest)
  return new Provider(token, 'singleton', make, { ...options, isSingleton: true })
}

/** Provides one value per request, made when the first function needs it. */
export const scoped: Provide = (token: Token, ...rest: readonly unknown[]): Component => {
  const { make, options } = factoryOf('scoped', token, rest)
  return new Provider(token, 'scoped', make, options)
}

/** Provides a new value for each parameter that asks. */
export const transient: ProvideEach = (token: Token, ...rest: readonly unknown[]): Component =>
  new Provider(token, 'transient', factoryOf('transient', token, rest).make, { isCacheable: false })

/** The factory, with the list of tokens that stands before it, and its options. */
function factoryOf(
  provide: string,
  token: Token,
  given: readonly unknown[],
): {
  make: Factory
  options: ProviderOptions<unknown>
} {
  const [make, options = {}] = (Array.isArray(given[0]) ? given.slice(1) : given) as [
    Factory,
    ProviderOptions<unknown>?,
  ]
  checkToken(provide, token)
  if (typeof make !== 'function' || isClass(make))
    throw new TypeError(
      `${provide}(${describeToken(token)}) needs a function that makes the value, not ${describeGiven(make)}: ${provide}(${describeToken(token)}, [], () => …), with a list of what it takes in between.`,
    )
  checkOptions(`${provide}(${describeToken(token)})`, options, RULES)
  return { make: Array.isArray(given[0]) ? inject(given[0] as AnyToken[], make) : make, options }
}

/** @throws TypeError for what is no token: a text, an object of the class, or what is not there yet. */
function checkToken(provide: string, token: unknown): void {
  if (typeof token === 'function' || token instanceof NamedToken || fromAnotherCopy(token)) return
  const instead = isObject(token)
    ? `${provide}(${token.constructor?.name ?? 'X'}, …)`
    : token === undefined
      ? 'where modules import each other, one of them is not there yet'
      : `a class, or const it = token<…>(${describeGiven(token)})`
  throw new TypeError(`${provide} takes a token first, not ${describeGiven(token)}: ${instead}.`)
}

const RULES: OptionRules<ProviderOptions<unknown>> = { dispose: aFunction, isExclusive: aBoolean }

// oxlint-disable-next-line typescript/no-explicit-any -- the factory's own parameters, checked where it was given
type Factory = (...injected: any[]) => unknown

class Provider<Value> extends SingleTokenComponent<Value> implements BindingComponent {
  readonly label: string
  readonly isSingleton: boolean
  readonly isCacheable: boolean
  readonly isExclusive: boolean
  // oxlint-disable-next-line typescript/no-explicit-any -- the factory's own parameters, checked where it was given
  readonly resolve: (...injected: any[]) => Value | Promise<Value>
  declare readonly dispose?: (value: Value) => unknown
  readonly #isGiven: boolean

  constructor(
    token: Token<Value>,
    word: string,
    // oxlint-disable-next-line typescript/no-explicit-any -- as above
    make: (...injected: any[]) => Value | Promise<Value>,
    options: ProviderOptions<Value> &
      Pick<Component, 'isSingleton' | 'isCacheable'> &
      Pick<Binding, 'isGiven'>,
  ) {
    super(token)
    this.label = `${word}(${describeToken(token)})`
    this.isSingleton = options.isSingleton ?? false
    this.isCacheable = options.isCacheable ?? true
    this.isExclusive = options.isExclusive ?? false
    this.#isGiven = options.isGiven ?? false
    this.resolve = make
    if (options.dispose) this.dispose = options.dispose
  }

  /** The factory is called as it is, without a receiver. */
  [BIND](): Binding {
    const { label } = this
    return {
      callable: callable(this.resolve, { name: label }),
      scope: scopeOf(this),
      provider: label,
      isGiven: this.#isGiven,
    }
  }
}
