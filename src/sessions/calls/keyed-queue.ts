/**
 * Lets those who contend for one key of a store go one after the other, in this process. Without it each
 * of n parallel updates that meet would be tried n times. Each may leave something to the next.
 */
export class KeyedQueue<Left> {
  readonly #last = new Map<string, Promise<Left | undefined>>()

  /**
   * Runs work when those before it on the same key have ended, however they ended.
   *
   * @param work gets what the one before it left, and may call `leave` for the next.
   */
  async take<Value>(
    key: string,
    work: (left: Left | undefined, leave: (left: Left) => void) => Promise<Value>,
  ): Promise<Value> {
    const before = this.#last.get(key) ?? Promise.resolve(undefined)
    let forNext: Left | undefined
    const working = before.then((left) => work(left, (given) => (forNext = given)))
    const mine = working.then(
      () => forNext,
      () => undefined,
    )
    this.#last.set(key, mine)
    try {
      return await working
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
