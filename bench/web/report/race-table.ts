import type { Race } from '../race.js'
import { bareOf, LIMIT, titleOf } from '../systems.js'
import { workloads, type WorkloadName } from '../workloads.js'
import { added, busyShare, figure, ratio } from './statistics.js'
import { countedOf } from './targets.js'
import { number, type Table } from './table.js'

/** The fastest first. */
export function raceTable(name: WorkloadName, race: Race): Table {
  const { title, kind } = workloads[name]!
  const bare = bareOf(kind)
  if (bare !== undefined) return addedTable(name, race, bare)
  const counted = countedOf(kind)
  const head = ['', 'requests/s', '× by hand', 'CPU, µs', '× by hand', 'busy']
  const isAtLoad = Object.values(race).some(({ commandsAtLoad }) => commandsAtLoad !== undefined)
  const rows = Object.keys(race)
    .toSorted((one, other) => figure(race, other, 'rates') - figure(race, one, 'rates'))
    .map((each) => [
      titleIn(each, name),
      number(figure(race, each, 'rates')),
      number(ratio(race, each, LIMIT, 'rates')),
      number(figure(race, each, 'cpu')),
      number(ratio(race, each, LIMIT, 'cpu')),
      `${Math.round(100 * busyShare(race, each))} %`,
      ...(counted ? [race[each]!.commands?.toFixed(2) ?? '–'] : []),
      ...(isAtLoad ? [race[each]!.commandsAtLoad?.toFixed(2) ?? '–'] : []),
    ])
  const counts = [...(counted ? [counted] : []), ...(isAtLoad ? ['all at once'] : [])]
  return { title, head: [...head, ...counts], rows }
}

/** What a session adds to a framework; the least first. */
function addedTable(name: WorkloadName, race: Race, bare: string): Table {
  const rows = Object.keys(race)
    .toSorted((one, other) => figure(race, one, 'cpu') - figure(race, other, 'cpu'))
    .map((each) => [
      titleIn(each, name),
      number(figure(race, each, 'rates')),
      number(figure(race, each, 'cpu')),
      each === bare ? '' : number(added(race, each, bare)),
      `${Math.round(100 * busyShare(race, each))} %`,
    ])
  const head = ['', 'requests/s', 'CPU, µs', 'added, µs', 'busy']
  return { title: workloads[name]!.title, head, rows }
}

function titleIn(name: string, workload: WorkloadName): string {
  const [system = '', other] = name.split('@') as [string, WorkloadName?]
  if (other === undefined) return titleOf(system, workloads[workload]!.kind)
  return `${titleOf(system)}: ${workloads[other]!.title.toLowerCase()}`
}
