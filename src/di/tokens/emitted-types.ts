import { byName, isMarker } from './marker.js'
import { optional } from './modifiers.js'
import { Modifier, NamedToken, type AnyToken } from './token.js'

/** What stands for a type: a function that returns a class or token, the name of a primitive, or literals. */
type TypeReference = (() => unknown) | string | readonly (string | number | boolean)[] | 0

/** A parameter as `src/transform` emits it beside its function. */
type EmittedParameter = readonly [
  name: string,
  text: string,
  absence: 0 | 1 | 2 | 3,
  type?: TypeReference,
  cause?: string | UnknownName,
]
/** A name in a type that its file does not have, and the names that were probably meant. */
type UnknownName = readonly [name: string, ...meant: string[]]
type EmittedParameters = () => readonly EmittedParameter[]
type EmittedMethods = Readonly<Record<string | symbol, EmittedParameters | undefined>>

/** What the loader or a plugin emitted for one parameter. */
export interface EmittedType {
  /** Empty for a pattern such as `{ name }`. */
  readonly name: string
  /** The type as it is written in the source; empty where there is none. */
  readonly text: string
  /** Its token, or `undefined` where its type does not exist at run time. */
  readonly token: AnyToken | undefined
  /** The constructor of a primitive type, to convert to. */
  readonly primitive: Function | undefined
  /** The one reason for which there is no token: a word of the transform, or what its reference gave. */
  readonly cause: string | undefined
  /** What was thrown when its type was read, unless the class was not defined yet. */
  readonly failure: unknown
  /** A name in the type that its file does not have, and the names that were probably meant. */
  readonly unknown: UnknownName | undefined
}

const KEY = Symbol.for('ingot.parameters')

/**
 * What the loader or a bundler's plugin emitted for a function, for the constructor of a class, or for
 * a method of an object.
 */
export function emittedTypesOf(
  target: object,
  method?: string | symbol,
): readonly EmittedType[] | undefined {
  const { [KEY]: emitted } = globalThis as {
    [KEY]?: WeakMap<object, EmittedParameters | EmittedMethods>
  }
  const found = emitted?.get(target)
  const own = method === undefined ? found : (found as EmittedMethods | undefined)?.[method]
  return typeof own === 'function' ? own().map(read) : undefined
}

/** Whether the loader or a plugin is at work: some function has an entry. */
export function areTypesRead(): boolean {
  return KEY in globalThis
}

function read([name, text, absence, type, cause]: EmittedParameter): EmittedType {
  const { value, isTooEarly, failure } = valueOf(type)
  const token = isToken(value) ? value : tokenByName(name, text, type)
  const given = isTooEarly ? timeOf(type) : kindOf(value, type)
  return {
    name,
    text,
    token: orNothing(token, absence, name, text),
    primitive: typeof type === 'string' ? PRIMITIVES.get(type) : undefined,
    cause: typeof cause === 'string' ? cause : given,
    failure,
    unknown: typeof cause === 'object' ? cause : undefined,
  }
}

const PRIMITIVES: ReadonlyMap<string, Function> = new Map<string, Function>([
  ['string', String],
  ['number', Number],
  ['boolean', Boolean],
  ['bigint', BigInt],
])

interface Reading {
  readonly value?: unknown
  readonly isTooEarly?: boolean
  readonly failure?: unknown
}

/** A class further down in its file, or in one that imports this one back, may not be there yet; a mock may refuse. */
function valueOf(type: TypeReference | undefined): Reading {
  if (typeof type !== 'function') return {}
  try {
    return { value: type() }
  } catch (error) {
    return error instanceof ReferenceError ? { isTooEarly: true } : { failure: error }
  }
}

/** Another module is read by the name of its export, in brackets. */
function timeOf(type: TypeReference | undefined): string {
  return String(type).includes('[') ? 'cycle' : 'later'
}

function kindOf(value: unknown, type: TypeReference | undefined): string | undefined {
  if (typeof type !== 'function') return undefined
  if (value === undefined) return 'no export'
  return typeof value === 'object' ? 'object' : typeof value
}

/** A token may stand beside its interface under one name: `interface Clock` and `const Clock = token<Clock>('clock')`. */
function isToken(value: unknown): value is AnyToken {
  if (value instanceof NamedToken || value instanceof Modifier || isMarker(value)) return true
  return typeof value === 'function' && typeof value.prototype === 'object' && !isErased(value)
}

/** Whether a class is what TypeScript emits for many types alike, so that it cannot be a token. */
export function isErased(type: unknown): boolean {
  return ERASED.has(type)
}

const ERASED: ReadonlySet<unknown> = new Set([
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
  type: TypeReference | undefined,
): AnyToken | undefined {
  if (name === '' || !type || typeof type === 'function') return undefined
  return byName(name, typeof type === 'string' ? type : JSON.stringify(type), text)
}

/** A token that may be missing is optional or nullable; without a token a parameter keeps its default. */
function orNothing(
  token: AnyToken | undefined,
  absence: EmittedParameter[2],
  name: string,
  text: string,
): AnyToken | undefined {
  if (absence === 0) return token
  if (absence === 2) return token && new Modifier('nullable', token)
  if (token) return optional(token)
  return absence === 3 ? optional(new NamedToken(text ? `${name}: ${text}` : name)) : undefined
}
