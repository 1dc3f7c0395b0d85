// One system in a process of its own, on one core: what the engine learns of one does not serve another.
import { executionAsyncResource } from 'node:async_hooks'
import { countStatements } from './sqlite-statements.js'
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

/** What a server may be told. */
export type Order = 'usage' | 'collect' | 'count' | 'statements'

// A collection while a server waits for its turn would make `process.nextTick` slow for as long as the process lives,
// in some processes and not in others. Ingot keeps that from happening; here every server is spared it.
let tick: object | undefined
process.nextTick(() => (tick ??= executionAsyncResource()))

const [name, kind, url] = process.argv.slice(2) as [string, Kind, string]
const { system } = (await import(`./systems/${name}.js`)) as { system: System }
const port = await system[kind]!(url)

let counted: () => number = () => 0

process.on('message', ({ order }: { order: Order }) => {
  void carriedOut(order).then((answer) => process.send!(answer))
})
// Servers end with the run.
process.once('disconnect', () => process.exit())
process.send!(port)

async function carriedOut(order: Order): Promise<Usage | number> {
  if (order === 'statements') return counted()
  if (order === 'count') counted = await countStatements()
  if (order === 'collect') await collect()
  return usage()
}

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
