/** Sets timers, in milliseconds. The default is that of the runtime. */
export interface Timer {
  set(run: () => void, milliseconds: number): unknown
  clear(handle: unknown): void
  /** Milliseconds on a clock that only goes forward. Default: `performance.now`. */
  now?(): number
}

/** That of the runtime, as it is now: tests replace it. */
export function systemTimer(): Timer {
  // Taken off their object: workerd refuses a `this` that is not its own.
  const { setTimeout: set, clearTimeout: clear } = globalThis
  return { set: set.bind(undefined), clear: clear.bind(undefined) }
}

/**
 * Waits for work for so many milliseconds, then rejects with what `late` makes. What the work gives later is
 * ignored, an error too.
 */
export function within<Value>(
  work: Promise<Value>,
  milliseconds: number,
  timer: Timer,
  late: () => Error,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    // After a stall of the event loop the timer fires before a reply that has already arrived is read; the
    // reply is read before `setImmediate`, and wins.
    const handle = timer.set(() => setImmediate(() => reject(late())), milliseconds)
    work.then(
      (value) => {
        timer.clear(handle)
        resolve(value)
      },
      (error: Error) => {
        timer.clear(handle)
        reject(error)
      },
    )
  })
}
