import type { Node } from 'oxc-parser'
import type { Description } from './parameters.js'
import type { Scope } from './scope.js'

/** Where a node stands in the program. */
export interface Place {
  readonly scope: Scope
  /** Whether it is evaluated many times: inside a function, or once per instance. */
  readonly isNested: boolean
  /** Whether it stands directly in a namespace. */
  readonly isNamespace?: boolean
  /** Collects the metadata of function declarations, for the place where the declarations are hoisted to. */
  readonly metadata: string[]
}

/** How a function expression is used: a variable names it, or a call takes it. */
export interface Use {
  /** The name that the place gives an anonymous function; empty where it gives none. */
  readonly name: string
  /** `handler`: it answers requests. `name`: other code can refer to it. `none`: it is never injected. */
  readonly by?: 'handler' | 'name' | 'none'
}

export const UNKNOWN_USE: Use = { name: '' }
/** A property of a namespace, which gives its function no name. */
export const NAMED: Use = { name: '', by: 'name' }
export const NOT_INJECTED: Use = { name: '', by: 'none' }
const AS_HANDLER: Use = { name: '', by: 'handler' }

/** How a call uses its arguments. */
export function useBy(callee: Node): Use {
  if (callee.type !== 'MemberExpression' || callee.computed) return UNKNOWN_USE
  const { name } = callee.property as { readonly name: string }
  if (CALLBACKS.has(name)) return NOT_INJECTED
  return VERBS.has(name) ? AS_HANDLER : UNKNOWN_USE
}

/**
 * A function that is made many times is recorded only where that surely pays, because it costs some
 * 100 ns each time. One that has nothing but defaults is left to them, unless it is or may become a handler.
 */
export function isWorthIt(
  { namesClass, isTyped }: Description,
  { isNested }: Place,
  { by }: Use,
): boolean {
  if (by === 'none') return false
  if (by === 'handler' || namesClass) return true
  return !isNested && (isTyped || by === 'name')
}

/** Methods of arrays, promises and the like, which call functions with values of their own. */
const CALLBACKS: ReadonlySet<string> = new Set(
  `catch every filter finally find findIndex findLast findLastIndex flatMap forEach from map reduce
  reduceRight replace replaceAll some sort then toSorted`.split(/\s+/),
)

/** Makers of routes: `route.get(path, handler)`. */
const VERBS: ReadonlySet<string> = new Set(`delete get head options patch post put`.split(' '))
