import type { RequestListener, ServerResponse } from 'node:http'
import type { Exchange } from '../request/exchange.js'
import type { Connections } from './connections.js'
import { isEventStream, type EventStreams } from './event-streams.js'
import { NodeExchange } from './node-exchange.js'
import type { RequestGate } from './request-gate.js'
import { PlainResponse, writePlain } from '../response/plain-response.js'
import { sendResponse } from '../response/send-response.js'

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
    if (PlainResponse.isPlain(response)) return writePlain(res, response)
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
