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

const remediesOfSubclasses = new WeakMap<object, (name: string) => string>()

/** As {@link noteRemedy}, for every class that extends this one; the remedy is made of its name. */
export function noteRemedyOfSubclasses(base: Token, remedy: (name: string) => string): void {
  remediesOfSubclasses.set(base, remedy)
}

/** What to write when nothing provides the token, where its layer says so. */
export function remedyOf(token: Token): string | undefined {
  return remedies.get(token) ?? remedyOfSubclass(token)
}

function remedyOfSubclass(token: Token): string | undefined {
  let base: unknown = Object.getPrototypeOf(token)
  while (typeof base === 'function') {
    const remedy = remediesOfSubclasses.get(base)
    if (remedy) return remedy((token as Function).name)
    base = Object.getPrototypeOf(base)
  }
  return undefined
}
