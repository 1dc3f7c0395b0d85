import { JoinedErrors } from '../../di/index.js'
import { PlainResponse } from '../response/plain-response.js'
import { HttpError, problemParts, publicPartOf, type Problem } from './http-error.js'

/** What a client sees of an error: of one that is no `HttpError`, the status. */
export function problemOf(error: unknown): Problem {
  return publicPartOf(asHttpError(error))
}

/** The `application/problem+json` response (RFC 9457) for an error; a bare 500 for one that is no `HttpError`. */
export function problem(error: unknown): Response {
  const known = asHttpError(error)
  const { body, lines } = problemParts(known)
  return new PlainResponse(body, known.status, lines)
}

/** Whether an error is the client's fault, so that nobody has to hear of it. */
export function isClientError(error: unknown): boolean {
  if (error instanceof JoinedErrors) return error.errors.every(isClientError)
  return error instanceof HttpError ? error.status < 500 : isTooLarge(error)
}

/** Any other error may be about somebody else: the client sees its status only. */
function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  return new HttpError(isTooLarge(error) ? 413 : 500)
}

/** The 413 for a limit in bytes. */
export function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The body may have ${limit} bytes at most`)
}

/** Whether a body went over the limit here, or over the same limit in srvx, which serves `listen`. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof HttpError
    ? error.status === 413
    : (error as { code?: unknown } | null)?.code === 'ERR_BODY_TOO_LARGE'
}
