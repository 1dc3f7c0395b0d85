import { isMarker, marker } from './marker.js'
import type { Marker } from './token.js'

/**
 * The token of a parameter whose type does not say what it is, so that its name has to: a primitive,
 * or one of some literals. Whoever has values by name (a route of its path) provides it.
 *
 * @param type the primitive's name, or the literals as a JSON array.
 * @param text the type as it is written, for messages.
 */
export function byName(name: string, type: string, text: string): Marker<unknown> {
  const made = marker<unknown>('byName', name, type)
  return Object.defineProperty(made, 'toString', { value: () => `${name}: ${text}` })
}

/** Whether a token asks by name. Its details are the name and the type, as {@link byName} has them. */
export function isByName(asked: unknown): asked is Marker<unknown> {
  return isMarker(asked, 'byName')
}
