import type { Finish, ResultHandler, StepObserver } from '../di/index.js'
import { ErrorLog, type OnError } from './errors/error-log.js'
import { errorPage, type ErrorPages } from './errors/error-pages.js'
import { isClientError, problem } from './errors/problem.js'
import { checkHeaders } from './headers/sendable.js'
import type { Exchange } from './request/exchange.js'
import { traceObserver } from './request-trace.js'
import { dropOwnLength } from './response/content-length.js'
import { withDefaults } from './response/default-lines.js'
import { PlainResponse, type HeaderLine } from './response/plain-response.js'
import { changeable, isStream, respond, withoutBody } from './response/respond.js'
import { whenSent, withFirstChunk, type Ended } from './response/when-sent.js'
import type { Route } from './routing/route.js'

/** What a `ResponseHandler` needs of the options of the application. */
interface ResponseHandlerOptions {
  readonly onError?: OnError | undefined
  readonly errorPages?: ErrorPages | undefined
  readonly nosniff: boolean
}

const BODY_READ =
  'A middleware or hook read the body of the response, so that nothing is left to send. Read that of response.clone().'

function withoutNext(middleware: string): string {
  return `The middleware ${middleware} returned nothing and did not call next(), so there is nothing to send. Ask for Next and add \`return next()\`, or return a response: for an empty one, new Response(null, { status: 204 }).`
}

/** Fetch standard 3.6: without it a browser runs a text answer as a script, or takes it for a style sheet. */
const NOSNIFF: readonly HeaderLine[] = [['x-content-type-options', 'nosniff']]

/** Turns what a handler returned or threw into the response that is sent. */
export class ResponseHandler implements ResultHandler<Response> {
  readonly #log = new ErrorLog()
  readonly #onError: OnError
  readonly #unfinished = new Set<Promise<void>>()

  readonly #errorPages: ErrorPages | undefined
  /** For responses that do not have them. */
  readonly defaults: readonly HeaderLine[]

  /** @param options `onError` defaults to an `ErrorLog`. */
  constructor({ onError, errorPages, nosniff }: ResponseHandlerOptions) {
    this.#onError = onError ?? this.#log.write
    this.#errorPages = errorPages
    this.defaults = nosniff ? NOSNIFF : []
  }

  value(value: unknown, input: unknown): Response | Promise<Response> {
    const exchange = input as Exchange
    // Each middleware returns the response it got from the next one; examining it again would read its body.
    if (value !== undefined && value === exchange.response) return value as Response
    const reply = exchange.replyIfUsed
    reply?.check()
    const plain = PlainResponse.of(value, reply?.status)
    exchange.isStreamed = !plain && isStream(value)
    const response = (exchange.response = plain ?? respond(value, reply?.status))
    if (!exchange.isStreamed || exchange.method === 'HEAD') return response
    return withFirstChunk(response).then((begun) => (exchange.response = begun))
  }

  /** A forgotten `next()` would answer each visitor with nothing. A middleware may set the status and no more. */
  checkSilence(middleware: string, input: unknown): void {
    if ((input as Exchange).replyIfUsed?.status === undefined)
      throw new TypeError(withoutNext(middleware))
  }

  /** Drops the status, headers and cookies that the handler has set; what middleware and hooks set stays. */
  error(error: unknown, input: unknown): Response {
    const exchange = input as Exchange
    exchange.replyIfUsed?.dropHandler()
    if (exchange.isStreamed) dropBody(exchange.response)
    exchange.isStreamed = false
    return (exchange.response = this.#pageOf(error, exchange) ?? problem(error))
  }

  handlerBegins(input: unknown): void {
    ;(input as Exchange).replyIfUsed?.handlerBegins()
  }

  handlerEnded(input: unknown): void {
    ;(input as Exchange).replyIfUsed?.handlerEnded()
  }

  observer(): StepObserver | undefined {
    return traceObserver()
  }

  report(error: unknown, input: unknown): void {
    const exchange = input as Exchange
    if (isClientError(error) || isClientGone(exchange, error)) return
    this.tell(error, exchange.endpoint.route)
  }

  /** Calls `onError`. */
  tell(error: unknown, route: Route): void {
    const failed = (failure: unknown): void => this.#log.write(failure, route)
    try {
      // Applications pass async functions, whatever the type says.
      const returned: unknown = this.#onError(error, route)
      if (returned instanceof Promise) returned.catch(failed)
    } catch (failure) {
      failed(failure)
    }
  }

  complete(response: Response, input: unknown, finish?: Finish): Response {
    const exchange = input as Exchange
    let last: Response
    const { replyIfUsed: reply } = exchange
    try {
      // A hook may have put another response in its place.
      const own = response === exchange.response ? response : changeable(response)
      last = reply ? reply.applyTo(own, this.defaults) : withDefaults(own, this.defaults)
      if (!PlainResponse.isPlain(last)) {
        checkHeaders(last.headers, 'A middleware or hook')
        // To ask a response of srvx makes a standard one of it, so only those are asked that somebody may have read.
        if (PlainResponse.contentOf(last) === undefined && last.bodyUsed)
          throw new TypeError(BODY_READ)
      }
    } catch (error) {
      last = this.#unsendable(error, response, exchange)
    }
    if (exchange.method === 'HEAD') last = withoutBody(last)
    else if (!PlainResponse.isPlain(last)) dropOwnLength(last)
    const isWatched = exchange.isStreamed || response !== exchange.response
    if (!finish && (!isWatched || last.body === null)) return last
    const { status } = last
    const finished: Ended = (sent, error) => {
      exchange.sent = { status, ...sent }
      // The head has left, so nobody hears of the error but through here.
      if (error !== undefined && !exchange.signal.aborted) this.report(error, input)
      if (finish) this.wait(finish(error))
    }
    const left = (ended: Promise<void>): void => this.wait(soon(ended))
    return whenSent(last, finished, left)
  }

  /** Resolves when the streams that were cut, and the hooks of every response that ended, are over. */
  async finished(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished)
  }

  /** A middleware or a hook may have set a header that cannot be sent; there is no plan left to fail with it. */
  #unsendable(error: unknown, response: Response, exchange: Exchange): Response {
    this.report(error, exchange)
    void response.body?.cancel().catch(() => {})
    const reply = exchange.replyIfUsed
    // What can be sent stays: the session was stored already, so its cookie has to arrive.
    reply?.dropUnsendable()
    return reply
      ? reply.applyTo(problem(error), this.defaults)
      : withDefaults(problem(error), this.defaults)
  }

  #pageOf(error: unknown, exchange: Exchange): Response | undefined {
    if (!this.#errorPages) return undefined
    try {
      return errorPage(this.#errorPages, error, exchange.request)
    } catch (failure) {
      this.report(failure, exchange)
      return undefined
    }
  }

  /** Lets `finished` wait for something. */
  wait(work: Promise<void> | undefined): void {
    if (!work) return
    const running = work.finally(() => this.#unfinished.delete(running))
    this.#unfinished.add(running)
  }
}

/** How long the source of a stream that was cut may take to end, in milliseconds: it may wait for ever. */
const LAST_WORK = 1000

function soon(ended: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LAST_WORK)
    void ended.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Ends the source of a stream that nobody will read: a query, a file, an upstream response. */
function dropBody(response: Response | undefined): void {
  // A middleware that reads the body itself ends it.
  if (response?.body && !response.body.locked) void response.body.cancel().catch(() => {})
}

/** Whether a handler failed only because its client left: it threw the reason of the signal. */
function isClientGone({ signal }: Exchange, error: unknown): boolean {
  return signal.aborted && signal.reason === error
}
