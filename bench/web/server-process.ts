// One system in a process of its own, on one core: what the engine learns of one does not serve another.
import { heldCount, type Kind, type System } from './system.js'

/** What a server has used so far. */
export interface Usage {
  /** Microseconds of processor time, of the whole process. */
  readonly cpu: number
  /** Bytes. */
  readonly heap: number
  /** How many handlers wait. */
  readonly held: number
}

const [name, kind, redisUrl] = process.argv.slice(2) as [string, Kind, string]
const { system } = (await import(`./systems/${name}.js`)) as { system: System }
const port = await system[kind]!(redisUrl)

process.on('message', ({ order }: { order: 'usage' | 'collect' }) => {
  void (order === 'collect' ? collect() : Promise.resolve()).then(() => process.send!(usage()))
})
// Servers end with the run.
process.once('disconnect', () => process.exit())
process.send!(port)

/** Some values are let go only in the turn after the one that found them dead. */
async function collect(): Promise<void> {
  for (let times = 0; times < 4; times++) {
    globalThis.gc!()
    await new Promise(setImmediate)
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpu: user + system, heap: process.memoryUsage().heapUsed, held: heldCount() }
}
