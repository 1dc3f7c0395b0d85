import { Agent } from 'node:http'
import { constants, setPriority } from 'node:os'
import { setTimeout as rest } from 'node:timers/promises'
import { Clerk, OFFICE_COOKIES } from './clerk.js'
import { Client } from './client.js'
import type { Fault, Victims } from './faults.js'
import { Findings } from './findings.js'
import { checkDurations, checkMemory, checkPrinted } from './checks.js'
import { createOffice } from './office.js'
import { Probe, type Durations } from './probe.js'
import { Proxy } from './proxy.js'
import { Random } from './random.js'
import type { Report } from './report.js'
import { ShopProcess } from './shop-process.js'
import { RESTART, ShopWatch } from './shop-watch.js'
import { FaultInjector } from './fault-injector.js'
import { startStore, type StoreName } from './soaked-store.js'
import { paceOf, Visitor } from './visitor.js'

export interface SoakOptions {
  readonly minutes: number
  /** Where sessions are kept. */
  readonly store: StoreName
  /** The seed of the random numbers. */
  readonly seed: number
  readonly visitors: number
  readonly faults: readonly Fault[]
  /**
   * Actions of all visitors together in a second. Default: each waits for 10 to 90 milliseconds between two of
   * theirs. Without faults a probe also checks how long the slowest responses take.
   */
  readonly rate?: number
  /** Whether to restart the shop with SIGTERM after a fifth of the time. */
  readonly restartsShop: boolean
}

/**
 * Runs the shop under load while faults happen, and reports the result.
 *
 * @throws when the server of the store is not installed, or the shop does not start.
 */
export async function soak(options: SoakOptions): Promise<Report> {
  const store = await startStore[options.store]()
  // A file has no port; then nobody comes by the proxy.
  const proxy = await Proxy.start(store.port ?? 0)
  try {
    return await soakShop(options, { store, proxy })
  } finally {
    await proxy.stop()
    await store.stop()
  }
}

async function soakShop(options: SoakOptions, victims: Victims): Promise<Report> {
  const findings = new Findings()
  const random = new Random(options.seed)
  const printed: string[] = []
  const cookies = new Set<string>()
  const { store, proxy } = victims
  // Without faults past the proxy, whose process has enough to do.
  const storePort = options.faults.length > 0 ? proxy.port : (store.port ?? 0)
  const isCalm = options.faults.length === 0 && !options.restartsShop
  const looksAtDurations = options.rate !== undefined && isCalm
  const environment = {
    SESSION_STORE: options.store,
    ...store.environment(storePort),
    ...(looksAtDurations && { COLLECT_INTERVAL: `${options.minutes * 20_000}` }),
  }
  const start = (port: number) => ShopProcess.start(port, environment, printed)
  const shop = await ShopWatch.start(start, findings)
  const agent = new Agent({ keepAlive: true, maxSockets: 500 })
  const office = createOffice({
    customers: store.store({ name: OFFICE_COOKIES.customer }),
    clerks: store.store({ name: OFFICE_COOKIES.clerk }),
    components: store.components(storePort),
  })
  const officeUrl = (await office.listen({ port: 0 })).url
  const client = () => new Client(shop.url, agent, findings, cookies)
  const clientOfOffice = () => new Client(officeUrl, agent, findings, cookies)
  const injector = new FaultInjector(victims, client(), random.fork(), findings)
  const visitors = Array.from({ length: options.visitors }, (_, index) => {
    return new Visitor(index, client(), random.fork(), findings, paceOf(options))
  })
  // At full speed they keep the machine as busy as all visitors, who are the load that is asked for.
  const pauseOfClerks = looksAtDurations ? ([500, 1500] as const) : undefined
  const clerks = Array.from(
    { length: Math.ceil(Math.min(options.visitors, 60) / 10) },
    (_, index) => {
      return new Clerk(index, clientOfOffice(), random.fork(), findings, pauseOfClerks)
    },
  )
  const time = options.minutes * 60_000
  const begun = performance.now()
  const over = AbortSignal.timeout(time)
  const probe = looksAtDurations ? new Probe(shop.url) : undefined
  // Visitors come from other machines: what they take of this one must hold up neither shop, store nor probe.
  if (looksAtDurations) setPriority(constants.priority.PRIORITY_LOW)
  let durations: Promise<Durations | undefined> | undefined
  // Then all visitors check at once what they have.
  over.addEventListener('abort', () => {
    durations = probe?.end()
  })
  // The last fault must be over, with its recovery measured, before the time is.
  const calm = AbortSignal.timeout(Math.max(time / 2, time - 5000))
  const restart = async () => {
    await rest(time / 5)
    if (options.restartsShop) await shop.restart()
  }
  try {
    await Promise.all([
      shop.measure(Math.min(1000, time / 10), over),
      restart(),
      injector.run(options.faults, calm),
      ...visitors.map((visitor) => visitor.visit(over)),
      ...clerks.map((clerk) => clerk.visit(over)),
    ])
    const seconds = (performance.now() - begun) / 1000
    await shop.end()
    const { readings, slowestShutdown } = shop
    checkMemory(readings, findings)
    checkPrinted(printed, cookies, findings)
    const took = await durations
    if (looksAtDurations) checkDurations(took, findings)
    const recoveries = new Map([...injector.recoveries, [RESTART, slowestShutdown]])
    return { findings, readings, durations: took, seconds, seed: options.seed, recoveries }
  } finally {
    probe?.stop()
    shop.kill()
    agent.destroy()
    await office.close()
  }
}
