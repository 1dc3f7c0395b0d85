import type { Node } from 'oxc-parser'
import type { Description } from './parameters.js'
import type { Scope } from './scope.js'

/** What is known of where a node stands. */
export interface Place {
  readonly scope: Scope
  /** Whether it is evaluated many times: inside a function, or once per instance. */
  readonly isNested: boolean
  /** Whether it stands directly in a namespace. */
  readonly isNamespace?: boolean
  /** Takes the notes on function declarations: they are made where the declarations are hoisted to. */
  readonly notes: string[]
}

/** How a function is used that stands directly there: its name is the variable's, or a call takes it. */
export interface Use {
  /** The name that an anonymous function gets from where it stands; empty where it gets none. */
  readonly name: string
  /** `handler`: it answers requests. `name`: others may speak of it. `none`: it is nobody's to inject. */
  readonly by?: 'handler' | 'name' | 'none'
}

export const SOMEHOW: Use = { name: '' }
/** A property of a namespace, which gives its function no name. */
export const BY_NAME: Use = { name: '', by: 'name' }
export const BY_NOBODY: Use = { name: '', by: 'none' }
const AS_HANDLER: Use = { name: '', by: 'handler' }

/** How a call uses the functions that it is given. */
export function useBy(callee: Node): Use {
  if (callee.type !== 'MemberExpression' || callee.computed) return SOMEHOW
  const { name } = callee.property as { readonly name: string }
  if (CALLBACKS.has(name)) return BY_NOBODY
  return VERBS.has(name) ? AS_HANDLER : SOMEHOW
}

/**
 * What is made many times is noted only where it surely pays: a note costs some 100 ns each time. What
 * has nothing but defaults may well be left to them, unless it is a handler, or may become one elsewhere.
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

/** Methods of arrays, promises and the like, which call a function with values of their own. */
const CALLBACKS: ReadonlySet<string> = new Set(
  `catch every filter finally find findIndex findLast findLastIndex flatMap forEach from map reduce
  reduceRight replace replaceAll some sort then toSorted`.split(/\s+/),
)

/** Makers of routes: `route.get(path, handler)`. */
const VERBS: ReadonlySet<string> = new Set(`delete get head options patch post put`.split(' '))
