import type { ServerResponse } from 'node:http'
import type {
  AnyToken,
  Callable,
  Finish,
  OpenRun,
  Resolved,
  ResultHandler,
} from '../../di/index.js'
import type { Exchange, HostEnding } from '../request/exchange.js'
import { PlainResponse, type HeaderLine } from '../response/plain-response.js'
import { whenSent } from '../response/when-sent.js'
import type { ResponseHandler } from '../response-handler.js'

/** The head that a host is about to send. */
export interface HostHead {
  readonly status: number
  /** Whether it has a header already. Default: it has none. */
  has?(name: string): boolean
}

/** What a scope works with. */
export interface ScopeServices {
  /** Waits until the application is ready, where it is not. */
  readonly ready: () => Promise<void> | undefined
  readonly open: (exchange: Exchange) => OpenRun<Response>
  readonly responseHandler: ResponseHandler
}

/**
 * One request that another framework handles: its session and its other values, for all of its handlers. Get it by
 * `app.enter(request)`; call `leave` before the head of the response is sent, and `done` when it has ended.
 */
export class RequestScope {
  readonly exchange: Exchange
  readonly #services: ScopeServices
  #run: OpenRun<Response> | undefined
  #isClaimed = false
  #isLeft = false
  /** What `leave` has ended with. */
  readonly #ending: HostEnding = {}

  constructor(exchange: Exchange, services: ScopeServices) {
    this.exchange = exchange
    this.#services = services
    exchange.ending = this.#ending
  }

  /** True for the first who asks: they call `leave` and `done`. */
  claim(): boolean {
    if (this.#isClaimed) return false
    return (this.#isClaimed = true)
  }

  /**
   * The value of a token for this request; a promise only when a component is asynchronous, or when the application
   * is not ready yet.
   *
   * @throws DIError when nothing provides it.
   * @throws HttpError when it cannot be had: a 400 for a bad parameter, a 503 while the store is away.
   */
  get<const Wanted extends AnyToken>(token: Wanted): Resolved<Wanted> | Promise<Resolved<Wanted>> {
    const opened = this.#opened()
    if (opened instanceof Promise) return opened.then(({ resolver }) => resolver.get(token))
    return opened.resolver.get(token)
  }

  /** Calls an injected function within this request. */
  run<Result>(fn: ((...values: never[]) => Result) | Callable): Result | Promise<Awaited<Result>> {
    const opened = this.#opened()
    if (opened instanceof Promise)
      return opened.then(({ resolver }) => resolver.run(fn) as Promise<Awaited<Result>>)
    return opened.resolver.run(fn)
  }

  /**
   * Runs the hooks, which for example store the session, and returns the headers that the response needs. Call it
   * before the head is sent; it returns a promise only when a hook does. Add what it returns with `addLines`. Called
   * again it runs nothing, and returns the headers that an error in place of the response needs.
   *
   * @throws what a hook threw, such as the 503 of a session that could not be stored: then send the response that
   * `failed` makes in place of the handler's.
   */
  leave(head: HostHead): HeaderLine[] | Promise<HeaderLine[]> {
    if (this.#isLeft || !this.#run) {
      this.#isLeft = true
      return this.linesFor(head)
    }
    this.#isLeft = true
    // Hooks look at the status alone; the body is the host's.
    const ended = this.#run.end(new PlainResponse(null, head.status, []))
    return ended instanceof Promise ? ended.then(() => this.#left(head)) : this.#left(head)
  }

  /** Runs what waits for the end of the response, and disposes the values of the request. Call it once. */
  done(error?: unknown): void {
    const isAbandoned = this.#run !== undefined && !this.#isLeft
    const over = isAbandoned ? this.#abandon(error) : this.#ending.finish?.(error)
    this.#services.responseHandler.wait(over)
  }

  /**
   * What `leave` has returned, for a head that may have other headers by now.
   *
   * @internal
   */
  linesFor(head: HostHead): HeaderLine[] {
    return this.exchange.replyIfUsed?.linesFor(head) ?? []
  }

  /** Whether hooks have run, or nobody has asked for anything. */
  get isLeft(): boolean {
    return this.#isLeft
  }

  /** Whether `done` has anything to do. */
  get awaitsEnd(): boolean {
    return this.#ending.finish !== undefined
  }

  /** Tells `onError` of the application, unless it is the client's fault. */
  report(error: unknown): void {
    this.#services.responseHandler.report(error, this.exchange)
  }

  /** For hosts whose responses end on Node: calls `done` then. */
  doneWhenClosed(res: ServerResponse): void {
    if (!this.awaitsEnd) return
    const done = (): void =>
      this.done(res.writableFinished ? undefined : this.exchange.signal.reason)
    if (res.destroyed) done()
    else res.once('close', done)
  }

  /** For hosts that do not tell when a response has ended: calls `done` when the body of this one has. */
  doneWhenRead(response: Response): Response {
    if (!this.awaitsEnd) return response
    return whenSent(
      response,
      (_sent, error) => this.done(error),
      (over) => this.#services.responseHandler.wait(over),
    )
  }

  /**
   * The response for an error that nobody else responds to; `onError` hears of a 5xx. When the scope was left, it has
   * the headers and cookies that have to arrive all the same.
   */
  failed(error: unknown): Response {
    const { responseHandler } = this.#services
    const { exchange } = this
    responseHandler.report(error, exchange)
    const response = responseHandler.error(error, exchange)
    return this.#isLeft ? responseHandler.complete(response, exchange) : response
  }

  /** Nobody has sent a head, as for an upgrade that is refused: what was written is stored all the same. */
  async #abandon(error: unknown): Promise<void> {
    try {
      await this.leave({ status: 499 })
    } catch (failure) {
      this.#services.responseHandler.report(failure, this.exchange)
    }
    this.done(error)
  }

  #opened(): OpenRun<Response> | Promise<OpenRun<Response>> {
    if (this.#run) return this.#run
    const waiting = this.#services.ready()
    return waiting ? waiting.then(() => this.#open()) : this.#open()
  }

  #open(): OpenRun<Response> {
    return (this.#run ??= this.#services.open(this.exchange))
  }

  #left(head: HostHead): HeaderLine[] {
    const { failure } = this.#ending
    if (failure) throw failure.error
    return this.linesFor(head)
  }
}

/** Ends the runs of hosts: what a hook throws is for the caller of `leave`. */
export class HostResultHandler implements ResultHandler<Response> {
  readonly #responseHandler: ResponseHandler

  constructor(responseHandler: ResponseHandler) {
    this.#responseHandler = responseHandler
  }

  /** No plan of a host returns anything. */
  value(): never {
    throw new TypeError('the function of a host is not run by its plan')
  }

  error(error: unknown, input: unknown): Response {
    endingOf(input).failure = { error }
    return this.#responseHandler.error(error, input)
  }

  /** `leave` throws it. */
  report(error: unknown, input: unknown): void {
    endingOf(input).failure = { error }
  }

  handlerEnded(input: unknown): void {
    this.#responseHandler.handlerEnded(input)
  }

  complete(response: Response, input: unknown, finish?: Finish): Response {
    endingOf(input).finish = finish
    return response
  }
}

function endingOf(input: unknown): HostEnding {
  return (input as Exchange).ending as HostEnding
}
