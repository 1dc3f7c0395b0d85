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

  /** Ends it. @returns what it has found; `undefined` when it has ended before, and printed why. */
  async end(): Promise<Durations | undefined> {
    if (!this.#process.connected) return undefined
    const answer = once(this.#process, 'message') as Promise<[Durations]>
    const ended = once(this.#process, 'exit').then((): [undefined] => [undefined])
    this.#process.send('end', () => {})
    const [durations] = await Promise.race([answer, ended])
    this.stop()
    return durations
  }

  stop(): void {
    this.#process.kill('SIGKILL')
  }
}
