import type { Findings } from './findings.js'
import { PLANTED } from './marks.js'
import type { Durations } from './probe.js'
import type { Readings } from './readings.js'

/** Checks what the shop printed: counts the lines by kind, and finds what must not be there. */
export function checkPrinted(
  lines: readonly string[],
  cookies: ReadonlySet<string>,
  findings: Findings,
): void {
  findings.count('lines printed', lines.length)
  for (const line of lines) {
    // Of the lines of an error, only the first and the cause count.
    if (/^[^\s}]|\[cause\]/.test(line)) findings.count(`printed: ${kindOf(line)}`)
    if (line.startsWith('soak saw:')) {
      findings.report('unhandled rejections and uncaught exceptions', line)
    }
    if (WARNING.test(line)) findings.report('warnings of Node', kindOf(line))
    const tokens = line.match(/[\w.~-]{20,}/g) ?? []
    if (line.includes(PLANTED) || tokens.some((token) => cookies.has(token))) {
      findings.report('secrets in the output of the shop', kindOf(line))
    }
  }
}

/** Checks the memory of a process that ran long enough. */
export function checkMemory(
  {
    coveredSeconds,
    rssSlope,
    heapSlope,
  }: Pick<Readings, 'coveredSeconds' | 'rssSlope' | 'heapSlope'>,
  findings: Findings,
): void {
  if (coveredSeconds < LONG_ENOUGH || rssSlope < STEEP) return
  const how = `${rssSlope.toFixed(1)} MB a minute, of which heap ${heapSlope.toFixed(1)}`
  findings.report('memory that grows', how)
}

/** Checks that few responses take much longer than most: a store that is idle has no reason for it. */
export function checkDurations(
  durations: Pick<Durations, 'p50' | 'p99'> | undefined,
  findings: Pick<Findings, 'report'>,
): void {
  if (!durations) return findings.report('unexpected responses', 'to the probe, which printed it')
  const { p50, p99 } = durations
  if (p99 < SLOW * p50) return
  findings.report('slow responses', `p99 ${p99.toFixed(1)} ms, median ${p50.toFixed(1)} ms`)
}

/** How many times the median the slowest hundredth may take. */
const SLOW = 5

/** Seconds, without the first third for warming up. A shorter run cannot show a leak. */
export const LONG_ENOUGH = 150
/** Megabytes per minute. A leak of one kilobyte per request would be thirty. */
const STEEP = 10

/** What Node prints for `process.emitWarning`, except for Ingot's own warnings of outages. */
const WARNING = /^\(node:\d+\) (?!\[INGOT_|SessionWarning: )/

/** The line without numbers and ids, and without what a visitor wrote. */
function kindOf(line: string): string {
  const shown = line.replaceAll(new RegExp(`${PLANTED}\\S*`, 'g'), '(planted)')
  return shown
    .replaceAll(/[\w-]{20,}/g, '(long)')
    .replaceAll(/\d+/g, 'N')
    .trim()
    .slice(0, 120)
}
