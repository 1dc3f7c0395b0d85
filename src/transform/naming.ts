import type { Node } from 'oxc-parser'

/**
 * The name that JavaScript gives an anonymous function for the variable it is assigned to. Empty where
 * it gets none.
 */
export function nameFor(target: Node): string {
  return target.type === 'Identifier' ? target.name : ''
}

interface Keyed {
  readonly key: Node
  readonly computed: boolean
}

/** The name of a member that is written out, as in `show`, `'show'` or `#show`; else empty. */
export function keyName({ key, computed }: Keyed): string {
  if (computed) return ''
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  if (key.type === 'Identifier') return key.name
  const isText = key.type === 'Literal' && ['string', 'number', 'bigint'].includes(typeof key.value)
  return isText ? String(key.value) : ''
}

/** A name as a key of an object literal. */
export function keyCode(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}
