import { FastResponse } from 'srvx'
import { HttpError, titleOf } from './http-error.js'

/** The `application/problem+json` answer (RFC 9457) for an error; for one that is no `HttpError`, a bare 500. */
export function problem(error: unknown): Response {
  const { status, detail, code, errors, headers } = asHttpError(error)
  // What is undefined leaves the JSON.
  const body = JSON.stringify({ title: titleOf(status), status, detail, code, errors })
  return new FastResponse(body, {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  })
}

/** Whether an error is the client's doing, so that nobody has to hear of it. */
export function isClientError(error: unknown): boolean {
  return asHttpError(error).status < 500
}

/** What is not meant for the client says nothing to the client. */
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
