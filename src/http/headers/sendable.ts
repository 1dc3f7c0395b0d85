/** What Node, undici and every proxy accept in a value (RFC 9110 5.5): visible characters, spaces, tabs, Latin-1. */
const SENDABLE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

/** RFC 9110 8.6. A server would cut the connection, or begin the next response in the middle of this one. */
const LENGTH = /^\d{1,15}$/

/** RFC 9110 5.6.2. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/

/**
 * Refuses a header that cannot be sent. A line break in it would begin another header or another response
 * (CWE-113), and Node refuses the other characters when the head is written, where nobody can respond to it.
 *
 * @param where who gave it: `HttpError`.
 * @throws TypeError that names the header, never its value.
 */
export function checkHeader(name: string, content: string, where: string): void {
  if (!NAME.test(name) || !isSendable(name.toLowerCase(), content)) throw unsendable(name, where)
}

function unsendable(name: string, where: string): TypeError {
  return new TypeError(
    `${where}: the header ${JSON.stringify(name.slice(0, 60))} cannot be sent: a name is a token, and a ` +
      'value has visible characters, spaces and Latin-1 letters only. Encode others: encodeURIComponent(value).',
  )
}

/** Whether a header can be sent with this value. */
export function isSendable(name: string, content: string): boolean {
  return (name === 'content-length' ? LENGTH : SENDABLE).test(content)
}

/**
 * Refuses headers that cannot be sent.
 *
 * @throws TypeError as `checkHeader` does.
 */
export function checkHeaders(headers: Headers, where: string): void {
  // `Headers` has checked the names.
  headers.forEach((content, name) => {
    if (!isSendable(name, content)) throw unsendable(name, where)
  })
}
