import 'reflect-metadata'
import type { Callable } from './callable.js'
import { originalOf, parameterTokensOf, tokensOf } from './decorator-metadata.js'
import type { AnyToken } from './token.js'
import { emittedTypesOf, isErased, type EmittedType } from './emitted-types.js'

/** What is known of one parameter of a function. */
export interface ParameterInfo {
  readonly index: number
  /** The token, or `undefined` when only the erased type is known. */
  readonly token: AnyToken | undefined
  /** What was given in the place of a token, and is none: a text, as in other frameworks. */
  readonly noToken?: unknown
  /** What TypeScript emitted for the parameter's type. */
  readonly designType: unknown
  /** The name, where the loader or a bundler's plugin emitted it. */
  readonly name: string | undefined
  /** The type as it is written in the source, where it was emitted. */
  readonly text: string | undefined
  /** The one reason for which its type is no token, where it was emitted. */
  readonly cause: EmittedType['cause']
  /** A name in the type that its file does not have, and the names that were probably meant. */
  readonly unknown: EmittedType['unknown']
  /** Whether the function takes whatever it is given, so that nobody can say which parameters it has. */
  readonly isAnything: boolean
  /** Whether `bind` made the function. */
  readonly isBound: boolean
  /** What was thrown when the class was read from its module. */
  readonly failure: unknown
  /** Whether anything was emitted for the function at all. */
  readonly hasMetadata: boolean
  /** How many tokens were listed for the function, if a list was given. */
  readonly listed: number | undefined
  /** What the parameter belongs to. */
  readonly of: Callable['kind']
}

/**
 * Finds the token of each parameter of a function: in the `@Inject` list, then in the parameter's
 * decorator, then in what the loader or a bundler's plugin emitted, then in `design:paramtypes`, which
 * knows less. No other code knows which of them was used.
 */
export function describeParameters(callable: Callable): readonly ParameterInfo[] {
  const source =
    callable.kind === 'constructor' ? constructorSource(callable.fn) : methodSource(callable)
  const tokens = callable.tokens ?? source.tokens
  const { types, emitted } = source
  const length = tokens
    ? Math.max(tokens.length, source.length)
    : Math.max(types?.length ?? 0, source.marks.length, source.length, emitted?.length ?? 0)
  const described = Math.min(length, callable.count ?? length)
  const infos = Array.from({ length: described }, (_, index): ParameterInfo => {
    // Of a constructor, tsyringe may have a list; a mark beside the parameter says more.
    const named = (source.tokens ? undefined : source.marks[index]) ?? tokens?.[index]
    // A list may name a class that types are erased to, such as Object: no token either.
    const isErasedName = isErased(named)
    if (named !== undefined && typeof named !== 'function' && typeof named !== 'object')
      return { ...unknownParameters(callable), index, isAnything: false, noToken: named }
    const type = emitted?.[index]
    // TypeScript emits Object for a parameter whose type is that of its default.
    const designType = isErasedName ? named : (type?.primitive ?? types?.[index])
    return {
      index,
      token: isErasedName ? undefined : (named ?? type?.token ?? tokenFromType(designType)),
      designType,
      name: type?.name || undefined,
      text: type?.text,
      cause: type?.cause,
      unknown: type?.unknown,
      isAnything: false,
      isBound: isBound(callable),
      failure: type?.failure,
      hasMetadata: types !== undefined || emitted !== undefined,
      listed: tokens?.length,
      of: callable.kind,
    }
  })
  const isTold = tokens || types || infos.some(({ token }) => token)
  if (isTold || !saysNothing(emitted) || !takesAnything(source.fn, callable.kind)) return infos
  return [unknownParameters(callable)]
}

/** Whether nothing was emitted, or only the type of a list that a wrapper hands on. */
function saysNothing([first]: readonly EmittedType[] = []): boolean {
  return !first || /^(?:(?:unknown|any|never)\[\]|Parameters<.*>|)$/s.test(first.text)
}

function unknownParameters({ kind }: Callable): ParameterInfo {
  return {
    index: 0,
    token: undefined,
    designType: undefined,
    name: undefined,
    text: undefined,
    cause: undefined,
    unknown: undefined,
    isAnything: true,
    isBound: false,
    failure: undefined,
    hasMetadata: false,
    listed: undefined,
    of: kind,
  }
}

/**
 * Whether a function hands on whatever it is given, as a wrapper does: `(...args) => handler(...args)`. Only its
 * source tells, because its `length` is 0.
 */
function takesAnything(fn: Function, kind: Callable['kind']): boolean {
  const source = Function.prototype.toString.call(fn)
  if (kind === 'constructor')
    return (
      Object.getPrototypeOf(fn) === Function.prototype && /\bconstructor\s*\(\s*\.\.\./.test(source)
    )
  if (fn.length === 0 && /^[^(]*\(\s*\.\.\./.test(source)) return true
  return fn.length === 0 && !ARROW.test(source) && HANDS_ON_ARGUMENTS.test(source)
}

/** Has no `arguments` of its own. */
const ARROW = /^(?:async\b\s*)?(?:\([^)]*\)|[\w$]+)\s*=>/

const HANDS_ON_ARGUMENTS = /\.(?:apply|call)\([^()]*,\s*arguments\)|\.\.\.arguments\b/

interface Source {
  /** The function whose source says which parameters there are. */
  readonly fn: Function
  readonly tokens: readonly AnyToken[] | undefined
  readonly marks: readonly (AnyToken | undefined)[]
  readonly types: readonly unknown[] | undefined
  readonly emitted: readonly EmittedType[] | undefined
  readonly length: number
}

function methodSource(callable: Callable): Source {
  const { fn, method } = callable
  const owner = callable.owner
  // A decorator may have replaced the method by another function.
  const original = (owner && originalOf(owner, method!)) ?? fn
  return {
    fn: original,
    tokens: tokensOf(fn) ?? tokensOf(original),
    marks: owner ? parameterTokensOf(owner, method) : [],
    types:
      owner &&
      (Reflect.getOwnMetadata('design:paramtypes', owner, method!) as unknown[] | undefined),
    emitted: emittedTypesOf(original) ?? (owner && emittedTypesOf(owner, method)),
    length: original.length,
  }
}

/** A class without a constructor of its own is built with its base class's parameters. */
function constructorSource(target: Function): Source {
  const source: Source = {
    fn: target,
    tokens: tokensOf(target),
    marks: parameterTokensOf(target, undefined),
    types: Reflect.getOwnMetadata('design:paramtypes', target) as unknown[] | undefined,
    emitted: emittedTypesOf(target),
    length: target.length,
  }
  const base = Object.getPrototypeOf(target) as Function
  const { tokens, types, emitted, marks, length } = source
  const isKnown = tokens || types || emitted || marks.length > 0 || length > 0
  return isKnown || typeof base !== 'function' || base === Function.prototype
    ? source
    : constructorSource(base)
}

function tokenFromType(designType: unknown): AnyToken | undefined {
  if (isErased(designType) || typeof designType !== 'function') return undefined
  return designType
}

/** Any function may be named so; `bind` leaves no source. */
function isBound({ fn }: Callable): boolean {
  return fn.name.startsWith('bound ') && !('prototype' in fn)
}
