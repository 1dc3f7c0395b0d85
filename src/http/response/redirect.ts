import { describeGiven } from '../../di/index.js'
import { PlainResponse } from './plain-response.js'

/**
 * Sends the client to another place; 303, the default, is for the response to a form (RFC 9110 15.4.4).
 * Unlike `Response.redirect` it takes a path. What a URL cannot contain is percent-encoded: `/café`. Never
 * redirect to what a visitor sent without checking it: `//evil.example` is another host (CWE-601).
 *
 * @throws TypeError when the location is no text, or has a control character, for example a line break.
 */
export function redirect(location: string, status: 301 | 302 | 303 | 307 | 308 = 303): Response {
  return new PlainResponse(null, status, [['location', encoded(location)]])
}

const CONTROL = /[\u0000-\u001f\u007f]/

/** What RFC 3986 2 leaves out of a URL, in runs: a pair of surrogates is one character. Escapes stay. */
const OUTSIDE = /%(?![\da-f]{2})|[^\w\-.~:/?#[\]@!$&'()*+,;=%]+/gi

/** Half a pair has no form in UTF-8. */
const LONE_SURROGATE = /\p{Cs}/gu

/** Browsers take a backslash for a slash, so that `/\evil.example` would be another host; it is encoded too. */
function encoded(location: string): string {
  if (typeof location !== 'string')
    throw new TypeError(
      `redirect takes the location first, as a text, not ${describeGiven(location)}: redirect('/cart', 302).`,
    )
  if (CONTROL.test(location))
    throw new TypeError('redirect: the location has a control character, such as a line break')
  // The name of a host has an encoding of its own (RFC 5890).
  if (/^https?:\/\/[^/?#]*[^\0-\x7f]/i.test(location) && URL.canParse(location))
    return new URL(location).href
  return location.replaceAll(OUTSIDE, (run) =>
    encodeURIComponent(run.replaceAll(LONE_SURROGATE, '\ufffd')),
  )
}
