/**
 * When this process last noted the activity of a session, so that parallel requests at the end of a
 * `touchInterval` do not all write it. Bounded: an entry that was dropped costs one command more.
 */
export class TouchThrottle {
  readonly #seen = new Map<string, number>()

  /**
   * Touches a record, unless that was done here lately. When it fails, the next request tries again.
   *
   * @param seenAt milliseconds since 1970.
   * @param isNoted whether a touch at that time is enough.
   */
  async note(
    key: string,
    seenAt: number,
    isNoted: (last: number) => boolean,
    touch: () => Promise<void>,
  ): Promise<void> {
    const last = this.#seen.get(key)
    if (last !== undefined && isNoted(last)) return
    this.#seen.delete(key)
    this.#seen.set(key, seenAt)
    if (this.#seen.size > LIMIT) this.#seen.delete(this.#seen.keys().next().value as string)
    try {
      await touch()
    } catch (error) {
      this.#seen.delete(key)
      throw error
    }
  }
}

const LIMIT = 10_000
