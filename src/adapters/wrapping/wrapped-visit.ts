import type { HeaderLine, HostHead, RequestScope } from '../../http/index.js'
import type { Outcome, WrappingHost } from './wrapping-host.js'

/** One request, from its first function to the response. */
export class WrappedVisit<Context> {
  readonly #host: WrappingHost<Context>
  readonly #scope: RequestScope
  readonly #context: Context
  readonly #before: unknown

  constructor(host: WrappingHost<Context>, scope: RequestScope, context: Context) {
    this.#host = host
    this.#scope = scope
    this.#context = context
    this.#before = host.before(context)
  }

  /** Gives what the framework is to get: the value of the function, or its error. */
  leave(outcome: Outcome): unknown {
    const head = this.#host.headOf(this.#context, outcome)
    let value: unknown
    try {
      const left = this.#scope.leave(head)
      if (left instanceof Promise)
        return left
          .then((lines) => this.#add(outcome, lines))
          .then(
            (made) => this.#end(outcome, made),
            (error: unknown) => this.#fail(error, head),
          )
      value = this.#add(outcome, left)
    } catch (error) {
      return this.#fail(error, head)
    }
    return this.#end(outcome, value)
  }

  #add(outcome: Outcome, lines: readonly HeaderLine[]): unknown {
    return this.#host.add(this.#context, outcome, lines, this.#scope)
  }

  #end(outcome: Outcome, value: unknown): unknown {
    const ended = this.#host.end(this.#context, this.#scope, value)
    if ('error' in outcome) throw outcome.error
    return ended
  }

  /** The error is the response, with the headers that have to arrive all the same. */
  async #fail(failure: unknown, head: HostHead): Promise<never> {
    const error = this.#host.errorOf(failure)
    this.#host.reset(this.#context, this.#before)
    this.#add({ error }, await this.#scope.leave(head))
    this.#host.end(this.#context, this.#scope, undefined)
    throw error
  }
}
