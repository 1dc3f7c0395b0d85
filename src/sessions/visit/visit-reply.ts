import { Cookie, type Exchange } from '../../http/index.js'
import { SessionStoreError } from '../errors/errors.js'
import { cookieFor, overHttpNotice } from '../store/over-http.js'
import { contractError } from './contract-error.js'
import { droppedCookie, writeSessionHeaders } from './session-headers.js'

/**
 * What one visit has to say to the browser and to caches. It is written by a hook, so it stays when the request
 * fails: a browser that does not get the cookie of a session that was stored is logged out, or keeps a replaced id.
 */
export class VisitReply {
  /** Whether the visitor came with a session that is still theirs. */
  isKnown = false
  /** What the browser has to learn: sent at the end, also when what came after `commit` failed. */
  cookie: Cookie | undefined
  /** See `SessionState.repairs`. */
  repairs: readonly Cookie[] | undefined
  readonly #exchange: Exchange
  readonly #onWarning: (error: Error) => void

  constructor(exchange: Exchange, onWarning: (error: Error) => void) {
    this.#exchange = exchange
    this.#onWarning = onWarning
  }

  /** Takes what `dump` gave. */
  learn(given: unknown): void {
    if (given === undefined) return
    if (!(given instanceof Cookie)) throw contractError('dump', given, 'a Cookie or undefined')
    const cookie = cookieFor(this.#exchange, given)
    this.cookie = cookie
    const reason = droppedCookie(this.#exchange, cookie) ?? overHttpNotice(given, cookie)
    if (reason) this.#onWarning(new SessionStoreError(reason))
  }

  write(): void {
    writeSessionHeaders(this.#exchange, this)
  }
}
