import { recognize } from '../copies.js'

declare const VALUE: unique symbol

/** Any class as a token: abstract and generic ones too, and classes we did not write. */
// oxlint-disable-next-line typescript/no-explicit-any -- the type of "any class" erases its value
export interface ClassToken<out Value = any> extends Function {
  readonly prototype: Value
}

/** A token for what is not a class: an interface, a function, a string. Made by {@link token}. */
export class NamedToken<in out Value> {
  declare readonly [VALUE]?: (value: Value) => Value
  readonly description: string

  constructor(description: string) {
    this.description = description
  }

  toString(): string {
    return `token('${this.description}')`
  }
}

/**
 * A token with arguments, such as `Query('page')`. Two markers of one label with equal arguments are
 * one token. A marker is also a parameter decorator: `show(@Query('page') page: string)`.
 */
export interface Marker<out Value> {
  (target: object, method: string | symbol | undefined, index: number): void
  readonly kind: 'marker'
  readonly label: string
  readonly details: readonly unknown[]
  readonly produces?: { value: Value }
}

/** How a parameter changes what it asks for. */
export type ModifierKind = 'optional' | 'nullable' | 'lazy' | 'ref' | 'all' | 'call' | 'later'

/** A token changed by `optional`, `lazy`, `forwardRef`, `all`, `call` or `later`. */
export class Modifier<out Value> {
  readonly kind = 'modifier'
  declare readonly produces?: { value: Value }
  readonly modifier: ModifierKind
  readonly subject: unknown
  readonly method: string | undefined

  constructor(modifier: ModifierKind, subject: unknown, method?: string) {
    this.modifier = modifier
    this.subject = subject
    this.method = method
  }

  toString(): string {
    if (this.method !== undefined)
      return `${this.modifier}(${describeReceiver(this.subject)}, '${this.method}')`
    if (this.modifier === 'ref')
      return `forwardRef(() => ${describeToken((this.subject as () => unknown)())})`
    return `${this.modifier}(${describeToken(this.subject)})`
  }
}

recognize((thing) => thing instanceof NamedToken || thing instanceof Modifier)

/** What a component provides: a class, a named token, or a marker such as `Query('page')`. */
// oxlint-disable-next-line typescript/no-explicit-any -- "a token of whatever value"
export type Token<Value = any> = ClassToken<Value> | NamedToken<Value> | Marker<Value>

/** What a parameter may ask for: a token, or a token changed by `optional`, `lazy`, `forwardRef`, `all`, `call` or `later`. */
// oxlint-disable-next-line typescript/no-explicit-any -- "a token of whatever value"
export type AnyToken<Value = any> = Token<Value> | Modifier<Value>

/**
 * The value that a token stands for. Markers come first because they are callable, and every callable
 * type has a `prototype`. Reading `prototype` gives `Session<any>` for a generic class, so that an
 * annotation with any type argument fits.
 */
export type Resolved<Wanted> = Wanted extends {
  readonly kind: 'marker' | 'modifier'
  readonly produces?: { value: infer Value }
}
  ? Value
  : Wanted extends NamedToken<infer Value>
    ? Value
    : Wanted extends { readonly prototype: infer Value }
      ? Value
      : never

/** The values of a list of tokens, in order. */
export type Values<Tokens extends readonly unknown[]> = {
  -readonly [Index in keyof Tokens]: Resolved<Tokens[Index]>
}

/**
 * Makes a token for a value that has no class.
 *
 * @param description names the value in messages; two tokens of one description are still two tokens.
 */
export function token<Value>(description: string): NamedToken<Value> {
  return new NamedToken<Value>(description)
}

/** How messages write a token: `Session`, `token('dsn')`, `Query('page')`, `optional(Redis)`. */
export function describeToken(token: unknown): string {
  if (typeof token === 'function' && 'kind' in token && token.kind === 'marker')
    return String(token)
  if (typeof token === 'function') return token.name || 'an anonymous class'
  return String(token)
}

/** How messages write the receiver of a planned call: its class. */
export function describeReceiver(receiver: unknown): string {
  return typeof receiver === 'function'
    ? receiver.name
    : ((receiver as object).constructor?.name ?? 'object')
}

/** What was given, in a few words, and no more of a text than says which. */
export function describeGiven(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40))
  if (typeof value === 'function')
    return isClass(value)
      ? `the class ${value.name || '{ … }'}`
      : `the function ${value.name || '() => …'}`
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return 'a list'
  const name = (value as { constructor?: { name?: string } }).constructor?.name ?? 'Object'
  return name === 'Object' ? 'an object' : `an object of ${name}`
}

/** Whether it is called with `new` alone. */
export function isClass(value: Function): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value))
}
