import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** How long the responses to a probe took: how many there were, and percentiles in milliseconds. */
export interface Durations {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

/**
 * A visitor in a process of their own, who does one thing after the other: the process of all the others is too busy to
 * say how long a response took.
 */
export class Probe {
  readonly #process: ChildProcess

  /** @param url of the shop. */
  constructor(url: string) {
    const program = fileURLToPath(new URL('probe-process.ts', import.meta.url))
    this.#process = fork(program, [url])
  }

  /** Ends it. @returns what it has found. @throws Error when it has ended because of a response that was no 200. */
  async end(): Promise<Durations> {
    if (!this.#process.connected) throw new Error('The probe has ended: it printed why')
    this.#process.send('end')
    const [durations] = (await once(this.#process, 'message')) as [Durations]
    this.stop()
    return durations
  }

  stop(): void {
    this.#process.kill('SIGKILL')
  }
}
