import type { ServerResponse } from 'node:http'
import { PlainResponse, writePlain, type HeaderLine } from './plain-response.js'

/** Writes a response that somebody has opened, or that is a stream, to Node's. Throws, or rejects, when it cannot be written. */
export function sendResponse(
  res: ServerResponse,
  response: Response,
  sender?: { sent(res: ServerResponse): void },
): void | Promise<void> {
  const { status } = response
  const content = PlainResponse.contentOf(response)
  const body = content === undefined ? response.body : null
  const isWithoutBody = body === null && res.req.method !== 'HEAD' && status !== 304
  const lines: HeaderLine[] = []
  response.headers.forEach((text, name) => {
    // The length is ours to count; a wrong one would make the client take the rest for its next response.
    if (!(isWithoutBody && name === 'content-length')) lines.push([name, text])
  })
  if (content !== undefined) return writePlain(res, { status, lines, content }, sender)
  if (body === null) return void writeHead(res, response, lines).end()
  // A body that is longer or shorter than it says throws.
  res.strictContentLength = true
  writeHead(res, response, lines)
  return writeStream(res, body)
}

/** Without a phrase of its own a response has that of its status (RFC 9110 15). */
function writeHead(
  res: ServerResponse,
  { status, statusText }: Response,
  lines: HeaderLine[],
): ServerResponse {
  const phrase = statusText !== '' && PHRASE.test(statusText) ? statusText : undefined
  return res.writeHead(status, phrase, lines.flat())
}

/** RFC 9112 4. */
const PHRASE = /^[\t\u0020-\u007e\u0080-\u00ff]+$/

/**
 * Writes chunk by chunk, as fast as the client reads. The head leaves by itself when the first chunk is not
 * there in this turn of the event loop: a browser shows an open stream of events by its head.
 */
async function writeStream(res: ServerResponse, body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  const leave = (): void => void reader.cancel().catch(() => {})
  if (res.destroyed || res.req.method === 'HEAD') {
    leave()
    return void res.end()
  }
  res.once('close', leave)
  const flush = setImmediate(() => res.flushHeaders())
  try {
    for (;;) {
      const { done, value } = await reader.read()
      clearImmediate(flush)
      if (done) break
      if (!res.write(value) && !res.destroyed) await drained(res)
      if (res.destroyed) return
    }
    res.off('close', leave).end()
  } catch (error) {
    clearImmediate(flush)
    void reader.cancel(error).catch(() => {})
    throw error
  }
}

/** Resolves when the client has read, or has left. */
function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      res.off('drain', go).off('close', go)
      resolve()
    }
    res.on('drain', go).on('close', go)
  })
}
