import type { RequestListener, ServerResponse } from 'node:http'
import { sendNodeResponse } from 'srvx/node'
import type { RequestGate } from './request-gate.js'
import type { Exchange } from '../request/exchange.js'
import { NodeExchange } from './node-exchange.js'
import { PlainResponse } from '../response/plain-response.js'

/**
 * Answers the requests of a Node server as srvx does, and writes what plain values became with one write: no
 * `Request`, no `Headers`, no stream, no promise. Every other response is sent by srvx, and so is what its
 * listener refuses.
 *
 * @param general srvx's own listener.
 */
export function nodeListener(
  answer: (exchange: Exchange) => Response | Promise<Response>,
  entrance: RequestGate,
  general: RequestListener,
): RequestListener {
  return (req, res) => {
    // `OPTIONS *`, and the absolute form that proxies are sent.
    if (req.url?.[0] !== '/') return general(req, res)
    let answered: Response | Promise<Response>
    try {
      answered = entrance.reject(req) ?? answer(new NodeExchange(res, entrance))
    } catch {
      return fail(res)
    }
    if (!(answered instanceof Promise)) return send(res, answered)
    // One function for both ends: each is kept for as long as the handler waits.
    const end = (outcome: Response | Error): void => {
      if (outcome instanceof Error) fail(res)
      else send(res, outcome)
    }
    answered.then(end, end)
  }
}

/** Never throws. */
function send(res: ServerResponse, response: Response): void {
  try {
    if (PlainResponse.isPlain(response)) write(res, response)
    else sendNodeResponse(res, response).catch(() => fail(res))
  } catch {
    fail(res)
  }
}

/** The head and the body in one write. */
function write(res: ServerResponse, response: PlainResponse): void {
  const { content, status, lines } = response
  const head: string[] = []
  for (const [name, text] of lines) head.push(name, text)
  const size = content === null ? 0 : Buffer.byteLength(content)
  if (content !== null) head.push('content-length', `${size}`)
  res.writeHead(status, '', head)
  if (content === null || res.req.method === 'HEAD') res.end()
  // As many bytes as characters: ASCII, which is the same in the encoding of the head.
  else if (size === content.length && withHead(res, content)) res.end()
  else res.end(content)
}

/**
 * Puts a body behind the head that waits to be sent, as Node does itself from 24 on: before, it hands the socket
 * a second chunk, an empty one, and the kernel has to gather the two. Says whether it could be done, for
 * `_header` is Node's own.
 */
function withHead(res: ServerResponse & { _header?: string }, content: string): boolean {
  if (typeof res._header !== 'string') return false
  res._header += content
  return true
}

function fail(res: ServerResponse): void {
  if (res.writableEnded) return
  if (res.headersSent) res.destroy()
  else res.writeHead(500, '').end()
}
