// Loaded into the shop with `--import`: reports what the process uses when the soak requests it.
import { writeSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What the process of the shop uses at one moment. */
export interface Usage {
  /** Bytes. */
  readonly rss: number
  /** Bytes. */
  readonly heapUsed: number
  /** The number of handles and timers that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** The delay of the event loop since the start, in milliseconds more than the measuring interval. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly max: number }
}

const INTERVAL = 10
const delays = monitorEventLoopDelay({ resolution: INTERVAL })
delays.enable()

// On a busy machine V8 delays garbage collection for minutes, which would look like a leak.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/**
 * Milliseconds. All requests wait for a collection by hand, and those of the next half minute for what V8 then has to
 * learn again: where their time is looked at, it comes about at each third of the run.
 */
const collectInterval = Number(process.env['COLLECT_INTERVAL'] ?? 10_000)
let collectedAt = 0

process.on('message', () => process.send?.(usage()))
// The soak must not keep the shop alive, and the shop must not outlive it.
process.channel?.unref()
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

// A monitor: Node still ends the process. It writes synchronously, because nothing else is sent by then.
process.on('uncaughtExceptionMonitor', (_error, origin) => {
  writeSync(2, `soak saw: ${origin}\n`)
})

function usage(): Usage {
  if (performance.now() - collectedAt > collectInterval) {
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
