import type { ArrowFunctionExpression, Function, ParamPattern, TSType } from 'oxc-parser'
import type { Scope } from './scope.js'
import { mayBeClass, writtenType, type ModuleVariable } from './written-type.js'

/** The parameters of a function, as code to be written down beside it. */
export interface Description {
  /** The code of a function that gives the list. */
  code(): string
  /** Whether a parameter's type may be a class. */
  readonly namesClass: boolean
  /** Whether a parameter's type is a name, be it an interface's. */
  readonly namesType: boolean
}

/** What describing takes from the file that a function stands in. */
export interface File {
  readonly text: string
  readonly moduleVariable: ModuleVariable
}

/**
 * Describes the parameters of a function as `[name, type as written, absence, type]`, one for each but
 * `this`; `undefined` when none has a type. `src/di/written.ts` reads them.
 */
export function describeParameters(
  fn: Function | ArrowFunctionExpression,
  scope: Scope,
  file: File,
): Description | undefined {
  const written = fn.params.flatMap((one) => partsOf(one) ?? [])
  const types = written.flatMap(({ type }) => (type ? withoutNothing(type) : []))
  if (types.length === 0) return undefined
  const inner = fn.typeParameters ? scope.inside(fn) : scope
  return {
    code: () => `()=>[${written.map((one) => entryOf(one, inner, file)).join(',')}]`,
    namesClass: types.some((type) => mayBeClass(type, inner)),
    namesType: types.some(({ type }) => type === 'TSTypeReference'),
  }
}

/** What a parameter is given when there is no value: 0 it must have one, 1 `undefined`, 2 `null`, 3 its own default. */
type Absence = 0 | 1 | 2 | 3

interface Parts {
  readonly name: string
  readonly text: readonly [start: number, end: number] | string
  readonly absence: Absence
  readonly type: TSType | undefined
  readonly isRest?: boolean
}

/** Nothing for `this`, which is no parameter at run time. */
function partsOf(parameter: ParamPattern): Parts | undefined {
  const pattern = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
  if (pattern.type === 'RestElement') {
    const type = pattern.typeAnnotation?.typeAnnotation
    return { ...nameAndType(pattern.argument, type), absence: 0, isRest: true }
  }
  if (pattern.type === 'AssignmentPattern') {
    const { left, right } = pattern
    const parts = nameAndType(left, left.typeAnnotation?.typeAnnotation)
    const text = right.type === 'Literal' && !parts.type ? typeof right.value : parts.text
    return { ...parts, text, absence: 3 }
  }
  if (pattern.type === 'Identifier' && pattern.name === 'this') return undefined
  const annotated = nameAndType(pattern, pattern.typeAnnotation?.typeAnnotation)
  const nothing = nothingIn(annotated.type)
  return { ...annotated, absence: pattern.optional ? 1 : nothing }
}

function nameAndType(
  pattern: { readonly type: string; readonly name?: string },
  type: TSType | undefined,
): Pick<Parts, 'name' | 'text' | 'type'> {
  const name = pattern.type === 'Identifier' ? (pattern.name ?? '') : ''
  return { name, type, text: type ? [type.start, type.end] : '' }
}

/** `X | undefined` takes `undefined`, `X | null` takes `null`. */
function nothingIn(type: TSType | undefined): Absence {
  const types = type?.type === 'TSUnionType' ? type.types : []
  if (types.some((one) => one.type === 'TSUndefinedKeyword')) return 1
  return types.some((one) => one.type === 'TSNullKeyword') ? 2 : 0
}

function entryOf(parts: Parts, scope: Scope, file: File): string {
  const { name, text, absence, type, isRest } = parts
  const words =
    typeof text === 'string' ? text : file.text.slice(...text).replaceAll(/\s\s+|[\n\t]/g, ' ')
  const entry = [JSON.stringify(name), JSON.stringify(words), String(absence)]
  const stands = isRest ? undefined : standsFor(type, words, scope, file.moduleVariable)
  return `[${(stands === undefined ? entry : [...entry, stands]).join(',')}]`
}

/** A default without a type is of the type that its value has. */
function standsFor(
  type: TSType | undefined,
  words: string,
  scope: Scope,
  moduleVariable: ModuleVariable,
): string | undefined {
  if (!type) return ['string', 'number', 'boolean'].includes(words) ? `"${words}"` : undefined
  return writtenType(withoutNothing(type), scope, moduleVariable)
}

function withoutNothing(type: TSType): TSType {
  if (type.type !== 'TSUnionType') return type
  const types = type.types.filter(
    (one) => one.type !== 'TSUndefinedKeyword' && one.type !== 'TSNullKeyword',
  )
  return types.length === 1 ? types[0]! : { ...type, types }
}
