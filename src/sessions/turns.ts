/**
 * Lets those who contend for one key of a store go one after the other, in this process. Without it each
 * of n parallel updates that meet would be tried n times.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs work when those before it on the same key have ended, however they ended. */
  async take<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
