import { finishInside, type ResultHandler } from './finish.js'
import { HOOKS, INPUT, type Continue, type Frame } from './frame.js'
import { isConcluded, takeFailure } from './hook-list.js'

/** How a middleware calls for the rest of a run. */
export interface NextOptions {
  /** `'throw'` rejects with the error of the rest, and its hooks wait for what the middleware makes of it. */
  readonly errors?: 'throw'
}

/** What the `Next` of one middleware needs to know. */
export interface NextFacts {
  /** All that comes after the middleware. */
  readonly rest: Continue
  readonly resultHandler: ResultHandler<unknown>
  readonly position: number
  /** Whether only the last function of the plan comes after it. */
  readonly isLast: boolean
}

/** Makes the functions with which one middleware of a plan calls for the rest. */
export class NextCalls {
  readonly #rest: Continue
  readonly #resultHandler: ResultHandler<unknown>
  readonly #position: number

  readonly #isLast: boolean

  constructor({ rest, resultHandler, position, isLast }: NextFacts) {
    this.#rest = rest
    this.#resultHandler = resultHandler
    this.#position = position
    this.#isLast = isLast
  }

  /**
   * A middleware's `Next`: runs the rest once, and always returns a promise. It stays in the slot, for a
   * middleware that returns nothing. A middleware that does not wait for it must not end the process with an
   * unhandled rejection, so that late errors are reported.
   */
  of(frame: Frame, slot: number): (options?: NextOptions) => Promise<unknown> {
    let isCalled = false
    return (options) => {
      if (isCalled) return this.#refused(frame)
      isCalled = true
      const running = options?.errors === 'throw' ? this.#pass(frame) : this.#settle(frame)
      frame[slot] = running
      return running
    }
  }

  /** What fails inside is a result here, so that a middleware sees every response. */
  async #settle(frame: Frame): Promise<unknown> {
    let response: unknown
    this.#begin(frame)
    try {
      response = await this.#rest(frame)
    } catch (error) {
      this.#end(frame)
      return this.#failed(frame, error)
    }
    this.#end(frame)
    // As for most middleware, there is nothing to run and nothing has failed.
    if (frame[HOOKS] === undefined) return response
    return finishInside(frame, this.#resultHandler, { ok: true, response }, this.#position)
  }

  #failed(frame: Frame, error: unknown): unknown {
    const input = frame[INPUT]
    const response = this.#resultHandler.error(error, input)
    if (!isConcluded(frame)) {
      const outcome = { ok: false as const, error, response }
      return finishInside(frame, this.#resultHandler, outcome, this.#position)
    }
    this.#reportLate(frame, error)
    return response
  }

  /** An error of which a middleware further in was given the result is thrown here, and is this one's now. */
  #pass(frame: Frame): Promise<unknown> {
    const run = async (): Promise<unknown> => {
      this.#begin(frame)
      try {
        const result = await this.#rest(frame)
        const failure = takeFailure(frame)
        if (failure) throw failure.error
        return result
      } finally {
        this.#end(frame)
      }
    }
    const running = run()
    this.#watch(frame, running)
    return running
  }

  #begin(frame: Frame): void {
    if (this.#isLast) this.#resultHandler.handlerBegins?.(frame[INPUT])
  }

  #end(frame: Frame): void {
    if (this.#isLast) this.#resultHandler.handlerEnded?.(frame[INPUT])
  }

  #refused(frame: Frame): Promise<unknown> {
    const message = 'next() was called twice: the rest of a request runs once'
    const refused = Promise.reject(new Error(message))
    this.#watch(frame, refused)
    return refused
  }

  #watch(frame: Frame, running: Promise<unknown>): void {
    running.catch((error: unknown) => {
      if (isConcluded(frame)) this.#reportLate(frame, error)
    })
  }

  #reportLate(frame: Frame, error: unknown): void {
    const late = LATE.get(frame) ?? new Set()
    // It passes through the `next` of each middleware further out.
    if (late.has(error)) return
    LATE.set(frame, late.add(error))
    this.#resultHandler.report(error, frame[INPUT])
  }
}

/** The errors that came after the run had ended, by run. */
const LATE = new WeakMap<Frame, Set<unknown>>()
