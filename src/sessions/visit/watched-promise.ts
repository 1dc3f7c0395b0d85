/**
 * A promise that knows whether anybody waits for it. One that fails unawaited does not end the process, as an
 * unhandled rejection would: a forgotten `await` of one visitor's request must not take the server down.
 */
export class WatchedPromise<Value> extends Promise<Value> {
  #isAwaited = false

  static watch<Value>(work: Promise<Value>): WatchedPromise<Value> {
    return new WatchedPromise<Value>((resolve, reject) => void work.then(resolve, reject))
  }

  /** What `then` makes is an ordinary promise, which is the caller's. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  get isAwaited(): boolean {
    return this.#isAwaited
  }

  /** Calls back when it fails, before whoever awaits it; that alone is no waiting. */
  onFailure(failed: (error: unknown) => void): void {
    void super.then(undefined, failed)
  }

  override then<Result = Value, Failed = never>(
    onFulfilled?: ((value: Value) => Result | PromiseLike<Result>) | null,
    onRejected?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Result | Failed> {
    this.#isAwaited = true
    return super.then(onFulfilled, onRejected)
  }
}
