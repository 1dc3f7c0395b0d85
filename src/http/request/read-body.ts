import { limitBodyStream } from 'srvx/body-limit'
import { HttpError } from '../errors/http-error.js'

/**
 * Reads the body of a request.
 *
 * @param limit in bytes. A larger body is refused by its `Content-Length` before a byte is read, and
 * otherwise as soon as the limit is passed.
 * @throws HttpError 413 over the limit, 415 when it is compressed, 400 when it breaks off.
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  refuseCompressed(request.headers)
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

/** Whether a body went over the limit here, or over the same limit in srvx, which serves `listen`. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof HttpError
    ? error.status === 413
    : (error as { code?: unknown } | null)?.code === 'ERR_BODY_TOO_LARGE'
}

/** The 413 for a limit in bytes. */
export function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The body may have ${limit} bytes at most`)
}

/** Unpacking is where a small body becomes a huge one (CWE-409); it is left to a proxy. */
function refuseCompressed(headers: Headers): void {
  const coding = headers.get('content-encoding')
  if (coding && coding.toLowerCase() !== 'identity') {
    throw new HttpError(415, 'A compressed body is not supported', {
      headers: { 'accept-encoding': 'identity' },
    })
  }
}
