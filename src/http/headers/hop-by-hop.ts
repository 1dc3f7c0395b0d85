/** RFC 9110 7.6.1, and what proxies have sent since HTTP/1.0: about one connection, not about the message. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** The codings that `fetch` undoes. It leaves the body as it is when it does not know one of them. */
const DECODED: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'br'])

/**
 * Removes what a fetched response says about its own connection and transfer: handed on, the length of the
 * packed body would end an unpacked one early, and the client would read the rest as its next response.
 */
export function removeTransferHeaders(headers: Headers): void {
  // Connection names others that are about the connection (RFC 9110 7.6.1).
  for (const name of listed(headers.get('connection'))) headers.delete(name)
  for (const name of HOP_BY_HOP) headers.delete(name)
  const codings = listed(headers.get('content-encoding'))
  if (codings.length === 0 || !codings.every((coding) => DECODED.has(coding))) return
  headers.delete('content-encoding')
  headers.delete('content-length')
}

function listed(content: string | null): string[] {
  if (content === null) return []
  const names = content.split(',').map((part) => part.trim().toLowerCase())
  // What is no name would throw in `Headers.delete`.
  return names.filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name))
}
