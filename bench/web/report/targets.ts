import type { Raw as InjectionRaw } from '../../di/figures.js'
import { median } from '../../di/measure.js'
import { targets as injectionTargets } from '../../di/targets.js'
import type { Race } from '../race.js'
import type { Raw } from '../raw.js'
import { samplings, type Samples, type SamplingName } from '../samplings.js'
import { OURS, titleOf } from '../systems.js'
import { workloads, type Target, type WorkloadName } from '../workloads.js'
import { ratio } from './statistics.js'
import { number, type Table } from './table.js'

/** What Ingot must keep to, and how a run did. */
export interface Outcome {
  readonly name: string
  readonly limit: string
  readonly figure: string
  readonly isMet: boolean
}

/** Of what was measured. */
export function outcomes({ races, samples }: Raw, injection?: InjectionRaw): Outcome[] {
  return [
    ...Object.entries(races).flatMap(([name, race]) => raceOutcomes(name as WorkloadName, race)),
    ...Object.entries(samples).flatMap(([name, each]) =>
      sampleOutcomes(name as SamplingName, each),
    ),
    ...(injection ? injectionOutcomes(injection) : []),
  ]
}

export function outcomeTable(all: readonly Outcome[]): Table {
  const rows = all.map(({ name, limit, figure, isMet }) => {
    return [name, limit, figure, isMet ? 'met' : '**missed**']
  })
  return { title: 'Targets', head: ['Ingot', 'target', 'measured', ''], rows }
}

function raceOutcomes(workload: WorkloadName, race: Race): Outcome[] {
  if (!race[OURS]) return []
  const { title, targets, commands: limit } = workloads[workload]
  const shares = targets
    .filter((target) => target.ratio !== 1)
    .flatMap((target) => share(title, race, target))
  const commands = race[OURS].commands
  if (limit === undefined || commands === undefined) return [...shares, ...ahead(workload, race)]
  const figure = commands.toFixed(2)
  // A command of the client's own may fall into the time that was watched.
  const isMet = commands <= limit + 0.01
  const counted = { name: `${title}: Redis commands`, limit: `at most ${limit}`, figure, isMet }
  return [...shares, ...ahead(workload, race), counted]
}

function share(title: string, race: Race, target: Target): Outcome[] {
  const other = target.in ? `${target.of}@${target.in}` : target.of
  const reached = ratio(race, OURS, other, 'rates')
  if (reached === undefined) return []
  const base = target.in ? workloads[target.in].title.toLowerCase() : titleOf(target.of)
  const figure = reached.toFixed(3)
  const isMet = reached >= target.ratio
  return [{ name: `${title}, of ${base}`, limit: `at least ${target.ratio}`, figure, isMet }]
}

/** One line for all peers: the one that comes nearest. */
function ahead(workload: WorkloadName, race: Race): Outcome[] {
  const { title, targets, kind } = workloads[workload]
  const nearest = targets
    .filter((target) => target.ratio === 1 && race[target.of])
    .map(({ of }) => ({ of, reached: ratio(race, OURS, of, 'rates')! }))
    .toSorted((one, other) => one.reached - other.reached)[0]
  if (!nearest) return []
  const name = `${title}, of the fastest peer, ${titleOf(nearest.of, kind)}`
  const figure = nearest.reached.toFixed(3)
  return [{ name, limit: 'at least 1', figure, isMet: nearest.reached >= 1 }]
}

function sampleOutcomes(name: SamplingName, samples: Samples): Outcome[] {
  const { title, unit, targets } = samplings[name]
  return targets.flatMap(({ of, atMost }) => {
    const [ours, other] = [samples[OURS], of === undefined ? undefined : samples[of]]
    if (!ours || (of !== undefined && !other)) return []
    const value = other ? median(ours) / median(other) : median(ours)
    const [base, scale] = of === undefined ? ['', ` ${unit}`] : [`, of ${titleOf(of)}`, '']
    const [limit, figure] = [`at most ${atMost}${scale}`, `${number(value)}${scale}`]
    return [{ name: `${title}${base}`, limit, figure, isMet: value <= atMost }]
  })
}

function injectionOutcomes(raw: InjectionRaw): Outcome[] {
  return injectionTargets(raw).map(({ name, limit, loop, eventLoop, isMet }) => {
    const figure = eventLoop === '' ? loop : `${loop}, ${eventLoop}`
    return { name: `Injection: ${name}`, limit, figure, isMet }
  })
}
