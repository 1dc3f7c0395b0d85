// Loaded into the shop with `--import`: tells the soak what the process uses, when asked to.
import { writeSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What the shop's process uses at one moment. */
export interface Usage {
  /** Bytes. */
  readonly rss: number
  /** Bytes. */
  readonly heapUsed: number
  /** How many there are of each kind of handle and timer that keeps the process alive. */
  readonly resources: Readonly<Record<string, number>>
  /** Of the event loop since the start, in milliseconds beyond the interval of the measurement. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly max: number }
}

const INTERVAL = 10
const delays = monitorEventLoopDelay({ resolution: INTERVAL })
delays.enable()

// V8 puts off the collection of what is garbage, for minutes on a busy machine; that is no leak.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const EVERY = 10_000
let collectedAt = 0

process.on('message', () => process.send?.(usage()))
// The soak must not keep the shop alive, and the shop must not outlive it.
process.channel?.unref()
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

// Only watches: Node still ends the process. Written at once, for nothing is sent any more by then.
process.on('uncaughtExceptionMonitor', (_error, origin) => {
  writeSync(2, `soak saw: ${origin}\n`)
})

function usage(): Usage {
  if (performance.now() - collectedAt > EVERY) {
    collect()
    collectedAt = performance.now()
  }
  const { rss, heapUsed } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) {
    resources[kind] = (resources[kind] ?? 0) + 1
  }
  const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - INTERVAL)
  const [p50, p99] = [beyond(delays.percentile(50)), beyond(delays.percentile(99))]
  return { rss, heapUsed, resources, delay: { p50, p99, max: beyond(delays.max) } }
}
