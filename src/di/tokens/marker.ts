import { noteParameterToken } from './decorator-metadata.js'
import type { Marker, Token } from './token.js'

/**
 * Makes a marker.
 *
 * @param label the family, for example `'Query'`; a component recognises its markers by it.
 * @param details the arguments; compared one by one with `Object.is` when two markers are compared.
 */
export function marker<Value>(label: string, ...details: readonly unknown[]): Marker<Value> {
  const decorate = (target: object, method: string | symbol | undefined, index: number): void => {
    noteParameterToken(target, method, index, made)
  }
  const made: Marker<Value> = Object.assign(decorate, { kind: 'marker' as const, label, details })
  Object.defineProperty(made, 'toString', {
    configurable: true,
    value: () => `${label}(${details.map(describeDetail).join(', ')})`,
  })
  return made
}

/** Whether a token is a marker, of the given family if one is given. */
export function isMarker(token: unknown, label?: string): token is Marker<unknown> {
  return (
    typeof token === 'function' &&
    'kind' in token &&
    token.kind === 'marker' &&
    // A function with this `kind` is one of ours, which the compiler cannot see.
    (label === undefined || (token as unknown as Marker<unknown>).label === label)
  )
}

/** Classes and named tokens are themselves; markers are their label and arguments. */
export function isSameToken(one: Token, other: Token): boolean {
  if (one === other) return true
  if (!isMarker(one) || !isMarker(other) || one.label !== other.label) return false
  return (
    one.details.length === other.details.length &&
    one.details.every((detail, index) => Object.is(detail, other.details[index]))
  )
}

/**
 * The token of a parameter whose type does not say where its value comes from, so that its name has
 * to: a primitive, or one of some literals. A component that has values by name provides it.
 *
 * @param type the primitive's name, or the literals as a JSON array.
 * @param text the type as it is written, for messages.
 */
export function byName(name: string, type: string, text: string): Marker<unknown> {
  const made = marker<unknown>('byName', name, type)
  return Object.defineProperty(made, 'toString', { value: () => `${name}: ${text}` })
}

/** Whether a token was made by {@link byName}: its details are the name and the type. */
export function isByName(token: unknown): token is Marker<unknown> {
  return isMarker(token, 'byName')
}

function describeDetail(detail: unknown): string {
  if (typeof detail === 'string') return `'${detail}'`
  if (typeof detail === 'function') return detail.name || 'function'
  if (typeof detail === 'object' && detail !== null) return detail.constructor?.name ?? 'object'
  return String(detail)
}
