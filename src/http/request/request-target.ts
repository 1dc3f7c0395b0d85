/**
 * What is wrong with the target of a request, or `undefined`. A proxy in front that reads it in another way
 * than the router would let through what its rule forbids: so where two readings exist, the request is refused.
 *
 * @param target a path with its query, or a whole URL.
 */
export function targetMistake(target: string): string | undefined {
  if (PLAIN.test(target)) return undefined
  // RFC 3986 2: everything else is percent-encoded.
  if (/[^!-~]/.test(target)) return 'The target has a character that has to be percent-encoded'
  // RFC 9110 7.1: a fragment is not part of a target. nginx drops it, HAProxy does not.
  if (target.includes('#')) return "The target has a '#': percent-encode it as %23"
  const path = pathIn(target)
  // RFC 3986 3.3 has no backslash. URL parsers of browsers take it as a slash, proxies as a character.
  if (path.includes('\\')) return 'The path has a backslash: percent-encode it as %5C'
  // RFC 3986 5.2.4: a client removes them before it sends, so nobody needs to.
  if (DOT_SEGMENT.test(path)) return "The path has a segment '.' or '..'"
  return undefined
}

/** The path in a target: in the absolute form (RFC 9112 3.2.2), it begins after the host. */
export function pathIn(target: string): string {
  const from = target[0] === '/' ? 0 : target.indexOf('/', target.indexOf('://') + 3)
  const end = target.indexOf('?')
  if (from === -1 || (end !== -1 && end < from)) return '/'
  return end === -1 ? target.slice(from) : target.slice(from, end)
}

/**
 * A target without a dot and an escape in its path, as nearly all are. There is nothing wrong with it, and its path
 * is in the normal form already.
 */
export const PLAIN_TARGET = /^\/[\w~!$&'()*+,;=:@/-]*(?:\?[!"$-~]*)?$/

/** The same of a whole URL. */
const PLAIN = /^(?:https?:\/\/[\w.:[\]-]+)?\/[\w~!$&'()*+,;=:@/-]*(?:\?[!"$-~]*)?$/

/** Escaped as well, between escaped slashes as well: proxies look at the decoded path. */
const DOT_SEGMENT = /(?:\/|%2f|%5c)(?:\.|%2e){1,2}(?:\/|%2f|%5c|$)/i
