import { setTimeout as rest } from 'node:timers/promises'
import type { Findings } from './findings.js'
import { Readings } from './readings.js'
import type { Ending, ShopProcess } from './shop-process.js'

/** Measures the shop, restarts it once, and checks that it ends on SIGTERM and not before. */
export class ShopWatch {
  /** Measurements of the process that runs now. */
  readings = new Readings()
  /** Milliseconds that the slowest shutdown took. */
  slowestShutdown = 0
  readonly #findings: Findings
  readonly #open: Open
  #shop: ShopProcess
  #begun = performance.now()

  private constructor(shop: ShopProcess, open: Open, findings: Findings) {
    this.#shop = shop
    this.#open = open
    this.#findings = findings
    this.#expectNoCollapse()
  }

  /** @param open starts a shop on a port; 0 for a free one. */
  static async start(open: Open, findings: Findings): Promise<ShopWatch> {
    return new ShopWatch(await open(0), open, findings)
  }

  get url(): string {
    return this.#shop.url
  }

  /** Measures every so many milliseconds, until the signal. */
  async measure(every: number, until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      const [shop, { readings }] = [this.#shop, this]
      const usage = await shop.usage()
      if (usage) readings.add((performance.now() - this.#begun) / 1000, usage)
      await rest(every)
    }
  }

  /** Ends it with SIGTERM under load, and starts it again on the same port. */
  async restart(): Promise<void> {
    this.#findings.count(`fault: ${RESTART}`)
    await this.end()
    this.#shop = await this.#open(Number(new URL(this.url).port))
    this.#expectNoCollapse()
    this.#begun = performance.now()
    this.readings = new Readings()
  }

  async end(): Promise<void> {
    const ending = await this.#shop.end()
    this.slowestShutdown = Math.max(this.slowestShutdown, ending.took)
    if (ending.code === 0 && ending.took < SHUTDOWN) return
    this.#findings.report('failed shutdowns of the shop', nameOf(ending))
  }

  kill(): void {
    this.#shop.kill()
  }

  #expectNoCollapse(): void {
    void this.#shop.collapse().then((how) => {
      this.#findings.report('unexpected ends of the shop', how)
    })
  }
}

type Open = (port: number) => Promise<ShopProcess>

export const RESTART = 'SIGTERM and restart of the shop'

/** Milliseconds: the grace period for requests, the deadline of the last dump, and one second to spare. */
const SHUTDOWN = 10_000 + 2000 + 1000

function nameOf({ code, signal, took }: Ending): string {
  return `code ${code}, signal ${signal}, after ${Math.round(took)} ms`
}
