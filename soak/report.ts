import type { Findings } from './findings.js'
import { LONG_ENOUGH } from './checks.js'
import type { Durations } from './probe.js'
import { countOf, type Readings } from './readings.js'

/** The result of a run. */
export interface Report {
  readonly seed: number
  /** How long the visitors sent requests. */
  readonly seconds: number
  readonly findings: Findings
  readonly readings: Readings
  /** Where it was looked at. */
  readonly durations: Durations | undefined
  /** The slowest recovery from each kind of fault, in milliseconds. */
  readonly recoveries: ReadonlyMap<string, number>
}

/** The summary, as lines for people. */
export function summaryOf(report: Report): string {
  const { findings, seconds, durations } = report
  const requests = findings.counted('requests')
  const problems = findings.problems.map((problem) => `  ${problem}`)
  return [
    `soak of ${(seconds / 60).toFixed(1)} minutes, seed ${report.seed}`,
    '',
    row('requests', `${number(requests)}, ${Math.round(requests / seconds)} a second`),
    ...(durations ? [row('duration of a response', shown(durations))] : []),
    row('logins, logouts', `${count(report, 'logins')}, ${count(report, 'logouts')}`),
    row('writes acknowledged', count(report, 'writes acknowledged')),
    row('  of them lost', number(findings.reported('lost acknowledged writes'))),
    row('writes of unknown outcome', count(report, 'writes unknown')),
    row('  of them applied', count(report, 'unknown writes applied')),
    row('writes applied too often', number(findings.reported('writes applied too often'))),
    row('writes after a logout', count(report, 'writes after a logout')),
    row('  answered as stored', number(findings.reported('lost writes that were acknowledged'))),
    row('cookies exchanged', count(report, 'cookies exchanged')),
    row(
      '  opened the other kind',
      number(findings.reported('cookies of one kind that opened another')),
    ),
    row('lost sessions', number(findings.reported('lost sessions'))),
    row('dead cookies tried', count(report, 'dead cookies tried')),
    row('  sessions revived', number(findings.reported('revived sessions'))),
    row('damaged cookies tried', count(report, 'damaged cookies tried')),
    row('cross-talk', number(findings.reported('cross-talk'))),
    ...processRows(report),
    ...listOf('failures', findings.countsWithPrefix('failure: ')),
    ...listOf('faults (slowest recovery)', faultsOf(report)),
    ...listOf(
      `lines the shop printed, ${count(report, 'lines printed')} in all`,
      findings.countsWithPrefix('printed: ').slice(0, 15),
    ),
    '',
    ...(problems.length === 0 ? ['soak: all is well'] : ['soak: FAILED', ...problems]),
  ].join('\n')
}

function shown({ count, p50, p99, p999 }: Durations): string {
  const [median, slow, slowest] = [p50, p99, p999].map((duration) => duration.toFixed(1))
  return `p50 ${median}, p99 ${slow}, p99.9 ${slowest} ms, of ${number(count)}`
}

function processRows({ readings, findings }: Report): string[] {
  const { last } = readings
  if (!last) return ['the process of the shop: not measured']
  const [rss, heap] = [last.rss / 2 ** 20, last.heapUsed / 2 ** 20]
  const slope = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(2)}`
  const { p50, p99, max } = last.delay
  const note = readings.coveredSeconds < LONG_ENOUGH ? ', too few to find a leak' : ''
  return [
    row(
      'unhandled or uncaught',
      number(findings.reported('unhandled rejections and uncaught exceptions')),
    ),
    row('warnings', number(findings.reported('warnings of Node'))),
    row('RSS at the end', `${rss.toFixed(1)} MB, ${slope(readings.rssSlope)} MB a minute`),
    row('heap at the end', `${heap.toFixed(1)} MB, ${slope(readings.heapSlope)} MB a minute`),
    row(
      'handles and timers',
      `${countOf(last.resources)}, ${slope(readings.resourceSlope)} a minute: ${JSON.stringify(last.resources)}`,
    ),
    row('  slopes cover', `the last ${Math.round(readings.coveredSeconds)} seconds${note}`),
    row(
      'event loop delay',
      `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)} ms`,
    ),
  ]
}

function faultsOf({ findings, recoveries }: Report): [string, string][] {
  return findings.countsWithPrefix('fault: ').map(([name, times]) => {
    const recovery = recoveries.get(name)
    return [name, recovery === undefined ? `${times}` : `${times} (${Math.round(recovery)} ms)`]
  })
}

function listOf(title: string, entries: readonly [string, number | string][]): string[] {
  const lines = entries.map(([name, value]) => `${String(value).padStart(16)}  ${name}`)
  return ['', `${title}:${lines.length === 0 ? ' none' : ''}`, ...lines]
}

function row(name: string, value: string): string {
  return `${name.padEnd(28)}${value}`
}

function count({ findings }: Report, what: string): string {
  return number(findings.counted(what))
}

function number(value: number): string {
  return value.toLocaleString('en')
}
