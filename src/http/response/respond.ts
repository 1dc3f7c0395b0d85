import { FastResponse } from 'srvx'
import { PlainResponse } from './plain-response.js'

/** Statuses that have no body (Fetch standard, "null body status"). */
const NULL_BODY = new Set([204, 205, 304])

/**
 * Makes the response for what a handler returned: a `Response` stays as it is, `undefined` is a 204, a string
 * is text, bytes and streams are bodies, everything else is JSON. The headers of the result can be changed.
 *
 * @param status of the response; a returned `Response` keeps its own.
 * @throws TypeError when the value has no JSON form, or is a Response that was already sent.
 */
export function respond(value: unknown, status?: number): Response {
  if (value instanceof Response) return changeable(value)
  if (value === undefined || (status !== undefined && NULL_BODY.has(status)))
    return new PlainResponse(null, status ?? 204, [])
  const [body, type] = bodyOf(value)
  if (typeof body === 'string')
    return new PlainResponse(body, status ?? 200, [['content-type', type]])
  return new FastResponse(body, { status: status ?? 200, headers: { 'content-type': type } })
}

/**
 * A response whose headers hooks can write to. Those of `Response.redirect()` and of a fetched response are
 * read-only, and a response without a body may be one object that a handler returns each time: it would
 * carry one visitor's cookie to the next. Both are copied.
 */
export function changeable(response: Response): Response {
  if (response.type === 'error')
    throw new TypeError('A handler returned Response.error(), which cannot be sent')
  if (response.bodyUsed)
    throw new TypeError('A handler returned a Response whose body was already read')
  const { body, status, statusText, headers } = response
  return body !== null && isChangeable(headers)
    ? response
    : new FastResponse(body, { status, statusText, headers: new Headers(headers) })
}

/** Whether a value is sent in chunks, so that it may fail after the head has left. */
export function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    value instanceof Response || value instanceof ReadableStream || Symbol.asyncIterator in value
  )
}

/** The response to HEAD: the head alone. */
export function withoutBody(response: Response): Response {
  const { body, status, statusText, headers } = response
  if (body === null) return response
  void body.cancel().catch(() => {})
  return new FastResponse(null, { status, statusText, headers })
}

function isChangeable(headers: Headers): boolean {
  try {
    headers.delete('x-absent')
    return true
  } catch {
    return false
  }
}

type Body = ConstructorParameters<typeof Response>[0]

const BYTES = 'application/octet-stream'

function bodyOf(value: unknown): [body: Body, type: string] {
  if (typeof value === 'string') return [value, 'text/plain; charset=utf-8']
  if (value instanceof Blob) return [value, value.type || BYTES]
  if (value instanceof ReadableStream) return [value, BYTES]
  if (value instanceof ArrayBuffer) return [value, BYTES]
  if (ArrayBuffer.isView(value))
    return [new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength), BYTES]
  if (isAsyncIterable(value)) return [streamOf(value), BYTES]
  const json = JSON.stringify(value) as string | undefined
  if (json === undefined)
    throw new TypeError(`A handler returned a ${typeof value}, which has no JSON form`)
  return [json, 'application/json']
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Pulls one chunk at a time, so that a slow client slows the source; a client that leaves ends it. */
function streamOf(source: AsyncIterable<unknown>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else if (typeof value === 'string') controller.enqueue(encoder.encode(value))
      else if (value instanceof Uint8Array) controller.enqueue(value)
      else
        throw new TypeError(
          `A handler's stream gave a ${typeof value}; its chunks are strings or Uint8Arrays`,
        )
    },
    async cancel(reason) {
      await iterator.return?.(reason)
    },
  })
}
