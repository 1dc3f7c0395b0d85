import { TransientMap } from '../../di/index.js'
import { systemTimer, within, type Timer } from '../calls/deadline.js'
import { SessionStoreError } from '../errors/errors.js'

/** How long one call may take, and what measures it. */
export interface KeyedQueueOptions {
  /** Milliseconds that one call may take, including its wait for earlier calls on the same session. Default: 1,000. */
  readonly timeoutMs?: number
  /** Sets the timer of the timeout. Default: that of the runtime. */
  readonly timer?: Timer
}

/** Runs the calls on one key one after the other in this process, each for no longer than the timeout. */
export class KeyedQueueWithTimeout {
  readonly #timeout: number
  readonly #timer: Timer
  /** Settles when all work on a key has. */
  readonly #last = new TransientMap<string, Promise<void>>()

  constructor({ timeoutMs = 1000, timer = systemTimer() }: KeyedQueueOptions) {
    this.#timeout = timeoutMs
    this.#timer = timer
  }

  /**
   * Does the work when the earlier work on the key has ended. Work that takes too long rejects. The next one still
   * waits until it has really ended, so that its write cannot land on top of a later logout.
   *
   * @param work has to call `assertInTime` before it writes: that throws after the timeout.
   * @param deadline when the caller gives up, on the clock of `performance.now`: nothing is written afterwards.
   * @throws SessionStoreError when the work takes too long.
   */
  async run<Value>(
    verb: string,
    key: string,
    work: (assertInTime: () => void) => Promise<Value>,
    deadline = Infinity,
  ): Promise<Value> {
    let isLate = false
    const late = () => {
      const message = `the store did not ${verb} within ${this.#timeout} ms`
      return new SessionStoreError(message, { reason: 'timeout' })
    }
    const assertInTime = () => {
      if (isLate || performance.now() >= deadline) throw late()
    }
    const begin = async () => {
      assertInTime()
      return within(work(assertInTime), STUCK, this.#timer, late)
    }
    const working = (this.#last.entries.get(key) ?? Promise.resolve()).then(begin)
    const ended = (): void => {
      if (this.#last.entries.get(key) === last) this.#last.delete(key)
    }
    const last = working.then(ended, ended)
    this.#last.set(key, last)
    return within(working, this.#timeout, this.#timer, () => {
      isLate = true
      return late()
    })
  }
}

/** Milliseconds after which the next work begins although this one has not ended, so that no session is blocked for ever. */
export const STUCK = 60_000
