import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Door } from '../request/door.js'
import type { PlainResponse } from '../response/plain-response.js'
import type { Connections } from './connections.js'

/** What Node's parser and its timers refuse otherwise than with a 400. */
const STATUSES = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
])

/**
 * Responds to what is no request, and to what did not come in time. Node alone would write a head without
 * `nosniff`, and the access log would not hear of it.
 */
export function clientErrorListener(
  door: Door,
  connections: Connections,
): (error: NodeJS.ErrnoException, socket: unknown) => void {
  return ({ code = '' }, stream) => {
    const socket = stream as Socket
    const response = connections.responseOn(socket)
    // Whoever has reset the connection reads nothing. A second head in the middle of a body would be part of it.
    if (socket.writable && !response?.headersSent) {
      const status = STATUSES.get(code) ?? 400
      // The request that was too slow, if its head had come; what cannot be read comes behind it.
      const late: Partial<IncomingMessage> = status === 408 ? (response?.req ?? {}) : {}
      const { method, url: target } = late
      socket.write(messageOf(door.refuse({ method, target }, status)))
    }
    socket.destroy()
  }
}

function messageOf({ status, lines, content }: PlainResponse): string {
  const body = String(content ?? '')
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...lines.map(([name, text]) => `${name}: ${text}`),
    `Date: ${new Date().toUTCString()}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  return [...head, '', body].join('\r\n')
}
