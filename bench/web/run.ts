// npm run bench [-- sql --rounds 9 --milliseconds 1000 --only hello,redisRead --systems node,ingot --quick --keep]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { environment } from '../di/environment.js'
import { readArguments } from './arguments.js'
import { publish, readInjection } from './publish.js'
import { race, type Race } from './race.js'
import { readRaw, withParts, writeRaw, type Raw } from './raw.js'
import { raceTable } from './report/race-table.js'
import { sampleTable } from './report/sample-table.js'
import { columns } from './report/table.js'
import { outcomes, outcomeTable } from './report/targets.js'
import { samplesOf, samplings, type Samples, type SamplingName } from './samplings.js'
import { Storages } from './storages/storage.js'
import { isPinned } from './worker.js'
import { workloads, type WorkloadName } from './workloads.js'

const extent = readArguments(process.argv.slice(2))
const { only, rounds, milliseconds, systems, isWhole, isKept } = extent
const raw: Raw = {
  ...environment(),
  isPinned,
  rounds,
  milliseconds,
  races: await races(),
  samples: await samples(),
}
if (isWhole) measureInjection()
// Otherwise the figures of the last run.
const all = outcomes(raw, only.includes('injection') ? readInjection() : undefined)
console.log(columns(outcomeTable(all)))
if (isKept) {
  const figures = isWhole ? raw : withParts(readRaw(), raw)
  writeRaw(figures)
  publish(figures)
}
process.exit(all.every(({ isMet }) => isMet) ? 0 : 1)

async function races(): Promise<Raw['races']> {
  const found: Record<WorkloadName, Race> = {}
  const names = Object.keys(workloads).filter((name) => only.includes(name))
  if (names.length === 0) return found
  const storages = new Storages()
  try {
    for (const name of names) {
      const result = await race(workloads[name]!, extent, storages)
      found[name] = result
      console.log(columns(raceTable(name, result)))
    }
  } finally {
    await storages.stop()
  }
  return found
}

async function samples(): Promise<Raw['samples']> {
  const found: { [Name in SamplingName]?: Samples } = {}
  const names = (Object.keys(samplings) as SamplingName[]).filter((name) => only.includes(name))
  for (const name of names) {
    const result = await samplesOf(samplings[name], rounds, systems)
    found[name] = result
    console.log(columns(sampleTable(name, result)))
  }
  return found
}

/** Writes di-results.json; its targets are looked at with the others. */
function measureInjection(): void {
  const program = fileURLToPath(new URL('../di/run.js', import.meta.url))
  spawnSync(process.execPath, [program], { stdio: 'inherit' })
}
