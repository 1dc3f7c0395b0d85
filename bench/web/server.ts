import type { Kept } from './kept.js'
import type { Order, Usage } from './server-process.js'
import type { Kind } from './system.js'
import { MEASURED, Worker } from './worker.js'

/** What a server is told of the workload. */
export interface Surroundings {
  /** Of the storage. */
  readonly url?: string
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
    const { url = '', kept = { keys: 11 } } = given
    const worker = new Worker('server-process.js', [name, kind, url], MEASURED, {
      BENCH_KEPT: JSON.stringify(kept),
    })
    return new Server(worker, await worker.answer<number>())
  }

  /** What it has used so far. */
  usage(): Promise<Usage> {
    return this.#ask('usage')
  }

  /** The same after full collections of its heap. */
  usageAfterCollection(): Promise<Usage> {
    return this.#ask('collect')
  }

  /** Counts statements of SQLite from now on. */
  async countStatements(): Promise<void> {
    await this.#ask('count')
  }

  /** How many they were, and counts no more. */
  statements(): Promise<number> {
    return this.#ask('statements')
  }

  stop(): void {
    this.#worker.stop()
  }

  #ask<Answer>(order: Order): Promise<Answer> {
    return this.#worker.ask({ order })
  }
}
