import { within, type Timer } from './deadline.js'
import { SessionStoreError } from './errors.js'
import { storeFailure, type StoreWork } from './store-failure.js'

/** Calls a store: with a deadline, and so that its failures become answers. */
export class StoreCalls {
  readonly #deadline: number
  readonly #timer: Timer

  /** @param deadline milliseconds that one call may take. */
  constructor(deadline: number, timer: Timer) {
    this.#deadline = deadline
    this.#timer = timer
  }

  /**
   * Does the work; a synchronous store stays synchronous.
   *
   * @throws HttpError 503 when the store fails or is late. What comes after the deadline is ignored.
   */
  run<Value>(doing: StoreWork, work: () => Value | PromiseLike<Value>): Value | Promise<Value> {
    try {
      const result = work()
      if (!isPromise(result)) return result
      return within(Promise.resolve(result), this.#deadline, this.#timer, () => {
        return new SessionStoreError(
          `the session store did not ${doing} within ${this.#deadline} ms`,
          { reason: 'timeout' },
        )
      }).catch((error: unknown) => Promise.reject(storeFailure(error, doing)))
    } catch (error) {
      throw storeFailure(error, doing)
    }
  }
}

function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value
}
