import { HttpError } from '../../http/index.js'

/** What every error of the session layer is. Branch on `code`: it is stable, the text is not. */
export abstract class SessionError extends Error {
  /** A stable word for the kind of mistake, for example `'SESSION_CLOSED'`. */
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** A write after the session was dumped: the response has begun, so nothing could store it. */
export class SessionClosedError extends SessionError {
  readonly code = 'SESSION_CLOSED'
  /** The key that was written, if it was a key. */
  readonly key: string | undefined

  constructor(action: string, key?: string) {
    super(
      `cannot ${action}${named(key)}: the session was stored and the response has begun. ` +
        'Write before the handler returns; a stream writes before it hands over its first byte.',
    )
    this.key = key
  }
}

/**
 * A write through an id that was replaced by `regenerate()`: for a few seconds it may only read. It comes of
 * two requests at once, such as a second click on "log in", so it is a 409 and the visitor sends it again.
 * It is an `HttpError`, and no `SessionError`, because a handler throws it.
 */
export class SessionReadOnlyError extends HttpError {
  override readonly code = 'SESSION_READ_ONLY'

  constructor(action: string, key?: string) {
    super(
      409,
      'Your session got a new id while this request was on its way, and nothing was stored. Send it again.',
      // By then the browser has the new id.
      { headers: { 'retry-after': '1' } },
    )
    this.name = 'SessionReadOnlyError'
    // For the log; the response does not name keys.
    this.message =
      `cannot ${action}${named(key)}: the request came with an id that regenerate() has replaced; ` +
      'it can only read. The next request of this visitor brings the new id.'
  }
}

/**
 * What a request wrote is lost: its session ended while the handler ran. It was destroyed, revoked or evicted
 * elsewhere (`gone`), or it expired. Nothing was stored, so the response is without the handler's output. A store
 * of your own throws it from `dump`.
 *
 * It is an `HttpError`, and no `SessionError`, because a handler throws it.
 */
export class SessionLostError extends HttpError {
  override readonly code = 'SESSION_LOST'
  readonly reason: 'gone' | 'expired'

  /** @param status default: 409; the option `lostStatus` of `sessions()` decides. */
  constructor(reason: 'gone' | 'expired' = 'gone', status: 401 | 409 = 409) {
    super(status, 'Your session ended while this request was on its way, and nothing was stored.')
    this.name = 'SessionLostError'
    this.reason = reason
    const ended = reason === 'gone' ? 'was destroyed, revoked or evicted' : 'expired'
    this.message =
      `cannot store the session: it ${ended} while the handler ran, and what the handler wrote is lost. ` +
      'To respond in another way, catch what session.commit() throws.'
  }
}

/** A session that is larger than its store can hold. */
export class SessionTooLargeError extends SessionError {
  readonly code = 'SESSION_TOO_LARGE'
  /** Size that was needed, in bytes. */
  readonly size: number
  /** Size that is allowed, in bytes. */
  readonly limit: number

  constructor(size: number, limit: number, advice: string) {
    super(`the session needs ${size} bytes, and ${limit} are allowed. ${advice}`)
    this.size = size
    this.limit = limit
  }
}

/** An option of a store or of `sessions()` that cannot work. Thrown at construction. */
export class SessionOptionError extends SessionError {
  readonly code = 'SESSION_OPTION'
  /** The name of the option. */
  readonly option: string

  constructor(option: string, reason: string) {
    super(`the session option '${option}' ${reason}`)
    this.option = option
  }
}

/** A store that failed: the response is a 503, never an anonymous session. */
export class SessionStoreError extends SessionError {
  readonly code: string = 'SESSION_STORE'
  /** A word out of a small set for metrics, for example `timeout` or `ECONNREFUSED`; never an id or a key. */
  readonly reason: string

  /** @param options.reason default: `unspecified`. */
  constructor(message: string, options: ErrorOptions & { readonly reason?: string } = {}) {
    super(message, options)
    this.reason = options.reason ?? 'unspecified'
  }
}

/** Other requests wrote first again and again until the time was up, or one gave the session a new id. */
export class SessionConflictError extends SessionStoreError {
  override readonly code = 'SESSION_CONFLICT'
  override readonly reason: 'given-up' | 'replaced'

  constructor(message: string, reason: 'given-up' | 'replaced' = 'given-up') {
    super(message, { reason })
    this.reason = reason
  }
}

/**
 * `destroy` or `regenerate` ended a session, and too few replicas confirmed it in time: if its server is lost
 * now, the session may come back. The response is a 503.
 */
export class SessionUnconfirmedError extends SessionStoreError {
  override readonly code = 'SESSION_UNCONFIRMED'
  /** How many replicas said so; `undefined` when nothing could be learnt. */
  readonly confirmed: number | undefined
  /** How many were asked for. */
  readonly needed: number

  constructor(confirmed: number | undefined, needed: number, options: ErrorOptions = {}) {
    const known = confirmed === undefined ? 'it is not known which' : `${confirmed}`
    super(
      `the session was destroyed, but of ${needed} replicas that are to know ${known} confirmed it in time. ` +
        'Are the replicas connected? The option `confirm` says how many, and how long.',
      { ...options, reason: 'unconfirmed' },
    )
    this.confirmed = confirmed
    this.needed = needed
  }
}

function named(key: string | undefined): string {
  return key === undefined ? '' : ` ${quotedKey(key)}`
}

/** No more of a key than says which: a visitor may have written it. */
export function quotedKey(key: string): string {
  return JSON.stringify(cut(key, 40))
}

/** The beginning of a text that a visitor may have made as long as a body may be. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}
