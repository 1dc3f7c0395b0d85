import type {
  ArrowFunctionExpression,
  Expression,
  Function,
  ParamPattern,
  TSType,
} from 'oxc-parser'
import type { Scope } from './scope.js'
import {
  causeOf,
  mayBeClass,
  unknownName,
  typeReference,
  type ModuleVariable,
} from './type-reference.js'

/** The parameters of a function, as code that is emitted beside it. */
export interface Description {
  /** The code of a function that returns the list. */
  code(): string
  /** Whether a parameter's type may be a class. */
  readonly namesClass: boolean
  /** Whether a parameter's type is a name, also an interface's. */
  readonly namesType: boolean
  /** Whether a parameter's type is written; otherwise each follows from a default. */
  readonly isTyped: boolean
}

/** The file of a function: its text, and its variables for other modules. */
export interface File {
  readonly text: string
  readonly moduleVariable: ModuleVariable
}

/**
 * Describes the parameters of a function as `[name, type as written, absence, type, cause]`, one for
 * each but `this`; `undefined` when none has a type, written or by its default. `src/di/tokens/emitted-types.ts`
 * reads them.
 */
export function describeParameters(
  fn: Function | ArrowFunctionExpression,
  scope: Scope,
  file: File,
): Description | undefined {
  const parameters = fn.params.flatMap((one) => partsOf(one) ?? [])
  const types = parameters.flatMap(({ type }) => (type ? withoutNothing(type) : []))
  if (types.length === 0 && !parameters.some((one) => one.inferred)) return undefined
  const inner = fn.typeParameters ? scope.inside(fn) : scope
  return {
    code: () => `()=>[${parameters.map((one) => entryOf(one, inner, file)).join(',')}]`,
    namesClass: types.some((type) => mayBeClass(type, inner)),
    namesType: types.some(({ type }) => type === 'TSTypeReference'),
    isTyped: types.length > 0,
  }
}

/** What a parameter gets when nothing provides it: 0 an error, 1 `undefined`, 2 `null`, 3 its own default. */
type Absence = 0 | 1 | 2 | 3

interface Parts {
  readonly name: string
  /** The offsets of the type in the text. */
  readonly text: readonly [start: number, end: number] | undefined
  readonly absence: Absence
  readonly type: TSType | undefined
  /** The primitive type of the default, where no type is written. */
  readonly inferred?: string | undefined
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
    return { ...parts, absence: 3, inferred: parts.type ? undefined : primitiveOf(right) }
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
  return { name, type, text: type && [type.start, type.end] }
}

/** The type that TypeScript infers from a literal. */
function primitiveOf(value: Expression): string | undefined {
  if (value.type === 'TemplateLiteral') return 'string'
  if (value.type === 'UnaryExpression')
    return '+-'.includes(value.operator) ? primitiveOf(value.argument) : undefined
  const type = value.type === 'Literal' ? typeof value.value : ''
  return PRIMITIVES.has(type) ? type : undefined
}

const PRIMITIVES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'bigint'])

/** `X | undefined` takes `undefined`, `X | null` takes `null`. */
function nothingIn(type: TSType | undefined): Absence {
  const types = type?.type === 'TSUnionType' ? type.types : []
  if (types.some((one) => one.type === 'TSUndefinedKeyword')) return 1
  return types.some((one) => one.type === 'TSNullKeyword') ? 2 : 0
}

function entryOf(parts: Parts, scope: Scope, file: File): string {
  const { name, text, absence, inferred } = parts
  const typeText = text
    ? file.text.slice(...text).replaceAll(/\s\s+|[\n\t]/g, ' ')
    : (inferred ?? '')
  const entry = [JSON.stringify(name), JSON.stringify(typeText), absence]
  return `[${[...entry, ...referenceOf(parts, scope, file)].join(',')}]`
}

/**
 * The reference to the type, or 0, then why it is none where the file tells: a word, or a list of the name in it that
 * the file does not have and those that were probably meant.
 */
function referenceOf({ type, inferred, isRest }: Parts, scope: Scope, file: File): string[] {
  if (!type) return inferred ? [JSON.stringify(inferred)] : []
  const plain = withoutNothing(type)
  const reference = isRest ? undefined : typeReference(plain, scope, file.moduleVariable)
  const cause = isRest ? undefined : (causeOf(plain, scope) ?? unknownName(plain, scope))
  if (cause === undefined) return reference === undefined ? [] : [reference]
  return [reference ?? '0', JSON.stringify(cause)]
}

function withoutNothing(type: TSType): TSType {
  if (type.type !== 'TSUnionType') return type
  const types = type.types.filter(
    (one) => one.type !== 'TSUndefinedKeyword' && one.type !== 'TSNullKeyword',
  )
  return types.length === 1 ? types[0]! : { ...type, types }
}
