import type { Usage } from './server-process.js'
import type { Kind } from './system.js'
import { MEASURED, Worker } from './worker.js'

/** A system that serves in its own process, on the core of what is measured. */
export class Server {
  readonly port: number
  readonly #worker: Worker

  private constructor(worker: Worker, port: number) {
    this.#worker = worker
    this.port = port
  }

  static async start(name: string, kind: Kind, redisUrl = ''): Promise<Server> {
    const worker = new Worker('server-process.js', [name, kind, redisUrl], MEASURED)
    return new Server(worker, await worker.answer<number>())
  }

  /** What it has used so far. */
  usage(): Promise<Usage> {
    return this.#worker.ask({ order: 'usage' })
  }

  /** The same after full collections of its heap. */
  usageAfterCollection(): Promise<Usage> {
    return this.#worker.ask({ order: 'collect' })
  }

  stop(): void {
    this.#worker.stop()
  }
}
