import { serve, type Server, type ServerOptions } from 'srvx'

/** Where and how `listen` serves. `tls` and `trustProxy` are srvx's options of these names. */
export interface ListenOptions extends Pick<ServerOptions, 'tls' | 'trustProxy'> {
  /** 0 takes a free one. */
  readonly port: number
  /** The address to listen on. Default: every address of the machine. */
  readonly hostname?: string
  /** Signals of the process that close the application, for example `['SIGTERM', 'SIGINT']`. Default: none. */
  readonly closeOn?: readonly ('SIGTERM' | 'SIGINT' | 'SIGHUP')[]
  /** How long requests in flight may take to end when the application closes, in milliseconds; then they are cut. Default: 10,000. */
  readonly drainTimeout?: number
}

/** A server that `App.listen` started. */
export interface RunningServer {
  /** Its address without a slash at the end: `http://localhost:3000`. */
  readonly url: string
  readonly port: number
  /** Closes the application: ends the requests in flight, then the singletons. */
  close(): Promise<void>
}

/** What a listening socket offers for shutting down. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** Takes no new request, waits for those in flight, cuts what is left after `drainTimeout`. */
  stop(): Promise<void>
}

/** What is served. */
interface Application {
  readonly fetch: (request: Request) => Response | Promise<Response>
  close(): Promise<void>
}

/**
 * Serves an application with srvx.
 *
 * @throws Error when the port cannot be had, for example EADDRINUSE.
 */
export async function listen(
  app: Application,
  bodyLimit: number,
  { port, hostname, tls, trustProxy, closeOn = [], drainTimeout = 10_000 }: ListenOptions,
): Promise<Listening> {
  const server = serve({
    fetch: app.fetch,
    port,
    ...(hostname !== undefined && { hostname }),
    ...(tls && { tls }),
    ...(trustProxy !== undefined && { trustProxy }),
    // Also for handlers that read the body of a `Request` themselves.
    maxRequestBodySize: bodyLimit,
    // Errors are told to `onError`, signals are taken by `closeOn`.
    silent: true,
    gracefulShutdown: false,
  })
  await server.ready()
  const forget = takeSignals(closeOn, app)
  const stop = async (): Promise<void> => {
    forget()
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

/** The first signal closes the application; a second one ends the process as it always does. */
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
  endIdleSockets(server)
  const cut = setTimeout(() => void server.close(true), timeout)
  await server.close().finally(() => clearTimeout(cut))
}

/**
 * Node closes sockets that are idle when a server closes; one whose request is still in flight would
 * stay open for the keep-alive timeout after it, and the process with it.
 */
function endIdleSockets({ node }: Server): void {
  const server = node?.server
  if (server && 'keepAliveTimeout' in server) {
    Object.assign(server, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 })
  }
}
