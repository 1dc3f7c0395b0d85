/**
 * The renewals of this process, so that requests that meet at the end of a window do not all write that the
 * visitor was seen. Bounded: what is forgotten costs one command more.
 */
export class TouchThrottle {
  readonly #seen = new Map<string, number>()

  /** When a record was last renewed here, in milliseconds since 1970. */
  lastOf(key: string): number {
    return this.#seen.get(key) ?? -Infinity
  }

  note(key: string, seenAt: number): void {
    this.#seen.delete(key)
    this.#seen.set(key, seenAt)
    if (this.#seen.size > LIMIT) this.#seen.delete(this.#seen.keys().next().value as string)
  }

  /** It failed: the next request is to try again. */
  forget(key: string): void {
    this.#seen.delete(key)
  }
}

const LIMIT = 10_000
