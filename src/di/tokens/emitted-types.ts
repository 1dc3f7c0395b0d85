import { byName } from './by-name.js'
import { isMarker } from './marker.js'
import { optional } from './modifiers.js'
import { Modifier, NamedToken, type AnyToken } from './token.js'

/** What stands for a type: a function that gives a class or token, the name of a primitive, or literals. */
type WrittenType = (() => unknown) | string | readonly (string | number | boolean)[]

/** A parameter as `src/transform` writes it down beside its function. */
type Note = readonly [
  name: string,
  text: string,
  absence: 0 | 1 | 2 | 3,
  type?: WrittenType,
  unknown?: readonly [name: string, ...meant: string[]],
]
type Notes = () => readonly Note[]
type MethodNotes = Readonly<Record<string | symbol, Notes | undefined>>

/** What was written down of one parameter. */
export interface EmittedType {
  /** Empty for a pattern such as `{ name }`. */
  readonly name: string
  /** The type as it is written in the source; empty where there is none. */
  readonly text: string
  /** What it asks for, or `undefined` where its type does not exist at run time. */
  readonly token: AnyToken | undefined
  /** The constructor of a primitive type, to convert to. */
  readonly primitive: Function | undefined
  /** Whether the class was not defined yet when this was read. */
  readonly isTooEarly: boolean
  /** A name in the type that its file does not have, and those that may be meant. */
  readonly unknown: readonly [name: string, ...meant: string[]] | undefined
}

const KEY = Symbol.for('ingot.parameters')

/**
 * What the loader or a bundler's plugin wrote down of a function, of the constructor of a class, or of
 * a method of an object.
 */
export function emittedTypesOf(
  target: object,
  method?: string | symbol,
): readonly EmittedType[] | undefined {
  const notes = (globalThis as { [KEY]?: WeakMap<object, Notes | MethodNotes> })[KEY]?.get(target)
  const own = method === undefined ? notes : (notes as MethodNotes | undefined)?.[method]
  return typeof own === 'function' ? own().map(read) : undefined
}

function read([name, text, absence, type, unknown]: Note): EmittedType {
  const { value, isTooEarly } = valueOf(type)
  const token = isToken(value) ? value : tokenByName(name, text, type)
  return {
    name,
    text,
    token: orNothing(token, absence, name, text),
    primitive: typeof type === 'string' ? PRIMITIVES.get(type) : undefined,
    isTooEarly,
    unknown,
  }
}

const PRIMITIVES: ReadonlyMap<string, Function> = new Map<string, Function>([
  ['string', String],
  ['number', Number],
  ['boolean', Boolean],
  ['bigint', BigInt],
])

/** A class further down in its file, or in one that imports this one back, may not be there yet. */
function valueOf(type: WrittenType | undefined): { value: unknown; isTooEarly: boolean } {
  if (typeof type !== 'function') return { value: undefined, isTooEarly: false }
  try {
    return { value: type(), isTooEarly: false }
  } catch {
    return { value: undefined, isTooEarly: true }
  }
}

/** A token may stand beside its interface under one name: `interface Clock` and `const Clock = token<Clock>('clock')`. */
function isToken(value: unknown): value is AnyToken {
  if (value instanceof NamedToken || value instanceof Modifier || isMarker(value)) return true
  return typeof value === 'function' && typeof value.prototype === 'object' && !SILENT.has(value)
}

/** Classes that say nothing of what is asked: their values are many and nobody's own. */
const SILENT: ReadonlySet<unknown> = new Set([
  Object,
  Function,
  String,
  Number,
  Boolean,
  Symbol,
  BigInt,
  Array,
  Promise,
])

function tokenByName(
  name: string,
  text: string,
  type: WrittenType | undefined,
): AnyToken | undefined {
  if (name === '' || type === undefined || typeof type === 'function') return undefined
  return byName(name, typeof type === 'string' ? type : JSON.stringify(type), text)
}

/** `null` for `X | null`; what has a default and a type that says nothing is left to its default. */
function orNothing(
  token: AnyToken | undefined,
  absence: Note[2],
  name: string,
  text: string,
): AnyToken | undefined {
  if (absence === 0) return token
  if (absence === 2) return token && new Modifier('nullable', token)
  if (token) return optional(token)
  return absence === 3 ? optional(new NamedToken(text ? `${name}: ${text}` : name)) : undefined
}
