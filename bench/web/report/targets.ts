import type { Raw as InjectionRaw } from '../../di/figures.js'
import { median } from '../../di/measure.js'
import { targets as injectionTargets } from '../../di/targets.js'
import type { Measurements, Race } from '../race.js'
import type { Raw } from '../raw.js'
import { samplings, type Samples, type SamplingName } from '../samplings.js'
import type { Kind } from '../system.js'
import { bareOf, LIMIT, OURS, titleOf } from '../systems.js'
import { workloads, type Target, type WorkloadName } from '../workloads.js'
import { added, ratio } from './statistics.js'
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
    ...Object.entries(races).flatMap(([name, race]) => raceOutcomes(name, race)),
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
  const { title, kind, targets, commands: limit } = workloads[workload]!
  const isPeer = ({ of, in: other, rate }: Target) =>
    other === undefined && of !== LIMIT && rate !== undefined
  const peers = targets.filter(isPeer)
  const shares = targets
    .filter((target) => !isPeer(target))
    .flatMap((target) => [
      ...cpuShare(workload, race, target),
      ...rateShare(title, race, target),
      ...commandShare(workload, race, target),
    ])
  const all = [...shares, ...ahead(workload, race, peers), ...addedOutcomes(workload, race)]
  const commands = race[OURS].commands
  if (limit === undefined || commands === undefined) return all
  const figure = commands.toFixed(2)
  // A command of the client's own may fall into the time that was watched.
  const isMet = commands <= limit + 0.01
  const name = `${title}: ${countedOf(kind)}`
  return [...all, { name, limit: `at most ${limit}`, figure, isMet }]
}

function addedOutcomes(workload: WorkloadName, race: Race): Outcome[] {
  const { title, kind, added: target } = workloads[workload]!
  const bare = bareOf(kind)
  if (!target || bare === undefined) return []
  const reached = added(race, OURS, bare)
  const most = 'of' in target ? added(race, target.of, bare) : target.microseconds
  if (reached === undefined || most === undefined) return []
  const by = 'of' in target ? `, as ${titleOf(target.of, kind)} does` : ''
  return [
    {
      name: `${title}: added CPU${by}`,
      limit: `at most ${number(most)} µs`,
      figure: `${number(reached)} µs`,
      isMet: reached <= most,
    },
  ]
}

/** Processor time per request, which other work on the machine changes least. */
function cpuShare(workload: WorkloadName, race: Race, target: Target): Outcome[] {
  const { cpu, in: other, beside } = target
  const { title, kind } = workloads[workload]!
  const own = ratio(race, OURS, entrantOf(target), 'cpu')
  const base = beside === undefined ? 1 : ratio(race, beside, `${beside}@${other}`, 'cpu')
  if (cpu === undefined || own === undefined || base === undefined) return []
  const reached = own / base
  const of = `of ${baseOf(target, kind)}`
  const what =
    beside === undefined ? `CPU, ${of}` : `CPU, ${of}, by the same ratio ${titleOf(beside)}`
  const name = `${title}: ${what}`
  return [{ name, limit: `at most ${cpu}`, figure: reached.toFixed(3), isMet: reached <= cpu }]
}

function rateShare(title: string, race: Race, target: Target): Outcome[] {
  const { rate } = target
  const reached = ratio(race, OURS, entrantOf(target), 'rates')
  if (rate === undefined || reached === undefined) return []
  const name = `${title}, of ${baseOf(target)}`
  return [{ name, limit: `at least ${rate}`, figure: reached.toFixed(3), isMet: reached >= rate }]
}

function entrantOf(target: Target): string {
  return target.in ? `${target.of}@${target.in}` : target.of
}

/** A peer is named with what it keeps sessions with. */
function baseOf(target: Target, kind?: Kind): string {
  if (target.in) return workloads[target.in]!.title.toLowerCase()
  return titleOf(target.of, target.of === LIMIT ? undefined : kind)
}

/** Commands for each request, as many as a peer's or a share of them. */
function commandShare(workload: WorkloadName, race: Race, target: Target): Outcome[] {
  const countOf = (one?: Measurements) => one?.commandsAtLoad ?? one?.commands
  const [ours, others] = [countOf(race[OURS]), countOf(race[target.of])]
  if (target.commands === undefined || ours === undefined || others === undefined) return []
  const { title, kind } = workloads[workload]!
  const name = `${title}: ${countedOf(kind)}, of ${titleOf(target.of, kind)}`
  const figure = `${ours.toFixed(2)} of ${others.toFixed(2)}`
  const isMet = ours <= target.commands * others + 0.01
  return [{ name, limit: `at most ${target.commands}`, figure, isMet }]
}

/** What reaches the storage of a kind is called. */
export function countedOf(kind: Kind): string | undefined {
  if (kind === 'redis') return 'Redis commands'
  return kind === 'postgres' || kind === 'sqlite' || kind === 'mysql' ? 'statements' : undefined
}

/** One line for all peers: the one that comes nearest. */
function ahead(workload: WorkloadName, race: Race, peers: readonly Target[]): Outcome[] {
  const { title, kind } = workloads[workload]!
  const nearest = peers
    .filter(({ of }) => race[of])
    .map(({ of, rate = 1 }) => ({ of, rate, reached: ratio(race, OURS, of, 'rates')! }))
    .toSorted((one, other) => one.reached - other.reached)[0]
  if (!nearest) return []
  const { of, rate, reached } = nearest
  const name = `${title}, of the fastest peer, ${titleOf(of, kind)}`
  return [{ name, limit: `at least ${rate}`, figure: reached.toFixed(3), isMet: reached >= rate }]
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
