import { Breaker, type Pass } from './circuit-breaker.js'
import { SYSTEM_TIMER, within, type Timer } from './deadline.js'
import { checkNumber } from '../errors/check-number.js'
import { SessionStoreError } from '../errors/errors.js'
import { ownOptions } from '../errors/own-options.js'
import { findingOf, storeFailure, type StoreWork } from './store-failure.js'

/** How long, how many and how stubbornly: the bounds of calling a store. */
export interface StoreCallsOptions {
  /** Milliseconds that one call of the store may take; beyond it the answer is a 503. Default: 2000. */
  readonly deadline?: number
  /**
   * How many sessions may be loading at a time; one more is a 503 at once. Twice as many may be dumping, for
   * then a handler has done its work already. Default: 2000.
   */
  readonly maxCalls?: number
  /**
   * How many calls in a row have to find the store away (no answer in time, no connection) before calls are
   * refused at once, until one that tries finds it back; `Infinity`: never. Default: 5, and `Infinity` for a
   * store of which a part can be away (`isPartitioned`), such as Redis Cluster.
   */
  readonly failureThreshold?: number
  /** Milliseconds between two calls that try whether the store is back. Default: 250. */
  readonly probeInterval?: number
  /** Sets the timer of the deadline, and tells the time. Default: that of the runtime. */
  readonly timer?: Timer
}

/** Calls a store: within bounds, and so that its failures become answers. */
export class StoreCalls {
  readonly #deadline: number
  readonly #maxCalls: number
  readonly #timer: Timer
  readonly #breaker: Breaker
  readonly #underWay = { loads: 0, others: 0 }

  /**
   * @param report hears when the store is given up for away, and when it is back.
   * @throws SessionOptionError when an option cannot work.
   */
  constructor(
    given: StoreCallsOptions,
    report: (change: 'opened' | 'closed', error: SessionStoreError) => void,
  ) {
    const { deadline = 2000, maxCalls = 2000, ...options } = ownOptions(given)
    const { failureThreshold = 5, probeInterval = 250, timer = SYSTEM_TIMER } = options
    this.#deadline = checkNumber('deadline', deadline, {
      from: 1,
      to: MINUTE,
      unit: 'milliseconds',
    })
    this.#maxCalls = checkNumber('maxCalls', maxCalls, { from: 1, to: 1_000_000, unit: 'calls' })
    const isNever = failureThreshold === Infinity
    this.#timer = timer
    this.#breaker = new Breaker({
      failureThreshold: isNever
        ? Infinity
        : checkNumber('failureThreshold', failureThreshold, { from: 2, to: 1000, unit: 'calls' }),
      probeInterval: checkNumber('probeInterval', probeInterval, {
        from: 1,
        to: MINUTE,
        unit: 'milliseconds',
      }),
      now: () => (timer.now ? timer.now() : performance.now()),
      onChange: (change) => report(change, news[change]()),
    })
  }

  /**
   * Does the work; a synchronous store stays synchronous, and is neither counted nor refused.
   *
   * @param needsStore whether the work has to ask outside; asked before it would be refused, and only then.
   * @throws HttpError 503 when the store fails or is late, or is not to be asked now. What comes after the
   *   deadline is ignored.
   */
  run<Value>(
    doing: StoreWork,
    work: () => Value | PromiseLike<Value>,
    needsStore: () => boolean = always,
  ): Value | Promise<Value> {
    const pass = this.#enter(doing, needsStore)
    let result: Value | PromiseLike<Value>
    try {
      result = work()
    } catch (error) {
      throw this.#failed(pass, doing, error)
    }
    if (isPromise(result)) return this.#await(pass, doing, result)
    if (pass === 'probe') this.#breaker.leave(pass, 'nothing')
    return result
  }

  /** @throws HttpError 503 when too much is under way already, or the breaker is open. */
  #enter(doing: StoreWork, needsStore: () => boolean): Pass {
    const { loads, others } = this.#underWay
    const isFull = doing === 'load' ? loads >= this.#maxCalls : others >= 2 * this.#maxCalls
    const pass = isFull ? undefined : this.#breaker.enter()
    if (pass !== undefined) return pass
    // A visitor without a session is no burden to the store.
    if (!needsStore()) return 'aside'
    throw storeFailure(isFull ? overloaded() : away(), doing)
  }

  async #await<Value>(pass: Pass, doing: StoreWork, result: PromiseLike<Value>): Promise<Value> {
    const kind = doing === 'load' ? 'loads' : 'others'
    this.#underWay[kind] += 1
    const waiting = pass === 'calm' ? undefined : new Waiting()
    try {
      const late = () => tooLate(doing, this.#deadline)
      const value = await within(Promise.resolve(result), this.#deadline, this.#timer, late)
      this.#breaker.leave(pass, waiting?.isOver === false ? 'nothing' : 'answered')
      return value
    } catch (error) {
      throw this.#failed(pass, doing, error)
    } finally {
      waiting?.end()
      this.#underWay[kind] -= 1
    }
  }

  #failed(pass: Pass, doing: StoreWork, error: unknown): Error {
    const failure = storeFailure(error, doing)
    this.#breaker.leave(pass, findingOf(failure))
    return failure
  }
}

/** Tells an answer that came from outside: it takes a turn of the event loop at least. */
class Waiting {
  isOver = false
  readonly #turn = setImmediate(() => (this.isOver = true))

  end(): void {
    clearImmediate(this.#turn)
  }
}

const MINUTE = 60_000

const always = () => true

function tooLate(doing: StoreWork, deadline: number): SessionStoreError {
  const message = `the session store did not ${doing} within ${deadline} ms`
  return new SessionStoreError(message, { reason: 'timeout' })
}

function overloaded(): SessionStoreError {
  const message =
    'the session store was not asked: too many calls wait for it; the option `maxCalls` says how many may'
  return new SessionStoreError(message, { reason: 'overloaded' })
}

function away(): SessionStoreError {
  const message = 'the session store was not asked: the calls before found it away'
  return new SessionStoreError(message, { reason: 'breaker-open' })
}

const news = {
  opened: () =>
    new SessionStoreError(
      'the session store is away: requests that need it are answered with 503 at once, until it is back',
      { reason: 'breaker-open' },
    ),
  closed: () => new SessionStoreError('the session store is back', { reason: 'breaker-closed' }),
}

function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value
}
