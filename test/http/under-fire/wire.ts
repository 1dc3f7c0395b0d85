import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { App, type AppOptions, type ListenOptions } from '../../../src/http/index.js'

/** Options of a server at a port. */
export type AtPort = Extract<ListenOptions, { readonly port: number }>

/** Serves an application until the test ends; `failures` are the errors that `onError` got. */
export async function serve(options: AppOptions, where: Partial<AtPort> = {}) {
  const failures: unknown[] = []
  const app = new App({ onError: (error) => void failures.push(error), ...options })
  onTestFinished(() => app.close())
  const server = await app.listen({ port: 0, hostname: '127.0.0.1', ...where })
  const open = () => new Wire(connect(server.port, '127.0.0.1'))
  /** Sends one request, and reads everything until the server closes. */
  const ask = (...lines: string[]) =>
    open()
      .send(...lines, '', '')
      .rest()
  return { app, server, failures, open, ask }
}

/** One connection, byte by byte. */
export class Wire {
  readonly socket: Socket
  /** Everything received so far. */
  text = ''

  constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => void (this.text += chunk))
    // Many tests have the server cut the connection.
    socket.on('error', () => {})
  }

  /** Lines of a message: joined by CRLF, so that a head ends with two empty ones. */
  send(...lines: string[]): this {
    this.socket.write(lines.join('\r\n'), 'latin1')
    return this
  }

  /** Waits until the text matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.closed) throw new Error(`closed before ${pattern}: ${this.text}`)
      const settled = new AbortController()
      const events = ['data', 'close'].map((event) => once(this.socket, event, settled))
      // Listeners of the other event would pile up.
      await Promise.race(events).finally(() => settled.abort())
    }
    return this.text
  }

  /** Everything until the server closes. */
  async rest(): Promise<string> {
    // Not `once` of Node: a connection that the server cut is an error there.
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve))
    return this.text
  }

  /** Destroys the connection, as a browser does when it is closed. */
  leave(): void {
    this.socket.destroy()
  }
}

/** A promise that is resolved from outside. */
export function gate<Value = void>() {
  let open!: (value: Value) => void
  const opened = new Promise<Value>((resolve) => (open = resolve))
  return { opened, open }
}

export function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1])
}

export function bodyOf(response: string): string {
  return response.slice(response.indexOf('\r\n\r\n') + 4)
}
