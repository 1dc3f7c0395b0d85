import { FastResponse } from 'srvx'
import { removeTransferHeaders } from '../headers/hop-by-hop.js'
import { checkHeaders } from '../headers/sendable.js'
import { contentOf, isFileLike, linesOfFile } from './file-headers.js'
import { isForeignResponse, ownResponse } from './foreign-response.js'
import { jsonOf } from './json-body.js'
import { isAsyncIterable, streamOf } from './stream-of.js'
import { JSON_LINE, NULL_BODY, PlainResponse, type HeaderLine } from './plain-response.js'

/**
 * Makes the response for what a handler returned and `PlainResponse.of` does not take: a `Response` stays as it is,
 * bytes, files, forms and streams are bodies, everything else is JSON. The headers of the result can be changed.
 *
 * @param status of the response; a returned `Response` keeps its own.
 * @throws TypeError when the value has no form that can be sent, or is a Response that was already sent.
 */
export function respond(value: unknown, status = 200): Response {
  if (value instanceof Response) return changeable(value)
  if (isForeignResponse(value)) return changeable(ownResponse(value))
  if (NULL_BODY.has(status)) return new PlainResponse(null, status, [])
  const [body, lines] = bodyOf(value)
  if (typeof body === 'string' || body instanceof Uint8Array)
    return new PlainResponse(body, status, lines)
  return new FastResponse(body, { status, headers: lines as [string, string][] })
}

/**
 * A response whose headers hooks can write to. Those of `Response.redirect()` and of a fetched response are
 * read-only, and a response without a body may be one object that a handler returns each time: it would
 * carry one visitor's cookie to the next. Both are copied.
 *
 * @throws TypeError when it cannot be sent.
 */
export function changeable(response: Response): Response {
  // A copy, for a handler may return the same object each time.
  if (PlainResponse.isPlain(response)) return response.copy()
  if (response.type === 'error')
    throw new TypeError('A handler returned Response.error(), which cannot be sent')
  if (response.bodyUsed)
    throw new TypeError('A handler returned a Response whose body was already read')
  const { body, status, statusText, headers } = response
  checkHeaders(headers, 'A returned Response')
  // Only `fetch` makes responses that have a URL.
  const isFetched = response.url !== ''
  if (body !== null && !isFetched && isChangeable(headers)) return response
  const own = new Headers(headers)
  if (isFetched) removeTransferHeaders(own)
  return new FastResponse(body, { status, statusText, headers: own })
}

/** Whether a value that is not plain is sent in chunks, so that it may fail after the head has left. */
export function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    (value instanceof Response && !PlainResponse.isPlain(value)) ||
    value instanceof ReadableStream ||
    isAsyncIterable(value) ||
    isForeignResponse(value)
  )
}

/** The response to HEAD: the head alone. */
export function withoutBody(response: Response): Response {
  if (PlainResponse.isPlain(response))
    return new PlainResponse(null, response.status, response.lines)
  const { body, status, statusText, headers } = response
  if (body === null) return response
  void body.cancel().catch(() => {})
  return new FastResponse(null, { status, statusText, headers })
}

/** Only a server on the way decides about its own transfer (RFC 9112 6.1): beside a length it would smuggle. */
function isChangeable(headers: Headers): boolean {
  try {
    headers.delete('transfer-encoding')
    return true
  } catch {
    return false
  }
}

type Body = ConstructorParameters<typeof Response>[0]

const BYTES = 'application/octet-stream'

function bodyOf(value: unknown): [body: Body, lines: HeaderLine[]] {
  if (value instanceof ReadableStream) return [value, typed(BYTES)]
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return [new Uint8Array(value as ArrayBuffer), typed(BYTES)]
  if (ArrayBuffer.isView(value))
    return [
      new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength),
      typed(BYTES),
    ]
  if (isFileLike(value)) return [contentOf(value), linesOfFile(value, BYTES)]
  if (isAsyncIterable(value)) return [streamOf(value), typed(BYTES)]
  if (value instanceof URLSearchParams)
    return [value.toString(), typed('application/x-www-form-urlencoded;charset=UTF-8')]
  if (value instanceof FormData) return formBody(value)
  return [jsonOf(value), [JSON_LINE]]
}

function typed(type: string): HeaderLine[] {
  return [['content-type', type]]
}

/** The runtime chooses the boundary. */
function formBody(form: FormData): [Body, HeaderLine[]] {
  const { body, headers } = new Response(form)
  return [body, typed(headers.get('content-type') ?? BYTES)]
}
