import type { RequestListener, ServerResponse } from 'node:http'
import { FastURL } from 'srvx/node'
import type { ClientAddress } from '../request/client-address.js'
import { Exchange } from '../request/exchange.js'
import type { BoundedRequest } from './bounded-request.js'
import type { Connections } from './connections.js'
import { isEventStream, type EventStreams } from './event-streams.js'
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
    if (PlainResponse.isPlain(response)) return writePlain(res, response, connections)
    if (exchange.isStreamed && isEventStream(response)) streams.watch(res, exchange)
    sendResponse(res, response, connections)?.catch(() => fail(res))
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
 * A request that came through a Node server. Few handlers ask for a standard `Request`, its `Headers` or
 * its `URL`, and the router, sessions and `Reply` do without: each is made on first use.
 */
class NodeExchange extends Exchange {
  readonly method: string
  /** The gate knows it, because it looks at the target. */
  path = '/'
  /** Has the request as `req`. */
  readonly #res: ServerResponse
  readonly #gate: RequestGate
  #request: BoundedRequest | undefined
  #url: URL | undefined
  #query: URLSearchParams | undefined
  #leaving: AbortController | undefined

  constructor(res: ServerResponse, gate: RequestGate) {
    super()
    this.method = res.req.method ?? 'GET'
    this.#res = res
    this.#gate = gate
  }

  get request(): BoundedRequest {
    return (this.#request ??= this.#gate.requestOf(this.#res, () => this.endpoint))
  }

  get url(): URL {
    return (this.#url ??= this.#makeUrl())
  }

  override get query(): URLSearchParams {
    // Somebody may have changed it.
    if (this.#url) return this.#url.searchParams
    const target = this.#res.req.url ?? ''
    const end = target.indexOf('?')
    return (this.#query ??= new URLSearchParams(end === -1 ? '' : target.slice(end)))
  }

  get host(): string {
    return this.#hostIf(this.isHttps) ?? this.url.host
  }

  get isHttps(): boolean {
    return this.#gate.isHttps(this.#res.req)
  }

  get clientAddress(): ClientAddress {
    return this.#gate.clientOf(this.#res.req)
  }

  /** On Node another listener takes the requests that can change the protocol. */
  get isUpgrade(): boolean {
    return false
  }

  override get signal(): AbortSignal {
    return (this.#leaving ??= leavingOf(this.request.signal)).signal
  }

  /** Tells the handler by its signal that its response should end. */
  leave(reason: unknown): void {
    this.#leaving?.abort(reason)
  }

  /** Node would build its `headers` of all the lines. */
  header(name: string): string | null {
    const { rawHeaders } = this.#res.req
    let content: string | null = null
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const given = rawHeaders[index]!
      if (given.length !== name.length || given.toLowerCase() !== name) continue
      const line = rawHeaders[index + 1]!
      // Cookies may come in several lines (RFC 9113 8.2.3).
      content = content === null ? line : `${content}${name === 'cookie' ? '; ' : ', '}${line}`
    }
    return content
  }

  protected collect(): Promise<Uint8Array> {
    return this.request.collect()
  }

  protected limitedBody(): ReadableStream<Uint8Array> | null {
    return this.request.body
  }

  #hostIf(isHttps: boolean): string | undefined {
    return this.#gate.hostOf(this.#res.req.url ?? '', this.header('host'), isHttps)
  }

  /** srvx's URL parses on demand, and most handlers only need the query. */
  #makeUrl(): URL {
    const target = this.#res.req.url ?? ''
    const { isHttps } = this
    const host = this.#hostIf(isHttps)
    if (target[0] !== '/' || host === undefined) return new URL(this.request.url)
    const end = target.indexOf('?')
    return new FastURL({
      protocol: isHttps ? 'https:' : 'http:',
      host,
      pathname: end === -1 ? target : target.slice(0, end),
      search: end === -1 ? '' : target.slice(end),
    })
  }
}

/** A controller that aborts when the client leaves, and may be aborted before. */
function leavingOf(client: AbortSignal): AbortController {
  const leaving = new AbortController()
  const leave = (): void => leaving.abort(client.reason)
  if (client.aborted) leave()
  else client.addEventListener('abort', leave, { once: true })
  return leaving
}
