import type {
  ArrowFunctionExpression,
  Expression,
  Function,
  ParamPattern,
  TSType,
} from 'oxc-parser'
import type { Scope } from './scope.js'
import { mayBeClass, unknownName, writtenType, type ModuleVariable } from './written-type.js'

/** The parameters of a function, as code to be written down beside it. */
export interface Description {
  /** The code of a function that gives the list. */
  code(): string
  /** Whether a parameter's type may be a class. */
  readonly namesClass: boolean
  /** Whether a parameter's type is a name, be it an interface's. */
  readonly namesType: boolean
  /** Whether a parameter's type is written; else each follows from a default. */
  readonly isTyped: boolean
}

/** What describing takes from the file that a function stands in. */
export interface File {
  readonly text: string
  readonly moduleVariable: ModuleVariable
}

/**
 * Describes the parameters of a function as `[name, type as written, absence, type, unknown]`, one for
 * each but `this`; `undefined` when none has a type, written or by its default. `src/di/tokens/emitted-types.ts`
 * reads them.
 */
export function describeParameters(
  fn: Function | ArrowFunctionExpression,
  scope: Scope,
  file: File,
): Description | undefined {
  const written = fn.params.flatMap((one) => partsOf(one) ?? [])
  const types = written.flatMap(({ type }) => (type ? withoutNothing(type) : []))
  if (types.length === 0 && !written.some((one) => one.inferred)) return undefined
  const inner = fn.typeParameters ? scope.inside(fn) : scope
  return {
    code: () => `()=>[${written.map((one) => entryOf(one, inner, file)).join(',')}]`,
    namesClass: types.some((type) => mayBeClass(type, inner)),
    namesType: types.some(({ type }) => type === 'TSTypeReference'),
    isTyped: types.length > 0,
  }
}

/** What a parameter is given when there is no value: 0 it must have one, 1 `undefined`, 2 `null`, 3 its own default. */
type Absence = 0 | 1 | 2 | 3

interface Parts {
  readonly name: string
  /** Where the type is written. */
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
  const words = text ? file.text.slice(...text).replaceAll(/\s\s+|[\n\t]/g, ' ') : (inferred ?? '')
  const entry = [JSON.stringify(name), JSON.stringify(words), absence]
  return `[${[...entry, ...standsFor(parts, scope, file)].join(',')}]`
}

/** What stands for the type, and behind it what is known of a name that the file does not have. */
function standsFor({ type, inferred, isRest }: Parts, scope: Scope, file: File): string[] {
  if (!type) return inferred ? [JSON.stringify(inferred)] : []
  const asked = withoutNothing(type)
  const stands = isRest ? undefined : writtenType(asked, scope, file.moduleVariable)
  if (stands === undefined) return []
  const unknown = unknownName(asked, scope)
  return unknown ? [stands, JSON.stringify(unknown)] : [stands]
}

function withoutNothing(type: TSType): TSType {
  if (type.type !== 'TSUnionType') return type
  const types = type.types.filter(
    (one) => one.type !== 'TSUndefinedKeyword' && one.type !== 'TSNullKeyword',
  )
  return types.length === 1 ? types[0]! : { ...type, types }
}
