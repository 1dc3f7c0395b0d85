import { HttpError } from '../errors/http-error.js'
import { isTooLarge, tooLarge } from '../errors/problem.js'
import { BodyCollector, type BodyBounds } from './body-collector.js'
import { cancelLater } from './limited-stream.js'

/**
 * Rejects a body before a byte of it is read.
 *
 * @throws HttpError 413 when it says that it is over the limit, 415 when it is compressed.
 */
export function checkBodyHeaders(headers: Headers, limit: number): void {
  rejectCompressed(headers)
  if (Number(headers.get('content-length') ?? 0) > limit) throw tooLarge(limit)
}

/**
 * Reads a stream to its end.
 *
 * @throws HttpError 413 over the limit, 503 when all bodies together are too much, 400 when it breaks off.
 * @throws TypeError when somebody reads it already: a mistake of the application, and not the visitor's.
 */
export async function readStream(
  body: ReadableStream<Uint8Array> | null,
  bounds: BodyBounds,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array()
  if (body.locked) throw new TypeError('The body was read before')
  const reader = body.getReader()
  return new Promise<Uint8Array>((resolve, reject) => {
    let isCut = false
    const collector = new BodyCollector(bounds, (error) => {
      isCut = true
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the collector gives errors
      reject(error)
    })
    const pump = async (): Promise<void> => {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return isCut ? undefined : resolve(collector.end())
        if (!isCut) collector.add(value)
        // Not while a read is pending: the bodies that undici makes of iterators close themselves at their end, and
        // that ends the process when they were cancelled in between.
        if (isCut) return cancelLater(reader)
      }
    }
    pump().catch((error: unknown) => collector.fail(asBodyError(error, bounds.bodyLimit)))
  })
}

/** Keeps the error that says why, and what srvx says of its limit; anything else is a body that broke off. */
function asBodyError(error: unknown, limit: number): unknown {
  if (error instanceof HttpError) return error
  return isTooLarge(error) ? tooLarge(limit) : brokenOff(error)
}

/** The 400 for a body that did not come to its end. */
export function brokenOff(cause: unknown): HttpError {
  return new HttpError(400, 'The body could not be read to its end', { cause })
}

/** What the body of a request is by its `Content-Type`. */
export type BodyKind = 'json' | 'form' | 'text' | 'other'

/** The kind of a `Content-Type`; JSON includes `application/problem+json` and the like (RFC 6839). */
export function kindOf(contentType: string | null): BodyKind {
  const [essence = '', ...parameters] = (contentType ?? '').toLowerCase().split(';')
  const type = essence.trim()
  if (type === 'multipart/form-data') return 'form'
  if (!isUtf8(parameters)) return 'other'
  if (type === 'application/json' || /^[^/]+\/[^/]+\+json$/.test(type)) return 'json'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  return type.startsWith('text/') ? 'text' : 'other'
}

/** Any other charset would be decoded to the wrong characters. */
function isUtf8(parameters: readonly string[]): boolean {
  const charset = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith('charset='))
  return charset === undefined || /^charset="?(utf-8|utf8|us-ascii)"?$/.test(charset)
}

/** Unpacking is where a small body becomes a huge one (CWE-409); that is a proxy's job. */
function rejectCompressed(headers: Headers): void {
  const coding = headers.get('content-encoding')
  if (coding && coding.toLowerCase() !== 'identity') {
    throw new HttpError(415, 'A compressed body is not supported', {
      headers: { 'accept-encoding': 'identity' },
    })
  }
}
