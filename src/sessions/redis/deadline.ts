/**
 * The moment by which one operation has an answer. ioredis has `commandTimeout`, but its promises may
 * never settle after a cut connection (ioredis #2193), and it counts the time that this process was busy.
 */
export class Deadline {
  /** On the monotonic clock of `performance.now`, in milliseconds: a step of the wall clock moves nothing. */
  readonly at: number

  constructor(timeout: number) {
    this.at = performance.now() + timeout
  }

  get hasPassed(): boolean {
    return performance.now() >= this.at
  }

  /** Waits for a promise until the deadline, then rejects with what `late` makes. */
  wait<Value>(promise: Promise<Value>, late: () => Error): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        // The timer also fires first after the event loop stood still: a reply that waits in the socket
        // is read before `setImmediate`, and wins.
        () => setImmediate(() => reject(late())),
        // Timers may fire up to a millisecond early; a script that lands then would land after all.
        Math.max(0, Math.ceil(this.at - performance.now()) + 1),
      )
      promise.then(
        (value) => {
          clearTimeout(timer)
          resolve(value)
        },
        (error: Error) => {
          clearTimeout(timer)
          reject(error)
        },
      )
    })
  }
}
