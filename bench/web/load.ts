import type { Count, Order } from './load-process.js'
import { REST, Worker } from './worker.js'

/** The process that makes the requests. */
export class Load {
  readonly #worker = new Worker('load-process.js', [], REST)
  readonly #staysAwake: boolean

  /** @param options `staysAwake`: whether its core is its own, so that no server has to wake it. Default: false. */
  constructor({ staysAwake = false }: { readonly staysAwake?: boolean } = {}) {
    this.#staysAwake = staysAwake
  }

  /** Opens a connection for each list: the requests that it will repeat in turn. */
  async open(port: number, requests: readonly (readonly string[])[]): Promise<void> {
    await this.#ask({ order: 'open', port, requests })
  }

  /** Repeats the requests for so long, one after the other on each connection, and closes them. */
  run(milliseconds: number): Promise<Count> {
    return this.#ask({ order: 'run', milliseconds, staysAwake: this.#staysAwake })
  }

  stop(): void {
    this.#worker.stop()
  }

  #ask(order: Order): Promise<Count> {
    return this.#worker.ask(order)
  }
}
