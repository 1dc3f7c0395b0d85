import type { ServerResponse } from 'node:http'
import { FastResponse } from 'srvx'
import { PlainResponse, type HeaderLine, type PlainContent } from '../response/plain-response.js'
import { sendResponse } from '../response/send-response.js'
import { addLines } from './host-lines.js'
import { headersOf } from './node-headers.js'

/**
 * Sends the response of an application that a host has mounted below a path: beside the headers that the host has
 * set, and with a redirect within the application below that path.
 */
export async function sendMounted(
  res: ServerResponse,
  response: Response,
  base: string,
): Promise<void> {
  const content = PlainResponse.contentOf(response)
  const { status, statusText } = response
  addLines(headersOf(res), mountedLines(response, base))
  if (content === undefined) {
    return sendResponse(res, new FastResponse(response.body, { status, statusText }))
  }
  // Plainly, because what the host has put in the place of these methods, such as a compression, knows no callbacks.
  res.statusCode = status
  if (content === null) return void res.end()
  res.setHeader('content-length', Buffer.byteLength(content))
  res.end(content)
}

/** The headers of a mounted application's response, with a redirect within it below the path. */
export function mountedLines(response: Response, base: string): HeaderLine[] {
  return [...response.headers].map(([name, text]) => {
    return [name, name === 'location' ? below(base, text) : text]
  })
}

/** What a mounted application's response sends: a text or bytes, where it has them, or its stream. */
export function mountedBody(response: Response): PlainContent | ReadableStream {
  const content = PlainResponse.contentOf(response)
  return content === undefined ? response.body : content
}

/** A path is one of the application; `//host` and whole URLs lead elsewhere. */
function below(base: string, location: string): string {
  return /^\/(?![/\\])/.test(location) ? `${base}${location}` : location
}
