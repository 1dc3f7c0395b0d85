import 'reflect-metadata'
import type { Callable } from './callable.js'
import { parameterTokensOf, tokensOf } from './decorator-metadata.js'
import type { AnyToken } from './token.js'
import { emittedTypesOf, type EmittedType } from './emitted-types.js'

/** What one parameter asks for, as it was written. */
export interface ParameterInfo {
  readonly index: number
  /** The token, or `undefined` when only the erased type is known. */
  readonly token: AnyToken | undefined
  /** What TypeScript emitted for the parameter's type. */
  readonly designType: unknown
  /** The name, where the loader or a bundler's plugin wrote it down. */
  readonly name: string | undefined
  /** The type as it is written in the source, where it was written down. */
  readonly text: string | undefined
  /** Whether the class was not defined yet. */
  readonly isTooEarly: boolean
  /** A name in the type that its file does not have, and those that may be meant. */
  readonly unknown: EmittedType['unknown']
  /** Whether anything was emitted for the function at all. */
  readonly hasMetadata: boolean
  /** How many tokens were listed for the function, if a list was given. */
  readonly listed: number | undefined
  /** What the parameter belongs to. */
  readonly of: Callable['kind']
}

/**
 * Reads what each parameter of a function asks for: the `@Inject` list, then the parameter's
 * decorator, then what the loader or a bundler's plugin wrote down, then `design:paramtypes`, which
 * knows less. Nothing after this function knows which one was used.
 */
export function describeParameters(callable: Callable): readonly ParameterInfo[] {
  const source =
    callable.kind === 'constructor' ? constructorSource(callable.fn) : methodSource(callable)
  const tokens = callable.tokens ?? source.tokens
  const { types, written } = source
  const length = tokens
    ? Math.max(tokens.length, source.length)
    : Math.max(types?.length ?? 0, source.marks.length, source.length, written?.length ?? 0)
  return Array.from({ length }, (_, index) => {
    const named = tokens ? tokens[index] : source.marks[index]
    // A list that was made from types may name what they were erased to: it says as little there.
    const isErasedName = ERASED.has(named)
    const note = written?.[index]
    // A compiler emits no type for a parameter that has that of its default.
    const designType = isErasedName ? named : (note?.primitive ?? types?.[index])
    return {
      index,
      token: isErasedName ? undefined : (named ?? note?.token ?? tokenFromType(designType)),
      designType,
      name: note?.name || undefined,
      text: note?.text,
      isTooEarly: note?.isTooEarly ?? false,
      unknown: note?.unknown,
      hasMetadata: types !== undefined || written !== undefined,
      listed: tokens?.length,
      of: callable.kind,
    }
  })
}

interface Source {
  readonly tokens: readonly AnyToken[] | undefined
  readonly marks: readonly (AnyToken | undefined)[]
  readonly types: readonly unknown[] | undefined
  readonly written: readonly EmittedType[] | undefined
  readonly length: number
}

function methodSource(callable: Callable): Source {
  const { fn, method } = callable
  const owner = callable.owner
  return {
    tokens: tokensOf(fn),
    marks: owner ? parameterTokensOf(owner, method) : [],
    types:
      owner &&
      (Reflect.getOwnMetadata('design:paramtypes', owner, method!) as unknown[] | undefined),
    // A decorator may have put another function in the place of the method.
    written: emittedTypesOf(fn) ?? (owner && emittedTypesOf(owner, method)),
    length: fn.length,
  }
}

/** A class without a constructor of its own is built with its base class's parameters. */
function constructorSource(target: Function): Source {
  const source: Source = {
    tokens: tokensOf(target),
    marks: parameterTokensOf(target, undefined),
    types: Reflect.getOwnMetadata('design:paramtypes', target) as unknown[] | undefined,
    written: emittedTypesOf(target),
    length: target.length,
  }
  const base = Object.getPrototypeOf(target) as Function
  const { tokens, types, written, marks, length } = source
  const says = tokens || types || written || marks.length > 0 || length > 0
  return says || typeof base !== 'function' || base === Function.prototype
    ? source
    : constructorSource(base)
}

/** What TypeScript emits for many types alike: it says nothing about what is asked. */
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

function tokenFromType(designType: unknown): AnyToken | undefined {
  if (ERASED.has(designType) || typeof designType !== 'function') return undefined
  return designType
}
