import { FastResponse } from 'srvx'

/**
 * Sends the client to another place; 303, the default, is for the response to a form (RFC 9110 15.4.4).
 * Unlike `Response.redirect` it takes a path. Never redirect to what a visitor sent without checking it:
 * `//evil.example` is another host (CWE-601).
 *
 * @throws TypeError when the location is not valid in a header, for example because of a line break.
 */
export function redirect(location: string, status: 301 | 302 | 303 | 307 | 308 = 303): Response {
  return new FastResponse(null, { status, headers: new Headers({ location }) })
}
