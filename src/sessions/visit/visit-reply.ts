import { Cookie, type Exchange, type Reply, type ReplyWriter } from '../../http/index.js'
import { SessionStoreError } from '../errors/errors.js'
import { contractError } from './contract-error.js'
import { droppedCookie, writeSessionHeaders } from './session-headers.js'

/** What one visit has to say to the browser and to caches, whether the request fails or not. */
export class VisitReply implements ReplyWriter {
  /** Whether the visitor came with a session that is still theirs. */
  isKnown = false
  /** What the browser has to learn: sent at the end, also when what came after `commit` failed. */
  cookie: Cookie | undefined
  readonly #exchange: Exchange
  readonly #onWarning: (error: Error) => void
  /** That of sessions of another kind, in the same request. */
  readonly #other: ReplyWriter | undefined

  constructor(exchange: Exchange, onWarning: (error: Error) => void) {
    this.#exchange = exchange
    this.#onWarning = onWarning
    const { reply } = exchange
    this.#other = reply.always
    reply.always = this
    // Also for a page that is shown without its session, while the store is down.
    reply.vary('Cookie')
  }

  /** Takes what `dump` gave. */
  learn(given: unknown): void {
    if (given === undefined) return
    if (!(given instanceof Cookie)) throw contractError('dump', given, 'a Cookie or undefined')
    this.cookie = given
    const reason = droppedCookie(this.#exchange, given)
    if (reason) this.#onWarning(new SessionStoreError(reason))
  }

  /** Writes the headers to the response of a request that succeeded so far. */
  write(response: Response): void {
    writeSessionHeaders(this.#exchange.reply, response, this)
  }

  /**
   * Writes them to that of a request that failed. A browser that does not get the cookie of a session that was
   * stored is logged out, or keeps a replaced id; and a cache must not give one visitor's error to another.
   */
  writeTo(reply: Reply): void {
    this.#other?.writeTo(reply)
    writeSessionHeaders(reply, undefined, this)
  }
}
