import { isMarker } from './marker.js'
import type { Parameter } from './parameter.js'

/**
 * Gives equal parameters one key: a class or named token is its own key; a marker is keyed by label,
 * arguments and what its conversion depends on (the emitted type, and whether it may be missing).
 */
export class TokenTable {
  readonly #root = new Map<unknown, unknown>()

  keyOf(parameter: Parameter): object {
    const { token } = parameter
    if (!isMarker(token)) return token
    const steps = [
      token.label,
      token.details.length,
      ...token.details,
      parameter.designType,
      parameter.isOptional,
    ]
    let table = this.#root
    for (const step of steps) {
      let below = table.get(step) as Map<unknown, unknown> | undefined
      if (!below) table.set(step, (below = new Map()))
      table = below
    }
    return table
  }
}
