import { PlainResponse } from './plain-response.js'

/**
 * Removes the length that somebody gave a response whose bytes the server counts, or that has none: with a wrong
 * one the client would take the rest for its next response, or wait for more. HEAD and 304 tell the length of a
 * body that is not sent (RFC 9110 8.6).
 */
export function dropOwnLength(response: Response): void {
  if (response.status === 304) return
  const isCounted = PlainResponse.contentOf(response) !== undefined || response.body === null
  if (isCounted) response.headers.delete('content-length')
}

/** The bytes that the body of a response is to have, or `NaN`. */
export function givenLength(headers: Headers): number {
  const given = headers.get('content-length')
  return given === null ? NaN : Number(given)
}

/**
 * Refuses a body that has other bytes than its response says: `listen` would cut it without a word, and another
 * server would send the rest as the next response.
 *
 * @param isOver whether there is no more of it.
 */
export function checkLength(bytes: number, length: number, isOver: boolean): void {
  if (!(bytes > length || (isOver && bytes < length))) return
  throw new TypeError(
    `The body of a response is not of the ${length} bytes that its Content-Length says`,
  )
}
