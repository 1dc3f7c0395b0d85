import { ServerResponse, type Server } from 'node:http'
import type { Socket } from 'node:net'

/** How long a connection that has sent no request may still send one when the server stops, in milliseconds. */
const LAST_CHANCE = 250

/** How often is looked for silent connections within the time that they may be silent. */
const LOOKS = 8

/** The connections of one server, and how they end when it stops. */
export class Connections {
  /** Makes the responses of the server; each says `Connection: close` once the server stops. */
  readonly ServerResponse: typeof ServerResponse
  readonly #open = new Set<Socket>()
  /** Those that have sent no request yet: browsers open some in advance. */
  readonly #silent = new Set<Socket>()
  #isStopping = false

  constructor() {
    const begun = (socket: Socket): unknown => this.#silent.delete(socket)
    const isStopping = (): boolean => this.#isStopping
    this.ServerResponse = class extends ServerResponse {
      override assignSocket(socket: Socket): void {
        begun(socket)
        super.assignSocket(socket)
      }

      override writeHead(status: number, reason?: unknown, headers?: unknown): this {
        if (isStopping()) this.shouldKeepAlive = false
        return super.writeHead(status, reason as string, headers as string[])
      }
    } as typeof ServerResponse
  }

  /**
   * Watches a server from before its first connection on.
   *
   * @param idleTimeout in milliseconds.
   */
  watch(server: Server, limit: number, idleTimeout: number): void {
    server.maxConnections = limit
    server.on(isSecure(server) ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#open.add(socket)
      this.#silent.add(socket)
      socket.once('close', () => {
        this.#open.delete(socket)
        this.#silent.delete(socket)
      })
    })
    this.#limitSilence(server, idleTimeout)
    // Without a listener the process would end when no file descriptor is left for a connection.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) process.emitWarning(`a connection failed: ${error.code}`, 'HttpWarning')
    })
  }

  /**
   * Lets every connection end with the request that is in flight on it. Node closes those that are idle,
   * but waits for those that have sent nothing, and keeps open those that come to be idle.
   */
  stop(server: Server): void {
    this.#isStopping = true
    // For responses whose head has left: they have promised to stay.
    Object.assign(server, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 })
    const end = (): void => {
      for (const socket of this.#silent) socket.destroy()
    }
    setTimeout(end, LAST_CHANCE).unref()
  }

  /**
   * Sets the timeout of whatever has none, now and then. Node's `server.timeout` would set it for each request,
   * beside that of `keepAliveTimeout`, and move it with each chunk: a fifteenth of the time of a small request.
   * When a request ends, Node puts the other timeout in its place, and takes that away when the next one comes.
   */
  #limitSilence(server: Server, idleTimeout: number): void {
    server.timeout = 0
    const limit = (): void => {
      for (const socket of this.#open) if (!socket.timeout) socket.setTimeout(idleTimeout)
    }
    server.once('listening', () => {
      const timer = setInterval(limit, Math.ceil(idleTimeout / LOOKS)).unref()
      server.once('close', () => clearInterval(timer))
    })
  }
}

function isSecure(server: Server): boolean {
  return 'setSecureContext' in server
}
