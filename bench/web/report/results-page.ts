import type { Raw as InjectionRaw } from '../../di/figures.js'
import { CONNECTIONS } from '../race.js'
import type { Raw } from '../raw.js'
import type { SamplingName } from '../samplings.js'
import type { WorkloadName } from '../workloads.js'
import { injectionTable } from './injection-table.js'
import { raceTable } from './race-table.js'
import { sampleTable } from './sample-table.js'
import { markdown, type Table } from './table.js'
import { outcomes, outcomeTable } from './targets.js'

/** The text of `RESULTS.md`. */
export function resultsPage(raw: Raw, injection: InjectionRaw): string {
  const tables = [
    outcomeTable(outcomes(raw, injection)),
    ...Object.entries(raw.races).map(([name, race]) => raceTable(name, race)),
    ...Object.entries(raw.samples).map(([name, each]) => sampleTable(name as SamplingName, each)),
    injectionTable(injection),
  ]
  return `${[
    '# Results',
    'Made by `npm run bench` from [web-results.json](web-results.json) and [di-results.json](di-results.json); [how it is measured](README.md). Do not edit.',
    where(raw),
    how(raw, injection),
    '![The same as a chart](../docs/images/bench.svg)',
    ...tables.map(section),
  ].join('\n\n')}\n`
}

function section(table: Table): string {
  return `## ${table.title}\n\n${markdown(table)}`
}

function where({ node, processor, cores, load, versions }: Raw): string {
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `Node ${node.slice(1)}, ${processor}, ${cores} cores, load ${load.toFixed(1)} before the run. ${peers.join(', ')}.`
}

function how({ isPinned, rounds, milliseconds }: Raw, injection: InjectionRaw): string {
  const cores = isPinned
    ? 'Each server is a process on one core; the load and Redis are on the other.'
    : 'The servers, the load and Redis share the cores.'
  return `${cores} ${CONNECTIONS} connections repeat one request for ${milliseconds} ms, and the servers take turns, ${rounds} times (injection: ${injection.rounds}). Figures are the medians of the rounds, ratios the medians of the ratios within each round, CPU is the time on the processor that the server's process took per request, and busy the share of the time that it had work and the core: well below 100 %, something else held it up.`
}
