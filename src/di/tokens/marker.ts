import { noteParameterToken } from './decorator-metadata.js'
import type { Marker } from './token.js'

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
export function isMarker(asked: unknown, label?: string): asked is Marker<unknown> {
  return (
    typeof asked === 'function' &&
    'kind' in asked &&
    asked.kind === 'marker' &&
    (label === undefined || (asked as unknown as Marker<unknown>).label === label)
  )
}

function describeDetail(detail: unknown): string {
  if (typeof detail === 'string') return `'${detail}'`
  if (typeof detail === 'function') return detail.name || 'function'
  if (typeof detail === 'object' && detail !== null) return detail.constructor?.name ?? 'object'
  return String(detail)
}
