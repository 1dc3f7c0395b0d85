import type { RequestListener, ServerResponse } from 'node:http'
import type { Exchange } from '../request/exchange.js'
import type { Connections } from './connections.js'
import { NodeExchange } from './node-exchange.js'
import type { RequestGate } from './request-gate.js'
import { sendResponse } from './send-response.js'

/** What responds to the requests that pass the gate. */
export interface RequestHandler {
  handle(exchange: Exchange): Response | Promise<Response>
}

/** Serves an application on a Node server. */
export function nodeListener(
  app: RequestHandler,
  gate: RequestGate,
  connections: Connections,
): RequestListener {
  return (req, res) => {
    connections.silent.delete(req.socket)
    let response: Response | Promise<Response>
    try {
      response = gate.reject(req) ?? app.handle(new NodeExchange(res, gate))
    } catch {
      return fail(res)
    }
    if (!(response instanceof Promise)) return send(res, response, connections)
    // One function for both ends: each is kept for as long as the handler waits.
    const end = (outcome: Response): void => send(res, outcome, connections)
    response.then(end, end)
  }
}

/** Never throws. Whatever is no response, such as the error of a rejected promise, is sent as a 500. */
function send(res: ServerResponse, response: Response, { isStopping }: Connections): void {
  const { req } = res
  // Somebody has stopped in the middle of the body: what comes next on the connection is the rest of it.
  const isLeftOver = !req.complete && req.readableFlowing === false
  if (isStopping || isLeftOver) res.shouldKeepAlive = false
  try {
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
