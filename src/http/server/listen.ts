import type { Server as NodeServer } from 'node:http'
import { serve, type Server } from 'srvx'
import { checkListenOptions, type ListenOptions } from './listen-options.js'
import { Connections } from './connections.js'
import { RequestGate } from './request-gate.js'
import { nodeListener, type RequestHandler } from './node-listener.js'
import { checkLimit, limitsOf, nodeOptions } from './limits.js'

/** A server that `App.listen` started. */
export interface RunningServer extends AsyncDisposable {
  /** Its address without a slash at the end: `http://localhost:3000`. */
  readonly url: string
  readonly port: number
  /** Closes the application: ends the requests in flight, then the singletons. */
  close(): Promise<void>
}

/** A listening server, as `App` stops it. */
export interface Listening extends Pick<RunningServer, 'url' | 'port'> {
  /** Takes no new request, waits for those in flight, cuts what is left after `drainTimeout`. */
  stop(): Promise<void>
}

/** What is served. */
interface Application extends RequestHandler {
  fetch(request: Request): Response | Promise<Response>
  close(): Promise<void>
}

/**
 * Serves an application with srvx.
 *
 * @throws Error when the port cannot be had, for example EADDRINUSE.
 * @throws RangeError, TypeError when an option cannot work.
 */
export async function listen(
  app: Application,
  bodyLimit: number,
  options: ListenOptions,
): Promise<Listening> {
  const { port, hostname, tls, closeOn = [], drainTimeout = 10_000, trustProxy = false } = options
  checkListenOptions(options)
  const limits = limitsOf(options)
  checkLimit('drainTimeout', drainTimeout, 0)
  const connections = new Connections()
  const { headerLineLimit } = limits
  const gate = new RequestGate({ headerLineLimit, trustProxy })
  const server = serve({
    // For other runtimes: on Node the listener below takes the requests.
    fetch: (request) => app.fetch(request),
    port,
    ...(hostname !== undefined && { hostname }),
    ...(tls && { tls }),
    // Other runtimes read the body of a `Request` themselves.
    maxRequestBodySize: bodyLimit,
    // `onError` hears of errors, and `closeOn` takes signals.
    silent: true,
    gracefulShutdown: false,
    manual: true,
    node: {
      ...nodeOptions(limits),
      // Node's limits and its shutdown work for HTTP/1 only; HTTP/2 is a proxy's job.
      http2: false,
    },
  })
  const node = server.node?.server as NodeServer | undefined
  if (node) {
    node.removeAllListeners('request').on('request', nodeListener(app, gate, connections))
    // One more than is allowed, so that the gate notices.
    node.maxHeadersCount = headerLineLimit + 1
    connections.watch(node, limits.connectionLimit, limits.idleTimeout)
  }
  await server.serve()
  const forget = takeSignals(closeOn, app)
  const stop = async (): Promise<void> => {
    forget()
    if (node) connections.stop(node)
    await drain(server, drainTimeout)
  }
  return { ...addressOf(server, port), stop }
}

function addressOf(server: Server, port: number): { url: string; port: number } {
  const url = new URL(server.url ?? `http://localhost:${port}`)
  if (url.hostname === '[::]' || url.hostname === '0.0.0.0') url.hostname = 'localhost'
  return { url: url.origin, port: portOf(url) }
}

/** `URL` leaves out a scheme's own port. */
function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}

/** The first signal closes the application; a second one ends the process, as it does without us. */
function takeSignals(signals: readonly NodeJS.Signals[], app: Application): () => void {
  const forget = (): void => {
    for (const signal of signals) process.off(signal, close)
  }
  const close = (): void => {
    forget()
    app.close().catch((error: unknown) => {
      // oxlint-disable-next-line eslint/no-console -- nobody awaits what a signal started
      console.error('The application could not be closed:', error)
      process.exitCode = 1
    })
  }
  for (const signal of signals) process.on(signal, close)
  return forget
}

async function drain(server: Server, timeout: number): Promise<void> {
  const cut = setTimeout(() => void server.close(true), timeout)
  await server.close().finally(() => clearTimeout(cut))
}
