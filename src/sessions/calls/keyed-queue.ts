/**
 * Runs the work on one key of a store one after the other, in this process. Without it each of n parallel
 * updates would be tried up to n times. Each may leave a value to the next.
 */
export class KeyedQueue<Value> {
  readonly #last = new Map<string, Promise<Value | undefined>>()

  /**
   * Runs work when all earlier work on the same key has settled, also when that failed.
   *
   * @param work gets what the work before it left, and may call `leave` for the next.
   */
  async take<Result>(
    key: string,
    work: (previous: Value | undefined, leave: (value: Value) => void) => Promise<Result>,
  ): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve(undefined)
    let forNext: Value | undefined
    const working = before.then((previous) => work(previous, (value) => (forNext = value)))
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
