import { FastResponse } from 'srvx'
import { isAsyncIterable, streamOf } from './stream-of.js'

/** A `Response` of another class: of undici's package, of node-fetch, of a second realm. */
interface ForeignResponse {
  readonly status: number
  readonly statusText?: string
  readonly url?: string
  readonly type?: string
  readonly bodyUsed?: boolean
  readonly body: unknown
  readonly headers: Iterable<readonly [string, string]> & {
    getSetCookie?(): string[]
    /** node-fetch. */
    raw?(): Record<string, string[]>
  }
  arrayBuffer(): Promise<ArrayBuffer>
}

/** Recognised by shape: as JSON it would be `{}`. */
export function isForeignResponse(value: unknown): value is ForeignResponse {
  if (typeof value !== 'object' || value === null || !('arrayBuffer' in value)) return false
  const { status, headers, arrayBuffer } = value as Partial<ForeignResponse>
  return (
    typeof arrayBuffer === 'function' &&
    typeof status === 'number' &&
    typeof headers === 'object' &&
    typeof headers[Symbol.iterator] === 'function' &&
    'body' in value
  )
}

/**
 * The same response as one of the runtime's class, with the URL of a fetched one.
 *
 * @throws TypeError when its body was already read, or is no stream.
 */
export function ownResponse(foreign: ForeignResponse): Response {
  if (foreign.bodyUsed)
    throw new TypeError('A handler returned a Response whose body was already read')
  const { status, statusText = '', url = '', type = 'default' } = foreign
  const own = new FastResponse(bodyOf(foreign.body), {
    status,
    statusText,
    headers: headersOf(foreign.headers),
  })
  // The standard class takes neither; both decide whether and how it is handed on.
  Object.defineProperties(own, { url: { value: url }, type: { value: type } })
  return own
}

function bodyOf(body: unknown): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  if (body === null || body === undefined) return null
  if (body instanceof ReadableStream) return body as ReadableStream<Uint8Array<ArrayBuffer>>
  if (isAsyncIterable(body)) return streamOf(body)
  throw new TypeError(
    'A handler returned a Response of another class whose body is no stream. Return its content: ' +
      'await response.arrayBuffer().',
  )
}

/** Each `Set-Cookie` has a line of its own (RFC 6265 3); joined, they would be one cookie. */
function headersOf(foreign: ForeignResponse['headers']): Headers {
  const headers = new Headers()
  for (const [name, content] of foreign) {
    if (name.toLowerCase() !== 'set-cookie') headers.append(name, content)
  }
  const cookies = foreign.getSetCookie?.() ?? foreign.raw?.()['set-cookie'] ?? []
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return headers
}
