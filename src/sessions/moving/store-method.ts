import { callable, describeParameters, type AnyToken, type Token } from '../../di/index.js'
import type { SessionStore } from '../store/session-store.js'

/**
 * A method of a store that another store calls: what it asks for is injected into that one, but for one parameter
 * that is given by hand.
 */
export class StoreMethod {
  /** What has to be injected, in order. */
  readonly tokens: readonly AnyToken[]
  readonly #store: SessionStore
  readonly #method: 'load' | 'dump' | 'userSessions'
  readonly #isGiven: readonly boolean[]

  /** @param given the token of the parameter that is given by hand. */
  constructor(store: SessionStore, method: 'load' | 'dump' | 'userSessions', given?: Token) {
    const tokens = describeParameters(callable([store, method])).map(
      // An erased type stays what it is, for `ready()` to explain.
      (parameter) => (parameter.token ?? parameter.designType) as AnyToken,
    )
    this.#store = store
    this.#method = method
    this.#isGiven = tokens.map((token) => token === given)
    this.tokens = tokens.filter((token) => token !== given)
  }

  /** @param values those of `tokens`. */
  call(given: unknown, values: readonly unknown[]): unknown {
    const injected = values.values()
    const all = this.#isGiven.map((isGiven) => (isGiven ? given : injected.next().value))
    return (this.#store[this.#method] as (...all: unknown[]) => unknown)(...all)
  }
}
