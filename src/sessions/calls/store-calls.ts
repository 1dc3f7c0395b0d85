import { anObjectWith, isThenable, type OptionRules } from '../../di/index.js'
import { Breaker, type Pass } from './circuit-breaker.js'
import { systemTimer, type Timer } from './deadline.js'
import { aNumber, ownOptions } from '../errors/options.js'
import { SessionStoreError } from '../errors/errors.js'
import { findingOf, storeFailure, type StoreWork } from './store-failure.js'

/** The bounds within which a store is called. */
export interface StoreCallsOptions {
  /** Milliseconds that one call of the store may take; beyond it the answer is a 503. Default: 2000. */
  readonly deadline?: number
  /**
   * How many sessions may be loading at a time; one more is a 503 at once. Twice as many may be dumping,
   * because then a handler has done its work already. Default: 2000.
   */
  readonly maxCalls?: number
  /**
   * After how many calls in a row without an answer in time or a connection the circuit breaker opens: calls
   * fail at once, until a probe succeeds; `Infinity`: never. Default: 5, and `Infinity` for a store of which
   * a part can be down (`isPartitioned`), such as Redis Cluster.
   */
  readonly failureThreshold?: number
  /** Milliseconds between two probes while the breaker is open. Default: 250. */
  readonly probeInterval?: number
  /** Sets the timer of the deadline, and gives the time. Default: that of the runtime. */
  readonly timer?: Timer
}

const MINUTE = 60_000
/** Calls in a row that open the breaker, where nothing else is said. */
export const FAILURE_THRESHOLD = 5
const aThreshold = aNumber({ from: 2, to: 1000, unit: 'calls' })

/** What the options of the bounds take. */
export const STORE_CALLS_RULES: OptionRules<StoreCallsOptions> = {
  deadline: aNumber({ to: MINUTE, unit: 'milliseconds' }),
  maxCalls: aNumber({ to: 1_000_000, unit: 'calls' }),
  failureThreshold: {
    isFine: (calls) => calls === Infinity || aThreshold.isFine(calls),
    rule: aThreshold.rule,
  },
  probeInterval: aNumber({ to: MINUTE, unit: 'milliseconds' }),
  timer: anObjectWith('a timer', 'set', 'clear'),
}

/** Who calls a store, and can sometimes do without it. */
export interface StoreCaller {
  needsStore(doing: StoreWork): boolean
}

/** Calls a store within bounds, and makes responses of its failures. */
export class StoreCalls {
  readonly #deadline: number
  readonly #maxCalls: number
  readonly #timer: Timer
  readonly #breaker: Breaker
  readonly #underWay = { loads: 0, others: 0 }

  /** @param onBreaker called when the circuit breaker opens, and when it closes. */
  constructor(
    given: StoreCallsOptions,
    onBreaker: (change: 'opened' | 'closed', error: SessionStoreError) => void,
  ) {
    const { deadline = 2000, maxCalls = 2000, ...options } = ownOptions(given)
    const {
      failureThreshold = FAILURE_THRESHOLD,
      probeInterval = 250,
      timer = systemTimer(),
    } = options
    this.#deadline = deadline
    this.#maxCalls = maxCalls
    this.#timer = timer
    this.#breaker = new Breaker({
      failureThreshold,
      probeInterval,
      now: () => (timer.now ? timer.now() : performance.now()),
      onChange: (change) => onBreaker(change, warnings[change]()),
    })
  }

  /**
   * Does the work; a synchronous store stays synchronous, and is neither counted nor refused.
   *
   * @param work gets the deadline on the clock of `performance.now`: from then on the visitor may have been told
   *   that it failed, so that nothing may take effect any more. What loads has no effect, and no deadline.
   * @param caller asked whether the work needs the store at all, only when the work would be refused.
   * @throws HttpError 503 when the store fails or is late, or the call is refused. What comes after the
   *   deadline is ignored.
   */
  run<Value>(
    doing: StoreWork,
    work: (deadline: number) => Value | PromiseLike<Value>,
    caller?: StoreCaller,
  ): Value | Promise<Value> {
    const { loads, others } = this.#underWay
    const isLoad = doing === 'load'
    const isFull = isLoad ? loads >= this.#maxCalls : others >= 2 * this.#maxCalls
    const pass = this.#breaker.isCalm && !isFull ? 'calm' : this.#enter(doing, isFull, caller)
    let result: Value | PromiseLike<Value>
    try {
      // A timer may fire up to a millisecond early.
      result = work(isLoad ? Infinity : performance.now() + this.#deadline - 1)
    } catch (error) {
      throw this.#failed(pass, doing, error)
    }
    if (isThenable(result)) return this.#await(pass, doing, result)
    if (pass === 'probe') this.#breaker.leave(pass, 'nothing')
    return result
  }

  /** @throws HttpError 503 when too much is under way already, or the breaker is open. */
  #enter(doing: StoreWork, isFull: boolean, caller: StoreCaller | undefined): Pass {
    const pass = isFull ? undefined : this.#breaker.enter()
    if (pass !== undefined) return pass
    // A visitor without a session is no burden to the store.
    if (caller?.needsStore(doing) === false) return 'aside'
    const reason = isFull ? 'overloaded' : 'breaker-open'
    const message = `store call skipped: ${SKIPPED[reason]}`
    throw storeFailure(new SessionStoreError(message, { reason }), doing)
  }

  /**
   * Waits until the deadline; what the store gives later is ignored, an error too. `within` would do, with a promise
   * more for each call.
   */
  #await<Value>(pass: Pass, doing: StoreWork, result: PromiseLike<Value>): Promise<Value> {
    const kind = doing === 'load' ? 'loads' : 'others'
    this.#underWay[kind] += 1
    const turn = pass === 'calm' ? undefined : new EventLoopTurn()
    return new Promise((resolve) => {
      let isOver = false
      const end = (): void => {
        isOver = true
        this.#timer.clear(handle)
        turn?.end()
        this.#underWay[kind] -= 1
      }
      const fail = (error: unknown): void => {
        if (isOver) return
        end()
        resolve(this.#reject(pass, doing, error))
      }
      const late = () => {
        const message = `the session store did not ${doing} within ${this.#deadline} ms`
        fail(new SessionStoreError(message, { reason: 'timeout' }))
      }
      // As in `within`: a reply that has already arrived is read before `setImmediate`, and wins.
      const handle = this.#timer.set(() => setImmediate(late), this.#deadline)
      void Promise.resolve(result).then((value) => {
        if (isOver) return
        if (pass === 'calm' && this.#breaker.isCalm) {
          end()
          return resolve(value)
        }
        try {
          this.#breaker.leave(pass, turn?.isOver === false ? 'nothing' : 'answered')
        } catch (error) {
          return fail(error)
        }
        end()
        resolve(value)
      }, fail)
    })
  }

  async #reject(pass: Pass, doing: StoreWork, error: unknown): Promise<never> {
    throw this.#failed(pass, doing, error)
  }

  #failed(pass: Pass, doing: StoreWork, error: unknown): Error {
    const failure = storeFailure(error, doing)
    this.#breaker.leave(pass, findingOf(failure))
    return failure
  }
}

/** Shows whether an answer came from outside: that takes a turn of the event loop at least. */
class EventLoopTurn {
  isOver = false
  readonly #turn = setImmediate(() => (this.isOver = true))

  end(): void {
    clearImmediate(this.#turn)
  }
}

/** Why a call is refused. */
const SKIPPED = {
  overloaded: 'too many calls wait for the session store; the option `maxCalls` says how many may',
  'breaker-open': 'the circuit breaker is open after repeated failures',
}

const warnings = {
  opened: () =>
    new SessionStoreError(
      'the session store is down: requests that need it are answered with 503 at once, until it is back',
      { reason: 'breaker-open' },
    ),
  closed: () => new SessionStoreError('the session store is back', { reason: 'breaker-closed' }),
}
