/** Runs the work on one key of a store one after the other, in this process. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs work when all earlier work on the same key has settled, also when that failed. */
  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const working = (this.#last.get(key) ?? Promise.resolve()).then(work)
    const mine = working.catch(() => undefined)
    this.#last.set(key, mine)
    try {
      return await working
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
