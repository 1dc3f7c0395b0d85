import { connect, type Socket } from 'node:net'

/** What was answered. */
export interface Answer {
  readonly status: number
  /** The head, as text: status line and header lines. */
  readonly head: string
  readonly body: string
}

/**
 * One kept connection. It reads as little of an answer as can be: a client that costs as much as the
 * server would measure itself.
 */
export class Connection {
  readonly #socket: Socket
  #text = ''
  #ended: ((status: number, answer: Answer) => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => this.#read(chunk))
    socket.on('error', (error) => {
      throw error
    })
    socket.on('end', () => {
      if (this.#ended) throw new Error('The server closed a connection that waits for an answer')
    })
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  send(request: Buffer, ended: (status: number, answer: Answer) => void): void {
    this.#ended = ended
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: string): void {
    const text = this.#text === '' ? chunk : this.#text + chunk
    const end = endOf(text)
    if (end === -1) {
      this.#text = text
      return
    }
    this.#text = text.slice(end)
    const ended = this.#ended
    if (!ended) throw new Error('An answer came that nobody asked for')
    this.#ended = undefined
    const middle = text.indexOf('\r\n\r\n')
    ended(Number(text.slice(9, 12)), {
      status: Number(text.slice(9, 12)),
      head: text.slice(0, middle),
      body: text.slice(middle + 4, end),
    })
  }
}

const LENGTH = /\r\ncontent-length: *(\d+)/i
const CHUNKED_END = '\r\n0\r\n\r\n'

/** Where the first answer ends, or -1 when it has not ended yet. */
function endOf(text: string): number {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return -1
  const length = LENGTH.exec(text)
  if (length && length.index < head) {
    const end = head + 4 + Number(length[1])
    return text.length >= end ? end : -1
  }
  const chunks = text.indexOf(CHUNKED_END, head + 2)
  return chunks === -1 ? -1 : chunks + CHUNKED_END.length
}
