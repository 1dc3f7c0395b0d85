import type { ServerRequest } from 'srvx'
import type { ClientAddress } from '../request/client-address.js'
import type { Door } from '../request/door.js'
import { FetchExchange } from '../request/fetch-exchange.js'
import { PlainResponse } from '../response/plain-response.js'
import type { ListenOptions } from './listen-options.js'
import type { RequestHandler } from './node-listener.js'
import type { RequestGate } from './request-gate.js'
import type { ForwardedMessage } from './trusted-proxies.js'

/** Serves an application where the server gives standard requests: on Bun and Deno. */
export function fetchListener(
  app: RequestHandler,
  door: Door,
  gate: RequestGate,
): (request: Request) => Response | Promise<Response> {
  return (request) => {
    const exchange = new ServedExchange(request, gate)
    return PlainResponse.forFetch(door.reject(exchange) ?? app.handle(exchange))
  }
}

/**
 * What only Node's server can do is refused where another one serves: a limit that nobody enforces would be a hole.
 *
 * @throws TypeError with the first such option.
 */
export function refuseOffNode(options: ListenOptions, runtime: string): void {
  const all: Partial<Record<string, unknown>> = { ...options }
  const given = NODE_ONLY.find((name) => all[name] !== undefined)
  if (given === undefined) return
  throw new TypeError(
    `listen: ${given} works with the server of Node, and this is that of ${runtime}. Leave it out, and set it in the proxy in front.`,
  )
}

const NODE_ONLY = [
  'path',
  'fd',
  'headerLimit',
  'headerLineLimit',
  'headerTimeout',
  'requestTimeout',
  'idleTimeout',
  'keepAliveTimeout',
  'connectionLimit',
]

/** A request of another server, as the trusted proxies in front of it tell. */
class ServedExchange extends FetchExchange {
  readonly #gate: RequestGate
  readonly #message: ForwardedMessage

  constructor(request: Request, gate: RequestGate) {
    const message = messageOf(request)
    super(gate.isHttps(message) ? overHttps(request) : request)
    this.#gate = gate
    this.#message = message
  }

  override get clientAddress(): ClientAddress {
    return this.#gate.clientOf(this.#message)
  }
}

/** Lines of one name are joined by now: the last value is that of the proxy that is nearest. */
function messageOf(request: Request): ForwardedMessage {
  const { headers, url } = request
  const protocol = headers.get('x-forwarded-proto')
  return {
    headers: { 'x-forwarded-for': headers.get('x-forwarded-for') ?? undefined },
    rawHeaders: protocol === null ? [] : ['x-forwarded-proto', protocol],
    socket: {
      remoteAddress: (request as ServerRequest).ip,
      ...(url.startsWith('https:') && { encrypted: true }),
    },
  }
}

function overHttps(request: Request): Request {
  const { url } = request
  return url.startsWith('https:') ? request : new Request(`https${url.slice(4)}`, request)
}
