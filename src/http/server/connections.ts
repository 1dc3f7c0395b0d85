import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** How long a silent connection may still send its first request when the server stops, in milliseconds. */
const LAST_CHANCE = 250

/** How many checks for silent connections there are within the time that they may be silent. */
const CHECKS = 8

/** The connections of one server, and how they end when it stops. */
export class Connections {
  /** Once the server stops, each response says `Connection: close`. */
  isStopping = false
  /** Those that have sent no request yet: browsers open some in advance. */
  readonly silent = new Set<Socket>()
  readonly #open = new Set<Socket>()

  /**
   * Watches a server; call it before the first connection.
   *
   * @param idleTimeout in milliseconds.
   */
  watch(server: Server, limit: number, idleTimeout: number): void {
    server.maxConnections = limit
    server.on(isSecure(server) ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#open.add(socket)
      this.silent.add(socket)
      socket.once('close', () => {
        this.#open.delete(socket)
        this.silent.delete(socket)
      })
    })
    this.#limitSilence(server, idleTimeout)
    // Without a listener the process would end when no file descriptor is left for a connection.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) process.emitWarning(`a connection failed: ${error.code}`, 'HttpWarning')
    })
  }

  /**
   * Lets every connection end with the request that is in flight on it. Node closes idle connections, but
   * waits for those that have sent nothing, and keeps open those that become idle later.
   */
  stop(server: Server): void {
    this.isStopping = true
    // For responses whose head has left: it says that the connection stays open.
    Object.assign(server, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 })
    const end = (): void => {
      for (const socket of this.silent) socket.destroy()
    }
    setTimeout(end, LAST_CHANCE).unref()
  }

  /**
   * Sets the timeout of each connection that has none, at intervals. Node's `server.timeout` would set it for
   * each request, beside that of `keepAliveTimeout`, and move it with each chunk: a fifteenth of the time of a
   * small request. When a request ends, Node replaces it by `keepAliveTimeout`, and removes that when the next
   * request comes.
   */
  #limitSilence(server: Server, idleTimeout: number): void {
    server.timeout = 0
    const limit = (): void => {
      for (const socket of this.#open) if (!socket.timeout) socket.setTimeout(idleTimeout)
    }
    server.once('listening', () => {
      const timer = setInterval(limit, Math.ceil(idleTimeout / CHECKS)).unref()
      server.once('close', () => clearInterval(timer))
    })
  }
}

function isSecure(server: Server): boolean {
  return 'setSecureContext' in server
}
