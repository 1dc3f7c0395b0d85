import { HttpError } from '../../http/index.js'
import type { Finding } from './circuit-breaker.js'
import {
  SessionError,
  SessionLostError,
  SessionReadOnlyError,
  SessionStoreError,
  SessionTooLargeError,
  SessionUnconfirmedError,
} from '../errors/errors.js'
import { kindOfError, thrownWhere } from '../errors/redaction.js'

/** What a store is asked to do. */
export type StoreWork = 'load' | 'dump' | 'take'

/**
 * Makes a response of a failure of the store: 503 with Retry-After, for the visitor may come again; its cause
 * is without what a client library puts into its errors. More than the store can hold is a 413: what a
 * visitor sends often decides how much there is. Errors of the application are rethrown unchanged.
 */
export function storeFailure(error: unknown, doing: StoreWork): Error {
  if (error instanceof HttpError) return error
  if (error instanceof SessionTooLargeError) return tooLarge(error)
  // The session was destroyed, so the visitor must not believe that nothing happened.
  if (error instanceof SessionUnconfirmedError) return comeAgain(UNCONFIRMED, error.code, error)
  if (error instanceof SessionError && !(error instanceof SessionStoreError)) return error
  const detail = `The session could not be ${doing === 'load' ? 'loaded' : 'stored'}.`
  const cause = error instanceof SessionError ? error : redacted(error, doing)
  return comeAgain(detail, doing === 'load' ? 'SESSION_LOAD' : 'SESSION_DUMP', cause)
}

/** A custom store gave something that it may not give. */
export function contractError(method: 'load' | 'dump', given: unknown, expected: string): Error {
  const message = `the session store's ${method}() gave ${kindOf(given)}; it has to give ${expected}`
  return storeFailure(new SessionStoreError(message, { reason: 'contract' }), method)
}

/** What kind of thing it is, and nothing of what is in it. */
function kindOf(given: unknown): string {
  if (given === null || given === undefined) return String(given)
  return Array.isArray(given) ? 'an array' : `a value of type ${typeof given}`
}

/** What failed, as a word of a small set, whatever was thrown. An id has 43 characters, so it never fits. */
export function failureReason(error: unknown): string {
  const word = wordFor(causeOf(error))
  return /^[\w-]{1,40}$/.test(word) ? word : 'error'
}

/**
 * Whether a failure shows that the store is down. Redis's own refusals (`OOM`, `READONLY`) come from a store
 * that answers and can be read; a mistake of the application shows nothing.
 */
export function findingOf(failure: Error): Finding {
  if (failure instanceof SessionLostError) return 'answered'
  const { cause } = failure
  if (!(cause instanceof SessionStoreError) || NEUTRAL.has(cause.reason)) return 'nothing'
  const isAway = AWAY.has(cause.reason) || NO_CONNECTION.test(cause.reason)
  return isAway ? 'away' : 'answered'
}

/** An error that is not known; and the store from which sessions are moved, which is another one. */
const NEUTRAL: ReadonlySet<string> = new Set(['error', 'old-store'])

/** No answer in time, no connection, and what the network says (errno(3)). */
const AWAY: ReadonlySet<string> = new Set(
  (
    'timeout unavailable ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN ' +
    'EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN ENETRESET'
  ).split(' '),
)

/** What a database says of its connection or of its end (SQLSTATE class 08, and class 57 of PostgreSQL). */
const NO_CONNECTION = /^(?:08[0-9A-Z]{3}|57P0[123])$/

/** The error behind a response. */
export function causeOf(error: unknown): unknown {
  return error instanceof HttpError ? (error.cause ?? error) : error
}

function wordFor(cause: unknown): string {
  if (cause instanceof SessionStoreError) {
    // A store of somebody else may give the error of its driver as the cause, and no reason.
    return (cause.reason === 'unspecified' && codeIn(cause.cause)) || cause.reason
  }
  const isOurs = cause instanceof SessionError || cause instanceof SessionReadOnlyError
  return isOurs ? cause.code : 'error'
}

/** The names of the large keys are the application's own, so only the cause has them. */
function tooLarge(cause: SessionTooLargeError): HttpError {
  const { size, limit, code } = cause
  const detail = `The session would take ${size} bytes, and ${limit} are allowed. Nothing was stored: send less, or remove something first.`
  return new HttpError(413, detail, { code, cause })
}

const UNCONFIRMED = 'The session was ended, but it is not confirmed that it stays ended.'

function comeAgain(detail: string, code: string, cause: Error): HttpError {
  return new HttpError(503, detail, { code, headers: { 'retry-after': '1' }, cause })
}

/** Stands for an error that is not ours. */
function redacted(error: unknown, doing: StoreWork): SessionStoreError {
  const message = `the session store failed to ${doing}: ${kindOfError(error)}`
  const reason = codeIn(error) ?? 'error'
  return thrownWhere(new SessionStoreError(message, { reason }), error)
}

/**
 * The code of an error of a driver, or of one that it wraps: query builders keep the error of their driver as
 * `cause`, `parent` (Sequelize), `driverError` (TypeORM), `original` or `originalError`.
 */
function codeIn(error: unknown): string | undefined {
  const codes = [...chainOf(error)].map((each) => read(each, 'code'))
  return codes.find((code): code is string => typeof code === 'string' && CODE.test(code))
}

/** A word such as `ECONNREFUSED`, or the five characters of an SQLSTATE. */
const CODE = /^(?:[A-Z][A-Z0-9_]{1,39}|[0-9A-Z]{5})$/

const WRAPPED = ['cause', 'parent', 'driverError', 'original', 'originalError'] as const

/** The error, and what it wraps. Deep enough for an ORM over a pool over a driver; a ring ends as well. */
function* chainOf(error: unknown, depth = 5): Generator {
  if (typeof error !== 'object' || error === null || depth === 0) return
  yield error
  for (const name of WRAPPED) yield* chainOf(read(error, name), depth - 1)
}

/** A getter may throw. */
function read(error: unknown, name: string): unknown {
  try {
    return (error as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}
