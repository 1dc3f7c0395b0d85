import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Usage } from './gauge.js'

/** How the shop ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: string | null
  /** Milliseconds since the signal. */
  readonly took: number
}

/** examples/shop in a process of its own, on the library's source as it is published, with a gauge loaded into it. */
export class ShopProcess {
  /** For example `http://localhost:3000`. */
  readonly url: string
  readonly #process: ChildProcess
  readonly #ended: Ended
  #isEnding = false

  private constructor(process: ChildProcess, url: string, ended: Ended) {
    this.#process = process
    this.url = url
    this.#ended = ended
  }

  /**
   * @param port 0 for a free one.
   * @param environment where it keeps sessions.
   * @param printed collects every line that the shop prints, on both streams.
   * @throws when the shop does not start.
   */
  static async start(
    port: number,
    environment: Readonly<Record<string, string>>,
    printed: string[],
  ): Promise<ShopProcess> {
    const file = (path: string) => new URL(path, import.meta.url)
    // The loader of `npm start` makes a WeakMap of each private field, which the library that people install has not.
    const register = file('../dist/register/index.js').href
    const imports = ['--import', register, '--import', file('gauge.ts').href]
    const program = fileURLToPath(file('../examples/shop/main.ts'))
    const shop = spawn(process.execPath, [...imports, program], {
      cwd: fileURLToPath(file('..')),
      env: {
        PATH: process.env['PATH'],
        PORT: `${port}`,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const ended = once(shop, 'close') as Ended
    const before = printed.length
    const print = (line: string) => void printed.push(line)
    createInterface(shop.stderr!).on('line', print)
    const out = createInterface(shop.stdout!).on('line', print)
    const [line] = (await Promise.race([once(out, 'line'), ended])) as [unknown]
    const [, url] = /^The shop is open at (http:\S+) /.exec(String(line)) ?? []
    if (url !== undefined) return new ShopProcess(shop, url, ended)
    shop.kill('SIGKILL')
    throw new Error(`The shop did not open: ${printed.slice(before).join('\n')}`)
  }

  /** Resolves when the shop ends without `end()` or `kill()`; otherwise never. */
  async collapse(): Promise<string> {
    const [code, signal] = await this.#ended
    if (this.#isEnding) return new Promise(() => {})
    return `code ${code}, signal ${signal}`
  }

  /** What it uses now; `undefined` when it does not response within five seconds, or has ended. */
  async usage(): Promise<Usage | undefined> {
    if (!this.#process.connected) return undefined
    const signal = AbortSignal.timeout(5000)
    const response = once(this.#process, 'message', { signal }) as Promise<[Usage]>
    this.#process.send('usage', () => {})
    return response.then(
      ([usage]) => usage,
      () => undefined,
    )
  }

  /** Ends it with SIGTERM, as container platforms do. */
  async end(): Promise<Ending> {
    this.#isEnding = true
    const begun = performance.now()
    this.#process.kill('SIGTERM')
    const [code, signal] = await this.#ended
    return { code, signal, took: performance.now() - begun }
  }

  kill(): void {
    this.#isEnding = true
    this.#process.kill('SIGKILL')
  }
}

type Ended = Promise<[code: number | null, signal: string | null]>
