import { SessionLostError } from '../errors/errors.js'
import { notAwaitedError } from '../errors/usage-error.js'

/** What the calls of one visit do when they fail: `commit()` and `take()`, which a handler has to await. */
export class UnawaitedCalls {
  readonly #onWarning: (error: Error) => void
  readonly #onLost: () => void
  #failed: { readonly call: string; readonly error: unknown; promise: WatchedPromise<unknown> }[] =
    []
  #isOver = false

  /** @param onLost called when a handler knows that what it wrote is lost. */
  constructor(onWarning: (error: Error) => void, onLost: () => void) {
    this.#onWarning = onWarning
    this.#onLost = onLost
  }

  /** @param call for example `session.commit()`, for the warning. */
  watch<Value>(call: string, work: Promise<Value>): Promise<Value> {
    const promise = WatchedPromise.watch(work)
    promise.onFailure((error) => {
      if (this.#isOver) this.#tell(call, error, promise)
      else if (promise.isAwaited) this.#know(error)
      else this.#failed.push({ call, error, promise })
    })
    return promise
  }

  /** The handler has ended: who has not awaited by now has forgotten to. */
  end(): void {
    this.#isOver = true
    for (const { call, error, promise } of this.#failed) {
      if (promise.isAwaited) this.#know(error)
      else this.#tell(call, error, promise)
    }
    this.#failed = []
  }

  #know(error: unknown): void {
    if (error instanceof SessionLostError) this.#onLost()
  }

  #tell(call: string, error: unknown, promise: WatchedPromise<unknown>): void {
    if (!promise.isAwaited) this.#onWarning(notAwaitedError(call, error))
  }
}

/**
 * A promise that knows whether anybody waits for it. One that fails unawaited does not end the process, as an
 * unhandled rejection would: a forgotten `await` of one visitor's request must not take the server down.
 */
class WatchedPromise<Value> extends Promise<Value> {
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
