import { cut, quotedKey, SessionError } from './errors.js'
import { kindOfError, thrownWhere } from './redaction.js'

/** Which mistake a `SessionUsageError` is about. */
export type SessionUsageCode =
  /** A value that would not come back as it was put in, or that cannot be stored at all; `path` says where. */
  | 'SESSION_VALUE'
  /** A key that cannot be used: `id`, which cannot be set, or one that cannot be stored exactly. */
  | 'SESSION_KEY'
  /** Stored data that this application cannot read back; `path` says where. */
  | 'SESSION_DATA'
  /** A custom store that keeps data alone would lose a message, the user or a lifetime. */
  | 'SESSION_NOT_KEPT'
  /** The session was asked for after its request, through a `lazy(Session)` or a `Resolver` that was kept. */
  | 'SESSION_OUTSIDE_REQUEST'
  /** A promise of the session that nobody awaited has failed; only `onWarning` gets it. */
  | 'SESSION_NOT_AWAITED'

/** A mistake of the application. Nothing is to be caught: `code` and the message say what to change. */
export class SessionUsageError extends SessionError {
  readonly code: SessionUsageCode
  /** Where in the data, for example `cart.items[2].price`, when it is about a value. */
  readonly path: string | undefined

  constructor(
    code: SessionUsageCode,
    message: string,
    options: ErrorOptions & { readonly path?: string } = {},
  ) {
    super(message, options)
    this.code = code
    this.path = options.path
  }
}

/**
 * @param options.cause what a serializer or a getter threw; its text is not kept, for it may quote the value.
 * @param options.remedy in place of the usual one.
 */
export function valueError(
  path: string,
  reason: string,
  options?: ErrorOptions & { readonly remedy?: string },
): SessionUsageError {
  const cause = options && 'cause' in options ? { cause: withoutText(options.cause) } : {}
  const short = cut(path, LONGEST_PATH)
  return new SessionUsageError(
    'SESSION_VALUE',
    `cannot store session value '${escaped(short)}': ${reason}. ${options?.remedy ?? STORE_JSON}`,
    { path: short, ...cause },
  )
}

const STORE_JSON = 'Store JSON values only, or give the store a serializer that carries this type.'

/**
 * Leaves our frames out of the stack of a mistake, so that its first line is the application's.
 *
 * @param callee the function of ours that the application called.
 */
export function fromCaller(error: unknown, callee: Function): unknown {
  if (error instanceof SessionUsageError) Error.captureStackTrace(error, callee)
  return error
}

/** Control characters, line ends and what turns the direction of writing. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const LONGEST_PATH = 400

/** With a line break, a key of a visitor would forge a line of the log (CWE-117). */
function escaped(path: string): string {
  return path.replaceAll(UNPRINTABLE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

export function keyError(key: string, reason: string): SessionUsageError {
  const message = `cannot use the session key ${quotedKey(key)}: ${reason}.`
  return new SessionUsageError('SESSION_KEY', message)
}

export function dataError(path: string, reason: string): SessionUsageError {
  const short = cut(path, LONGEST_PATH)
  return new SessionUsageError(
    'SESSION_DATA',
    `cannot read the stored session value '${escaped(short)}' back: ${reason}.`,
    { path: short },
  )
}

/** Whether a stored text is damaged; everything else is a mistake of the application. */
export function isDataError(error: unknown): error is SessionUsageError {
  return error instanceof SessionUsageError && error.code === 'SESSION_DATA'
}

/** Something beside the data that a custom store would lose. */
export function notKeptError(action: string, reason: string): SessionUsageError {
  return new SessionUsageError(
    'SESSION_NOT_KEPT',
    `cannot ${action}: ${reason}, and data is all that such a store keeps. ` +
      'Let its dump() keep session.toRecord(), and its load() open that by Session.fromRecord(id, record).',
  )
}

/** @param cause why the request takes nothing more. */
export function outsideRequestError(cause: unknown): SessionUsageError {
  return new SessionUsageError(
    'SESSION_OUTSIDE_REQUEST',
    'cannot open the session: its request is over, and outside of a request there is none. ' +
      'Ask for it while the handler runs, and give what runs later the values it needs.',
    { cause },
  )
}

/** @param call for example `session.commit()`. @param cause why it failed. */
export function notAwaitedError(call: string, cause: unknown): SessionUsageError {
  return new SessionUsageError(
    'SESSION_NOT_AWAITED',
    `${call} failed, and nobody awaited it, so the handler went on as if it had succeeded. ` +
      `Write: await ${call}`,
    { cause },
  )
}

function withoutText(cause: unknown): Error {
  return thrownWhere(new Error(kindOfError(cause)), cause)
}
