import type { Node, TSType, TSTypeName } from 'oxc-parser'
import { isGone, type Gone, type Scope } from './scope.js'

/** Names the variable that holds another module as a whole. */
export type ModuleVariable = (source: string) => string

/**
 * The code that stands for a type at run time: a function that returns a class, the name of a primitive,
 * or a list of literals. `undefined` for a type of which nothing is left.
 */
export function typeReference(
  type: TSType,
  scope: Scope,
  moduleVariable: ModuleVariable,
): string | undefined {
  const primitive = PRIMITIVES.get(type.type)
  if (primitive !== undefined) return JSON.stringify(primitive)
  const literals = (type.type === 'TSUnionType' ? type.types : [type]).map(literalOf)
  if (literals.every((one) => one !== undefined)) return `[${literals.join(',')}]`
  if (type.type !== 'TSTypeReference') return undefined
  const value = valueOf(type.typeName, scope, moduleVariable)
  return value === undefined ? undefined : `()=>${value}`
}

/** Whether a type may name a class; `Promise<X>` and TypeScript's own utility types do not. */
export function mayBeClass(type: TSType, scope: Scope): boolean {
  if (type.type !== 'TSTypeReference') return false
  const [root] = pathOf(type.typeName)
  if (root === undefined) return false
  const { meaning } = scope.find(root)
  return meaning === undefined ? !NEVER_INJECTED.has(root) : !isGone(meaning)
}

/**
 * The name of a type that its file neither declares nor imports, followed by names that were probably
 * meant; `undefined` when the file or a global has the name.
 */
export function unknownName(type: TSType, scope: Scope): readonly string[] | undefined {
  if (type.type !== 'TSTypeReference') return undefined
  const [root] = pathOf(type.typeName)
  if (root === undefined || scope.find(root).meaning !== undefined) return undefined
  if (NEVER_INJECTED.has(root) || root in globalThis) return undefined
  const isMeant = (name: string) => mayMean(root, name)
  return [root, ...scope.classNames(isMeant), ...GLOBALS.filter(isMeant)]
}

/** Why nothing stands for the name of a type: a kind of type, one of TypeScript's own, or a variable that hides it. */
export type Cause = Gone | 'declared' | 'own' | 'hidden'

/** Why the name of a type has no value at run time, as far as its file tells. */
export function causeOf(type: TSType, scope: Scope): Cause | undefined {
  if (type.type !== 'TSTypeReference') return undefined
  const [root] = pathOf(type.typeName)
  if (root === undefined) return undefined
  const { meaning, isHidden } = scope.find(root)
  if (isGone(meaning) || meaning === 'declared') return meaning
  if (meaning === undefined && NEVER_INJECTED.has(root)) return 'own'
  // A name that is imported is read from its module, whatever hides it.
  const isImported = typeof meaning === 'object' && meaning.name !== '*'
  return isHidden && !isImported ? 'hidden' : undefined
}

/** Most slips leave the first letter and the length nearly alone; the error picks the nearest of these. */
function mayMean(written: string, name: string): boolean {
  if (Math.abs(written.length - name.length) > 2) return false
  return written[0]!.toLowerCase() === name[0]!.toLowerCase()
}

const GLOBALS: readonly string[] = Object.getOwnPropertyNames(globalThis)

const PRIMITIVES: ReadonlyMap<TSType['type'], string> = new Map([
  ['TSStringKeyword', 'string'],
  ['TSNumberKeyword', 'number'],
  ['TSBooleanKeyword', 'boolean'],
  ['TSBigIntKeyword', 'bigint'],
])

/** Names of TypeScript's utility types, and classes that are too general to be tokens. */
const NEVER_INJECTED: ReadonlySet<string> = new Set(
  `Array ArrayLike AsyncGenerator AsyncIterable AsyncIterableIterator AsyncIterator Awaited Capitalize
  ConstructorParameters Exclude Extract Function Generator InstanceType Iterable IterableIterator
  Iterator Lowercase NoInfer NonNullable Object Omit Parameters Partial Pick Promise PromiseLike
  Readonly ReadonlyArray ReadonlyMap ReadonlySet Record Required ReturnType ThisType Uncapitalize
  Uppercase`.split(/\s+/),
)

/** A string, number or boolean literal as code. */
function literalOf(type: TSType): string | undefined {
  if (type.type !== 'TSLiteralType') return undefined
  const { literal } = type
  if (literal.type === 'UnaryExpression') return negativeOf(literal)
  if (literal.type !== 'Literal') return undefined
  const { value } = literal
  return ['string', 'number', 'boolean'].includes(typeof value) ? JSON.stringify(value) : undefined
}

function negativeOf({ operator, argument }: Extract<Node, { type: 'UnaryExpression' }>) {
  const isNumber = argument.type === 'Literal' && typeof argument.value === 'number'
  return operator === '-' && isNumber ? `-${argument.value}` : undefined
}

/**
 * The code for a type's name. Imports are read through the whole module: a name that is only a type
 * reads as `undefined`, while an import of that name would not link.
 */
function valueOf(
  typeName: TSTypeName,
  scope: Scope,
  moduleVariable: ModuleVariable,
): string | undefined {
  const [root, ...path] = pathOf(typeName)
  if (root === undefined) return undefined
  const { meaning, isHidden } = scope.find(root)
  if (isGone(meaning)) return undefined
  const members = path.map((name) => `?.${name}`).join('')
  if (typeof meaning === 'object' && meaning.name !== '*')
    return `${moduleVariable(meaning.source)}[${JSON.stringify(meaning.name)}]${members}`
  if (isHidden) return undefined
  if (meaning !== undefined) return `${root}${members}`
  if (NEVER_INJECTED.has(root)) return undefined
  return `typeof ${root}==="undefined"?undefined:${root}${members}`
}

/** `io.Cluster` as `['io', 'Cluster']`; nothing for `this`. */
function pathOf(typeName: TSTypeName): string[] {
  if (typeName.type === 'Identifier') return [typeName.name]
  if (typeName.type !== 'TSQualifiedName') return []
  const left = pathOf(typeName.left)
  return left.length === 0 ? [] : [...left, typeName.right.name]
}
