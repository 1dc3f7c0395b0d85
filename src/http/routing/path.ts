/**
 * The one spelling of a path under which routes are found (RFC 3986 6.2.2): letters, digits, `-._~` stand for
 * themselves, other escapes have capital digits, and what URL parsers escape is escaped.
 */
export function normalPath(path: string): string {
  if (PLAIN.test(path)) return path
  return normalEscapes(path).replaceAll(UNESCAPED, encodeURIComponent)
}

/** The same for the pattern of a route, whose `{}` and `?` are no characters of a path. */
export function normalEscapes(path: string): string {
  return path.includes('%') ? path.replaceAll(/%[\da-f]{2}/gi, normalEscape) : path
}

const PLAIN = /^[\w.~!$&'()*+,;=:@/-]*$/

/** The path percent-encode set of the URL standard, of what the door lets through. */
const UNESCAPED = /["<>^`{}]/g

function normalEscape(escape: string): string {
  const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
  return /[\w.~-]/.test(character) ? character : escape.toUpperCase()
}
