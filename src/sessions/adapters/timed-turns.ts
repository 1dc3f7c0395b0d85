import { SYSTEM_TIMER, within, type Timer } from '../calls/deadline.js'
import { SessionOptionError, SessionStoreError } from '../errors/errors.js'
import { KeyedQueue } from '../calls/keyed-queue.js'

/** How long one piece of work may take, and who measures it. */
export interface TimedTurnsOptions {
  /** Milliseconds that one call may take, waiting for those before it on the same session included. Default: 1,000. */
  readonly timeout?: number
  /** Sets the timer of the timeout. Default: that of the runtime. */
  readonly timer?: Timer
}

/** Lets the work on one key of a store run one after the other in this process, and none longer than the timeout. */
export class KeyedQueueWithTimeout {
  readonly #timeout: number
  readonly #timer: Timer
  readonly #turns = new KeyedQueue()

  /** @throws SessionOptionError when `timeout` is not a positive number of milliseconds, below a minute. */
  constructor({ timeout = 1000, timer = SYSTEM_TIMER }: TimedTurnsOptions) {
    if (!(timeout > 0 && timeout < STUCK)) {
      throw new SessionOptionError(
        'timeout',
        `must be more than 0 and less than ${STUCK} milliseconds, not ${String(timeout)}.`,
      )
    }
    this.#timeout = timeout
    this.#timer = timer
  }

  /**
   * Does the work when that before it on the key has ended. Work that is late rejects. It is to call `go`
   * before it writes, which throws from then on; and the next one waits until it has ended all the same,
   * so that a write that was given up does not land on top of a later logout.
   *
   * @throws SessionStoreError when it is late.
   */
  async run<Value>(
    verb: string,
    key: string,
    work: (go: () => void) => Promise<Value>,
  ): Promise<Value> {
    let isLate = false
    const late = () => {
      const message = `the store did not ${verb} within ${this.#timeout} ms`
      return new SessionStoreError(message, { reason: 'timeout' })
    }
    const go = () => {
      if (isLate) throw late()
    }
    const begin = async () => {
      go()
      return within(work(go), STUCK, this.#timer, late)
    }
    return within(this.#turns.take(key, begin), this.#timeout, this.#timer, () => {
      isLate = true
      return late()
    })
  }
}

/** Milliseconds after which work that never ends lets the next one begin: else its session would be stuck for ever. */
const STUCK = 60_000
