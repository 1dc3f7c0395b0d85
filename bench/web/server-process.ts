// One system in a process of its own, on one core: what the engine learns of one does not serve another.
import type { Kind, System } from './system.js'

/** What a server has used so far. */
export interface Usage {
  /** Microseconds of processor time, of the whole process. */
  readonly cpu: number
  /** Bytes, after a full collection. */
  readonly heap: number
}

const [name, kind, redisUrl] = process.argv.slice(2) as [string, Kind, string]
const { system } = (await import(`./systems/${name}.js`)) as { system: System }
const port = await system[kind]!(redisUrl)

process.on('message', (order: 'cpu' | 'heap') => {
  if (order === 'heap') for (let times = 0; times < 3; times++) globalThis.gc!()
  const { user, system: kernel } = process.cpuUsage()
  const usage: Usage = { cpu: user + kernel, heap: process.memoryUsage().heapUsed }
  process.send!(usage)
})
// Servers end with the run.
process.once('disconnect', () => process.exit())
process.send!(port)
