import type { RequestListener, ServerResponse } from 'node:http'
import type { Exchange } from '../request/exchange.js'
import { PlainResponse, type PlainContent } from '../response/plain-response.js'
import type { Connections } from './connections.js'
import { isEventStream, type EventStreams } from './event-streams.js'
import { NodeExchange } from './node-exchange.js'
import type { RequestGate } from './request-gate.js'

/** What responds to the requests that pass the gate. */
export interface RequestHandler {
  handle(exchange: Exchange): Response | Promise<Response>
}

/** What a listener works with. */
export interface Serving {
  readonly gate: RequestGate
  readonly connections: Connections
  readonly streams: EventStreams
}

/** Serves an application on a Node server. */
export function nodeListener(app: RequestHandler, serving: Serving): RequestListener {
  const { gate, connections } = serving
  return (_req, res) => {
    if (!connections.begin(res)) return
    const exchange = new NodeExchange(res, gate)
    let response: Response | Promise<Response>
    try {
      const refused = gate.reject(res, exchange)
      if (refused) return sendLast(res, refused, exchange, serving)
      response = app.handle(exchange)
    } catch {
      return fail(res)
    }
    if (!(response instanceof Promise)) return send(res, response, exchange, serving)
    // One function for both ends: each is kept for as long as the handler waits.
    const end = (outcome: Response): void => send(res, outcome, exchange, serving)
    response.then(end, end)
  }
}

/** Refuses what an `Expect` asks for and nobody can do: Node would write a head alone (RFC 9110 10.1.1). */
export function expectationListener(serving: Serving): RequestListener {
  const { gate, connections } = serving
  return (_req, res) => {
    if (!connections.begin(res)) return
    sendLast(res, gate.refuse(res, 417), new NodeExchange(res, gate), serving)
  }
}

/** Writes at once: what follows may be no request, and Node's parser then cuts the connection with what is not written. */
function sendLast(
  res: ServerResponse,
  response: Response,
  exchange: NodeExchange,
  serving: Serving,
): void {
  send(res, response, exchange, serving)
  res.end()
}

/** Never throws. Whatever is no response, such as the error of a rejected promise, is sent as a 500. */
function send(
  res: ServerResponse,
  response: Response,
  exchange: NodeExchange,
  { connections, streams }: Serving,
): void {
  const { req } = res
  // Somebody has stopped in the middle of the body: what comes next on the connection is the rest of it.
  const isLeftOver = !req.complete && req.readableFlowing === false
  if (connections.isStopping || isLeftOver) res.shouldKeepAlive = false
  try {
    if (exchange.isStreamed && isEventStream(response)) streams.watch(res, exchange)
    sendResponse(res, response)?.catch(() => fail(res))
  } catch {
    fail(res)
  }
}

function fail(res: ServerResponse): void {
  if (res.writableEnded) return
  if (res.headersSent) res.destroy()
  else res.writeHead(500, '').end()
}

/**
 * Writes a response to Node's. A plain one goes to the socket directly, without a `Headers`, a stream or a
 * promise. Throws, or rejects, when it cannot be written.
 */
function sendResponse(res: ServerResponse, response: Response): void | Promise<void> {
  if (PlainResponse.isPlain(response)) {
    const head: string[] = []
    for (const [name, text] of response.lines) head.push(name, text)
    return writeContent(res, response.status, head, response.content)
  }
  const content = PlainResponse.contentOf(response)
  const body = content === undefined ? response.body : null
  const isWithoutBody = body === null && res.req.method !== 'HEAD' && response.status !== 304
  const head: string[] = []
  response.headers.forEach((text, name) => {
    // The length is ours to count; a wrong one would make the client take the rest for its next response.
    if (!(isWithoutBody && name === 'content-length')) head.push(name, text)
  })
  if (content !== undefined) return writeContent(res, response.status, head, content)
  if (body === null) return void writeHead(res, response, head).end()
  // A body that is longer or shorter than it says throws.
  res.strictContentLength = true
  writeHead(res, response, head)
  return writeStream(res, body)
}

/** Without a phrase of its own a response has that of its status (RFC 9110 15). */
function writeHead(
  res: ServerResponse,
  { status, statusText }: Response,
  head: string[],
): ServerResponse {
  const phrase = statusText !== '' && PHRASE.test(statusText) ? statusText : undefined
  return res.writeHead(status, phrase, head)
}

/** RFC 9112 4. */
const PHRASE = /^[\t\u0020-\u007e\u0080-\u00ff]+$/

/** What is written so was made here, so that its phrase is that of its status. */
function writeContent(
  res: ServerResponse,
  status: number,
  head: string[],
  content: PlainContent,
): void {
  if (content !== null) {
    const length = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
    head.push('content-length', `${length}`)
  }
  res.writeHead(status, head)
  if (!content?.length || res.req.method === 'HEAD') res.end()
  // Before version 24 Node's `end(content)` makes a second, empty chunk, and the kernel has to gather the two:
  // 11 to 18 percent of the time of a small request. `write` sends one chunk.
  else res.write(content, () => res.end())
}

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
    await reader.cancel(error).catch(() => {})
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
