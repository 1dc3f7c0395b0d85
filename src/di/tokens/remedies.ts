import { recognize } from '../copies.js'
import type { Token } from './token.js'

const remedies = new WeakMap<Token, string>()

recognize((thing) => remedies.has(thing as Token))

/**
 * Says what to write when nothing provides a token, in place of the general advice. A layer calls it beside the
 * classes that its own components provide.
 */
export function noteRemedy(token: Token, remedy: string): void {
  remedies.set(token, remedy)
}

/** What to write when nothing provides the token, where its layer says so. */
export function remedyOf(token: Token): string | undefined {
  return remedies.get(token)
}
