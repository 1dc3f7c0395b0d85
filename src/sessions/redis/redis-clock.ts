/**
 * The clock of the Redis server, as far as its replies told. Scripts compare it with the deadline of
 * their caller, so that a command that was held up somewhere takes no effect after the caller gave up.
 */
export class RedisClock {
  /** Server time minus `performance.now()`, in milliseconds; at most this much, less the way of the reply. */
  #ahead: number | undefined

  get isKnown(): boolean {
    return this.#ahead !== undefined
  }

  /** Notes what the server's clock said in a reply that has just arrived. */
  note(serverTime: number): void {
    this.#ahead = serverTime - performance.now()
  }

  /** What the server's clock shows at a moment of `performance.now()`, or a little less: never more. */
  at(moment: number): number {
    return Math.floor(moment + (this.#ahead ?? 0))
  }
}
