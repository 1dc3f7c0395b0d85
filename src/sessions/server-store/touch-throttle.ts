/**
 * When this process last noted the activity of a session, so that parallel requests at the end of a
 * `touchInterval` do not all write it. Bounded: an entry that was dropped costs one command more.
 */
export class TouchThrottle {
  readonly #seen = new Map<string, number>()

  /** When a record was last touched here, in milliseconds since 1970. */
  lastOf(key: string): number {
    return this.#seen.get(key) ?? -Infinity
  }

  note(key: string, seenAt: number): void {
    this.#seen.delete(key)
    this.#seen.set(key, seenAt)
    if (this.#seen.size > LIMIT) this.#seen.delete(this.#seen.keys().next().value as string)
  }

  /** The touch failed: the next request tries again. */
  delete(key: string): void {
    this.#seen.delete(key)
  }
}

const LIMIT = 10_000
