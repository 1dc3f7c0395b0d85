import { HttpError } from '../../http/index.js'
import { redact, thrownWhere } from './redaction.js'

/** What every error of the session layer is. Branch on `code`: it is stable, the text is not. */
export abstract class SessionError extends Error {
  /** A stable word for the kind of mistake, for example `'SESSION_CLOSED'`. */
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/**
 * A value that would not come back as it was put in, or that cannot be stored at all. When a serializer or a
 * getter threw, `cause` says what kind of error and where; its text is not kept, for it may quote the value.
 */
export class SessionValueError extends SessionError {
  readonly code = 'SESSION_VALUE'
  /** Where in the data, for example `cart.items[2].price`. */
  readonly path: string

  /** @param options.cause is kept without its text. */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(
      `cannot store session value '${path}': ${reason}. ` +
        'Store JSON values only, or give the store a serializer that carries this type.',
      options && 'cause' in options ? { cause: withoutText(options.cause) } : undefined,
    )
    this.path = path
  }
}

/** A key that cannot be used: `id`, which is not settable, or one that cannot be stored exactly. */
export class SessionKeyError extends SessionError {
  readonly code = 'SESSION_KEY'

  constructor(key: string, reason: string) {
    super(`cannot use the session key ${JSON.stringify(shortened(key))}: ${reason}.`)
  }
}

/** A write that came after the session was dumped: the response has begun, it could not be kept. */
export class SessionClosedError extends SessionError {
  readonly code = 'SESSION_CLOSED'
  /** The key that was written, if it was a key. */
  readonly key: string | undefined

  constructor(action: string, key?: string) {
    const subject = key === undefined ? '' : ` ${JSON.stringify(shortened(key))}`
    super(
      `cannot ${action}${subject}: the session was dumped and the response has begun. ` +
        'Write before the handler returns; a stream writes before it hands over its first byte.',
    )
    this.key = key
  }
}

/** A session that is asked for when its request is over: by a `lazy(Session)` or a `Resolver` that was kept. */
export class SessionOutsideRequestError extends SessionError {
  readonly code = 'SESSION_OUTSIDE_REQUEST'

  constructor(options?: ErrorOptions) {
    super(
      'cannot open the session: its request is over, and outside of a request there is none. ' +
        'Ask for it while the handler runs, and give what runs later the values it needs.',
      options,
    )
  }
}

/**
 * A write through an id that was replaced by `regenerate()`: for a few seconds it may only read. It comes of
 * two requests at once, such as a second click on "log in", so it is a 409 and the visitor sends it again.
 * The only error of sessions that is an `HttpError`, and no `SessionError`, because a handler throws it.
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
    const subject = key === undefined ? '' : ` ${JSON.stringify(shortened(key))}`
    // For the log; the visitor is not told the names of keys.
    this.message =
      `cannot ${action}${subject}: the request came with an id that regenerate() has replaced; ` +
      'it can only read. The next request of this visitor brings the new id.'
  }
}

/**
 * Something beside the data (a message, the user, a lifetime) that a custom store would lose: it keeps
 * `toObject()`, which is data alone.
 */
export class SessionNotKeptError extends SessionError {
  readonly code = 'SESSION_NOT_KEPT'

  constructor(action: string, reason: string) {
    super(
      `cannot ${action}: ${reason}, and data is all that such a store keeps. ` +
        'Let its dump() keep session.toRecord(), and its load() open that by Session.fromRecord(id, record).',
    )
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

/** Stored data that this application cannot read back. */
export class SessionDataError extends SessionError {
  readonly code = 'SESSION_DATA'

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`cannot read the stored session value '${path}' back: ${reason}.`, options)
  }
}

/** A store that did not do its work: the answer to the visitor is a 503, never an anonymous session. */
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

/** A custom store whose `load` or `dump` gave something that it may not give. */
export class SessionContractError extends SessionStoreError {
  override readonly code: string = 'SESSION_CONTRACT'

  constructor(method: 'load' | 'dump', given: unknown, expected: string) {
    super(`the session store's ${method}() gave ${kindOf(given)}; it has to give ${expected}`, {
      reason: 'contract',
    })
  }
}

/** A write that other requests overtook again and again, and that was given up; or one gave the session a new id. */
export class SessionConflictError extends SessionStoreError {
  override readonly code = 'SESSION_CONFLICT'
  override readonly reason: 'given-up' | 'replaced'

  constructor(message: string, reason: 'given-up' | 'replaced' = 'given-up') {
    super(message, { reason })
    this.reason = reason
  }
}

function withoutText(cause: unknown): Error {
  const redaction = redact(cause)
  return thrownWhere(new Error(redaction.kind), redaction)
}

/** What kind of thing it is, and nothing of what is in it. */
function kindOf(given: unknown): string {
  if (given === null || given === undefined) return String(given)
  return Array.isArray(given) ? 'an array' : `a value of type ${typeof given}`
}

function shortened(key: string): string {
  return key.length > 40 ? `${key.slice(0, 40)}…` : key
}
