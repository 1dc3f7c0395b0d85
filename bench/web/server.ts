import type { Kept } from './kept.js'
import type { Usage } from './server-process.js'
import type { Kind } from './system.js'
import { MEASURED, Worker } from './worker.js'

/** What a server is told of the workload. */
export interface Surroundings {
  readonly redisUrl?: string
  /** Default: eleven keys. */
  readonly kept?: Kept
}

/** A system that serves in its own process, on the core of what is measured. */
export class Server {
  readonly port: number
  readonly #worker: Worker

  private constructor(worker: Worker, port: number) {
    this.#worker = worker
    this.port = port
  }

  static async start(name: string, kind: Kind, given: Surroundings = {}): Promise<Server> {
    const { redisUrl = '', kept = { keys: 11 } } = given
    const worker = new Worker('server-process.js', [name, kind, redisUrl], MEASURED, {
      BENCH_KEPT: JSON.stringify(kept),
    })
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
