import { FastResponse } from 'srvx'
import { isTooLarge } from '../request/read-body.js'
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
