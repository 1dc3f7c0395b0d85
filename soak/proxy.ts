import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'

/** A TCP proxy between the shop and the store that can be slow, silent or broken. */
export class Proxy {
  /** Milliseconds that it delays everything, in each direction. */
  delay = 0
  readonly #server: Server
  readonly #target: number
  readonly #sockets = new Set<Socket>()
  #isRefusing = false
  #flow = Promise.resolve()
  #resume = (): void => {}

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((socket) => this.#join(socket))
  }

  static async start(target: number): Promise<Proxy> {
    const proxy = new Proxy(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Passes nothing on, without closing a connection. What was sent arrives after `resume`. */
  hold(): void {
    this.#flow = new Promise((resolve) => (this.#resume = resolve))
  }

  resume(): void {
    this.#resume()
  }

  /** Resets every connection, and each new one, until `mend`. */
  cut(): void {
    this.#isRefusing = true
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  mend(): void {
    this.#isRefusing = false
  }

  async stop(): Promise<void> {
    this.resume()
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(near: Socket): void {
    if (this.#isRefusing) {
      near.resetAndDestroy()
      return
    }
    const far = connect(this.#target, '127.0.0.1')
    this.#relay(near, far)
    this.#relay(far, near)
  }

  #relay(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    let last = Promise.resolve()
    const then = (pass: () => void) => {
      const due = performance.now() + this.delay
      last = last
        .then(() => rest(Math.max(0, due - performance.now())))
        .then(() => this.#flow)
        .then(pass)
    }
    from.setNoDelay(true)
    from.on('data', (chunk) => then(() => void to.write(chunk)))
    from.on('error', () => {})
    from.on('close', () => {
      this.#sockets.delete(from)
      then(() => void to.destroy())
    })
  }
}
