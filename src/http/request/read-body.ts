import { limitBodyStream } from 'srvx/body-limit'
import { HttpError } from '../errors/http-error.js'
import { isTooLarge, tooLarge } from '../errors/problem.js'

/**
 * Reads the body of a request.
 *
 * @param limit in bytes. A larger body is rejected by its `Content-Length` before a byte is read, and
 * otherwise as soon as the limit is passed.
 * @throws HttpError 413 over the limit, 415 when it is compressed, 400 when it breaks off.
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  rejectCompressed(request.headers)
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit)
  if (!request.body) return new Uint8Array()
  const limited = limitBodyStream(request.body, limit, { createError: () => tooLarge(limit) })
  try {
    return new Uint8Array(await new Response(limited).arrayBuffer())
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge(limit)
    throw new HttpError(400, 'The body could not be read to its end', { cause: error })
  }
}

/** Parses a form, urlencoded or multipart; `undefined` when it is malformed or no form. */
export async function parseForm(
  bytes: Uint8Array,
  contentType: string | null,
): Promise<FormData | undefined> {
  const body = new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { 'content-type': contentType ?? '' },
  })
  try {
    // oxlint-disable-next-line typescript/no-deprecated -- discouraged for unbounded bodies; this one is in memory and bounded
    return await body.formData()
  } catch {
    return undefined
  }
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
