import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TransientMap } from '../../di/index.js'

/** How long a silent connection may still send its first request when the server stops, in milliseconds. */
const LAST_CHANCE = 250

/** How many checks of each connection there are within the time that it may be silent. */
const CHECKS = 8

/** What a server allows its connections, in milliseconds. */
interface ConnectionLimits {
  readonly connectionLimit: number
  readonly idleTimeout: number
  readonly keepAliveTimeout: number
  readonly headerTimeout: number
}

/** One connection. */
interface Connection {
  /** The response to its last request, until it was seen to have ended. */
  last: ServerResponse | undefined
  /** When it was first seen without a request, by the monotonic clock; it has sent at least one before. */
  freeSince: number | undefined
  /** Whether it has sent a request: browsers open some in advance. */
  isUsed: boolean
}

/** The connections of one server, and how they end when it stops. */
export class Connections {
  /** Once the server stops, each response says `Connection: close`. */
  isStopping = false
  readonly #open = new TransientMap<Socket, Connection>()
  /** Those that are to become secure, by the address of the client: Node gives the secure one as another object. */
  readonly #handshakes = new Map<string, Socket>()
  #onEnd: (() => void) | undefined

  /** Watches a server; call it before the first connection. */
  watch(server: Server, limits: ConnectionLimits): void {
    server.maxConnections = limits.connectionLimit
    if (isSecure(server)) this.#watchHandshakes(server)
    server.on(isSecure(server) ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#open.set(socket, { last: undefined, freeSince: undefined, isUsed: false })
      // Node gives a socket its `timeout` with the first one that is set: before or after what comes with the first
      // request. With sockets of two shapes in a process all of Node's code for requests takes a third longer.
      socket.setTimeout(0)
      socket.once('close', () => {
        this.#open.delete(socket)
        if (this.#open.entries.size === 0) this.#onEnd?.()
      })
    })
    this.#limitSilence(server, limits)
    // Without a listener the process would end when no file descriptor is left for a connection.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) process.emitWarning(`a connection failed: ${error.code}`, 'HttpWarning')
    })
  }

  /**
   * Notes the next request of a connection.
   *
   * @returns false when the response before it ends the connection: the request came behind it in one piece,
   * and must have no effect (RFC 9112 9.6).
   */
  begin(res: ServerResponse): boolean {
    const connection = this.#open.entries.get(res.req.socket)
    if (!connection) return true
    const { last } = connection
    if (last && !last.shouldKeepAlive) return false
    connection.last = res
    connection.freeSince = undefined
    connection.isUsed = true
    return true
  }

  /**
   * Lets a response go that was written to its end. What each connection keeps until its next request outlives the
   * collections of young objects, with all that was made for the request.
   */
  sent(res: ServerResponse): void {
    const connection = this.#open.entries.get(res.req.socket)
    if (connection?.last === res && res.shouldKeepAlive && res.req.complete)
      connection.last = undefined
  }

  /** The response that is not over yet to the last request of a connection. */
  responseOn(socket: Socket): ServerResponse | undefined {
    const last = this.#open.entries.get(socket)?.last
    return last?.writableFinished ? undefined : last
  }

  /**
   * Lets every connection end with the request that is in flight on it. Node closes idle connections, but
   * waits for those that have sent nothing, and keeps open those that become idle later.
   */
  stop(server: Server): void {
    // For responses whose head has left: it says that the connection stays open.
    Object.assign(server, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 })
    const end = (): void => {
      for (const [socket, { isUsed }] of this.#open.entries) if (!isUsed) socket.destroy()
      for (const socket of this.#handshakes.values()) socket.destroy()
    }
    setTimeout(end, LAST_CHANCE).unref()
  }

  /** Resolves when every response has heard that its connection is closed; the server knows it before. */
  async ended(): Promise<void> {
    if (this.#open.entries.size > 0) await new Promise<void>((resolve) => (this.#onEnd = resolve))
  }

  #watchHandshakes(server: Server): void {
    server.on('connection', (socket: Socket) => {
      const client = clientOf(socket)
      this.#handshakes.set(client, socket)
      socket.once('close', () => this.#handshakes.delete(client))
    })
    server.on('secureConnection', (socket: Socket) => this.#handshakes.delete(clientOf(socket)))
  }

  /**
   * Limits the silence of each connection, at intervals. Node's `server.timeout` would set it for each
   * request, beside that of `keepAliveTimeout`, and move it with each chunk: a fifteenth of the time of a small
   * request. When a request ends, Node replaces it by `keepAliveTimeout`, and removes that when the next
   * byte comes, be it an empty line that begins no head. So the next head has a deadline of its own.
   */
  #limitSilence(server: Server, limits: ConnectionLimits): void {
    server.timeout = 0
    const { idleTimeout, keepAliveTimeout, headerTimeout } = limits
    const headDeadline = keepAliveTimeout + headerTimeout
    const check = (): void => {
      const now = performance.now()
      for (const [socket, connection] of this.#open.entries) {
        if (!socket.timeout) socket.setTimeout(idleTimeout)
        if (now - freeSince(connection, now) > headDeadline) socket.destroy()
      }
    }
    server.once('listening', () => {
      const interval = Math.ceil(Math.min(idleTimeout, headDeadline) / CHECKS)
      const timer = setInterval(check, interval).unref()
      server.once('close', () => clearInterval(timer))
    })
  }
}

/** Since when a connection is between two requests, or now. */
function freeSince(connection: Connection, now: number): number {
  const { last, isUsed } = connection
  // A response may end before the body of its request; `requestTimeout` limits that.
  if (!isUsed || (last && !(last.writableFinished && last.req.complete))) return now
  // What an idle connection has done before need not stay in memory.
  connection.last = undefined
  return (connection.freeSince ??= now)
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function isSecure(server: Server): boolean {
  return 'setSecureContext' in server
}
