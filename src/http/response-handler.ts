import type { Finish, ResultHandler } from '../di/index.js'
import { whenSent } from './response/when-sent.js'
import { ErrorLog, type OnError } from './errors/error-log.js'
import type { Exchange } from './request/exchange.js'
import { isClientError, problem } from './errors/problem.js'
import { changeable, isStream, respond, withoutBody } from './response/respond.js'

/** Makes the response that leaves of what a handler returned or threw. */
export class ResponseHandler implements ResultHandler<Response> {
  readonly #log = new ErrorLog()
  readonly #onError: OnError
  readonly #unfinished = new Set<Promise<void>>()

  /** @param onError default: an `ErrorLog`. */
  constructor(onError: OnError | undefined) {
    this.#onError = onError ?? this.#log.report
  }

  value(value: unknown, input: unknown): Response {
    const exchange = exchangeOf(input)
    // Each middleware passes on what it got; looking at that again would read its body.
    if (value !== undefined && value === exchange.response) return value as Response
    exchange.isStreamed = isStream(value)
    return (exchange.response = respond(value, exchange.askedReply?.status))
  }

  /** What the failed handler wanted to send beside its value is not sent. */
  error(error: unknown, input: unknown): Response {
    const exchange = exchangeOf(input)
    exchange.askedReply?.clear()
    exchange.isStreamed = false
    return (exchange.response = problem(error))
  }

  report(error: unknown, input: unknown): void {
    if (isClientError(error) || hasLeft(exchangeOf(input), error)) return
    const { route } = exchangeOf(input).endpoint
    const failed = (failure: unknown): void => this.#log.report(failure, route)
    try {
      // Applications give async functions for it, whatever the type says.
      const told: unknown = this.#onError(error, route)
      if (told instanceof Promise) told.catch(failed)
    } catch (failure) {
      failed(failure)
    }
  }

  complete(response: Response, input: unknown, finish?: Finish): Response {
    const exchange = exchangeOf(input)
    // A hook may have put another response in its place.
    let last = response === exchange.response ? response : changeable(response)
    if (exchange.askedReply) last = exchange.askedReply.applyTo(last)
    if (exchange.method === 'HEAD') last = withoutBody(last)
    const isWatched = exchange.isStreamed || response !== exchange.response
    if (!finish && (!isWatched || last.body === null)) return last
    return whenSent(last, (error) => {
      // The head has left, so nothing but this tells of it.
      if (error !== undefined && !exchange.request.signal.aborted) this.report(error, input)
      if (finish) this.#finish(finish, error)
    })
  }

  /** Resolves when the hooks of every response that ended have run. */
  async finished(): Promise<void> {
    await Promise.all(this.#unfinished)
  }

  #finish(finish: Finish, error: unknown): void {
    const running = finish(error).finally(() => this.#unfinished.delete(running))
    this.#unfinished.add(running)
  }
}

/** Whether a handler failed only because the client left it, which its signal has told. */
function hasLeft({ request: { signal } }: Exchange, error: unknown): boolean {
  return signal.aborted && signal.reason === error
}

function exchangeOf(input: unknown): Exchange {
  return input as Exchange
}
