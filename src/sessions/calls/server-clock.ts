/**
 * The clock of a server as replies show it, so that a deadline of this process can be given to a script or a statement. The
 * estimate is never ahead of the server, so a deadline on its clock is never too late. It keeps the best reply: one
 * that this process read late, because it was busy, says little and must not make the next deadline early.
 */
export class ServerClock {
  /** The server's clock minus `performance.now()`, in milliseconds. */
  #offset: number | undefined
  #learntAt = 0
  #server: unknown

  /** Whether replies of this server were seen. After a failover another server has another clock. */
  knows(server: unknown): boolean {
    return this.#offset !== undefined && this.#server === server
  }

  /** A moment of `performance.now()` on the server's clock, in milliseconds since 1970. */
  at(moment: number): number {
    const drift = (performance.now() - this.#learntAt) * DRIFT
    return Math.floor(moment + (this.#offset ?? 0) - drift)
  }

  /**
   * @param time the whole milliseconds that the server's clock showed.
   * @param sentAt when it was asked; it has looked at its clock between then and now.
   */
  learn(server: unknown, time: number, sentAt: number): void {
    const now = performance.now()
    const least = time - now
    const most = time + 1 - sentAt
    const drift = (now - this.#learntAt) * DRIFT
    const known = this.knows(server) ? (this.#offset as number) - drift : least
    this.#offset = Math.min(Math.max(known, least), most)
    this.#learntAt = now
    this.#server = server
  }
}

/** How much faster or slower a clock may run that is being adjusted (500 ppm, ntp_adjtime(2)). */
const DRIFT = 0.0005
