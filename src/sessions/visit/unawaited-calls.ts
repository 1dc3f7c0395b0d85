import { SessionLostError } from '../errors/errors.js'
import { notAwaitedError } from '../errors/usage-error.js'
import { WatchedPromise } from './watched-promise.js'

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
