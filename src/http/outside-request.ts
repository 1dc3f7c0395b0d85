import { DIError, type Callable, type Injector, type ResultHandler } from '../di/index.js'
import { NoExchange } from './request/no-exchange.js'

/** Runs functions outside any request, for jobs and scripts. */
export class OutsideRequest {
  readonly #injector: Injector
  readonly #running = new Set<Promise<unknown>>()

  constructor(injector: Injector) {
    this.#injector = injector
  }

  /** Rejects with what the function threw; errors of its hooks are joined to it. */
  run(fn: Callable): Promise<unknown> {
    const running = this.#run(fn).finally(() => this.#running.delete(running))
    this.#running.add(running)
    return running
  }

  /** Resolves when every function that runs has ended. */
  async finished(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  async #run(fn: Callable): Promise<unknown> {
    const outcome = new RunOutcome()
    const name = `app.run(${fn.name})`
    const planning = { name, resultHandler: outcome }
    let result
    try {
      result = await this.#injector.runAlone(fn, new NoExchange(), planning)
    } catch (error) {
      // oxlint-disable-next-line typescript/unbound-method -- it only says where the caller's part of the stack begins
      if (error instanceof DIError) error.leaveOut(undefined, this.#run)
      throw error
    }
    await outcome.ended
    outcome.throwIfFailed(name)
    return result
  }
}

/** How one run ended. The hooks that wait for a response run when the function has ended. */
class RunOutcome implements ResultHandler<unknown> {
  ended: Promise<void> | undefined
  readonly #errors: unknown[] = []

  value(value: unknown): unknown {
    return value
  }

  error(): undefined {
    return undefined
  }

  report(error: unknown): void {
    this.#errors.push(error)
  }

  complete(result: unknown, _input: unknown, finish?: () => Promise<void>): unknown {
    this.ended = finish?.()
    return result
  }

  throwIfFailed(name: string): void {
    const [first, ...others] = this.#errors
    if (this.#errors.length === 0) return
    if (others.length === 0) throw first
    const message = `${name} failed, and then ${others.length} of its hooks as well`
    throw new AggregateError(this.#errors, message, { cause: first })
  }
}
