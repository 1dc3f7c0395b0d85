import { callable } from '../tokens/callable.js'
import type { Component } from './component.js'
import { inject } from '../tokens/inject.js'
import { SingleTokenComponent } from './single-token.js'
import { SELECT, type Binding, type Selection } from './binding.js'
import {
  describeToken,
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

/** Provides a value that exists already. */
export function value<Value>(asked: Token<Value>, given: NoInfer<Value>): Component<Value> {
  return new Provider(asked, 'value', () => given, { isSingleton: true })
}

/** A factory. A type parameter of its own: the compiler would infer no tokens from one that takes none of the values. */
type Maker<Asked extends Token, Tokens extends readonly AnyToken[]> = (
  ...values: Values<Tokens>
) => Resolved<Asked> | Promise<Resolved<Asked>>

/** A factory whose parameters' types say what it is injected with. */
type PlainMaker<Asked extends Token> = (
  // oxlint-disable-next-line typescript/no-explicit-any -- read at run time
  ...injected: any[]
) => Resolved<Asked> | Promise<Resolved<Asked>>

/**
 * Provides one value for the application, built by `ready()` and disposed by `close()`.
 *
 * @param tokens what the function is injected with; without them the types of its parameters say so,
 * where `ingot/register` or a bundler's plugin reads them.
 */
export function singleton<
  Asked extends Token,
  const Tokens extends readonly AnyToken[],
  Make extends Maker<Asked, Tokens>,
>(
  asked: Asked,
  tokens: Tokens,
  make: Make,
  options?: ProviderOptions<Resolved<Asked>>,
): Component<Resolved<Asked>>
export function singleton<Asked extends Token>(
  asked: Asked,
  make: PlainMaker<Asked>,
  options?: ProviderOptions<Resolved<Asked>>,
): Component<Resolved<Asked>>
export function singleton(asked: Token, ...rest: readonly unknown[]): Component {
  const { make, options } = made(rest)
  return new Provider(asked, 'singleton', make, { ...options, isSingleton: true })
}

/**
 * Provides one value per request, made when the first function needs it.
 *
 * @param tokens what the function is injected with; without them the types of its parameters say so,
 * where `ingot/register` or a bundler's plugin reads them.
 */
export function scoped<
  Asked extends Token,
  const Tokens extends readonly AnyToken[],
  Make extends Maker<Asked, Tokens>,
>(
  asked: Asked,
  tokens: Tokens,
  make: Make,
  options?: ProviderOptions<Resolved<Asked>>,
): Component<Resolved<Asked>>
export function scoped<Asked extends Token>(
  asked: Asked,
  make: PlainMaker<Asked>,
  options?: ProviderOptions<Resolved<Asked>>,
): Component<Resolved<Asked>>
export function scoped(asked: Token, ...rest: readonly unknown[]): Component {
  const { make, options } = made(rest)
  return new Provider(asked, 'scoped', make, options)
}

/** Provides a new value for each parameter that asks. Tokens as for {@link singleton}. */
export function transient<
  Asked extends Token,
  const Tokens extends readonly AnyToken[],
  Make extends Maker<Asked, Tokens>,
>(asked: Asked, tokens: Tokens, make: Make): Component<Resolved<Asked>>
export function transient<Asked extends Token>(
  asked: Asked,
  make: PlainMaker<Asked>,
): Component<Resolved<Asked>>
export function transient(asked: Token, ...rest: readonly unknown[]): Component {
  return new Provider(asked, 'transient', made(rest).make, { isCacheable: false })
}

/** The factory and its options; a list of tokens before it is noted on it. */
function made(given: readonly unknown[]): { make: Factory; options: ProviderOptions<unknown> } {
  const [make, options = {}] = (Array.isArray(given[0]) ? given.slice(1) : given) as [
    Factory,
    ProviderOptions<unknown>?,
  ]
  return { make: Array.isArray(given[0]) ? inject(given[0] as AnyToken[], make) : make, options }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the factory's own parameters, checked where it was given
type Factory = (...injected: any[]) => unknown

class Provider<Value> extends SingleTokenComponent<Value> implements Component<Value>, Binding {
  readonly label: string
  readonly isSingleton: boolean
  readonly isCacheable: boolean
  readonly isExclusive: boolean
  // oxlint-disable-next-line typescript/no-explicit-any -- the factory's own parameters, checked where it was given
  readonly resolve: (...injected: any[]) => Value | Promise<Value>
  declare readonly dispose?: (value: Value) => unknown

  constructor(
    asked: Token<Value>,
    word: string,
    // oxlint-disable-next-line typescript/no-explicit-any -- as above
    make: (...injected: any[]) => Value | Promise<Value>,
    options: ProviderOptions<Value> & Pick<Component, 'isSingleton' | 'isCacheable'>,
  ) {
    super(asked)
    this.label = `${word}(${describeToken(asked)})`
    this.isSingleton = options.isSingleton ?? false
    this.isCacheable = options.isCacheable ?? true
    this.isExclusive = options.isExclusive ?? false
    this.resolve = make
    if (options.dispose) this.dispose = options.dispose
  }

  /** The factory is called as it is, without a receiver. */
  [SELECT](): Selection {
    const scope = this.isSingleton ? 'singleton' : this.isCacheable ? 'request' : 'transient'
    return { callable: callable(this.resolve, { name: this.label }), scope, provider: this.label }
  }
}
