import { isMarker } from '../tokens/marker.js'
import type { Parameter } from '../tokens/parameter.js'

/**
 * Gives equal parameters one key: a class or named token is its own key; a marker is keyed by label,
 * arguments and what its conversion depends on (the emitted type, and whether it may be missing).
 */
export class TokenTable {
  readonly #root: Table = new Map()

  keyOf(parameter: Parameter): object {
    const { token } = parameter
    if (!isMarker(token)) return token
    const { label, details } = token
    const steps = [label, details.length, ...details, parameter.designType, parameter.isOptional]
    return steps.reduce(below, this.#root)
  }
}

type Table = Map<unknown, Table>

function below(table: Table, step: unknown): Table {
  let found = table.get(step)
  if (!found) table.set(step, (found = new Map()))
  return found
}
