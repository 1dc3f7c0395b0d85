import type { Findings } from './findings.js'
import { PLANTED } from './marks.js'
import type { Readings } from './readings.js'

/** Judges what the shop printed: counts the kinds of lines, and looks for what must not be there. */
export function judgePrinted(
  lines: readonly string[],
  cookies: ReadonlySet<string>,
  findings: Findings,
): void {
  findings.count('lines printed', lines.length)
  for (const line of lines) {
    // Of a stack and the fields of an error, the cause is what tells kinds apart.
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

/** Judges what a process used for long enough. */
export function judgeMemory(
  { judged, rssSlope, heapSlope }: Pick<Readings, 'judged' | 'rssSlope' | 'heapSlope'>,
  findings: Findings,
): void {
  if (judged < LONG_ENOUGH || rssSlope < STEEP) return
  const how = `${rssSlope.toFixed(1)} MB a minute, of which heap ${heapSlope.toFixed(1)}`
  findings.report('memory that grows', how)
}

/** In seconds, without the third for warming up: what is shorter says nothing of leaks. */
export const LONG_ENOUGH = 150
/** In megabytes a minute. A leak of one kilobyte for each request would be thirty. */
const STEEP = 10

/** What Node prints for `process.emitWarning`, except for what Ingot says of outages on purpose. */
const WARNING = /^\(node:\d+\) (?!\[INGOT_|SessionWarning: )/

/** The line without what differs from one to the next. What a visitor wrote is not shown again. */
function kindOf(line: string): string {
  const shown = line.replaceAll(new RegExp(`${PLANTED}\\S*`, 'g'), '(planted)')
  return shown
    .replaceAll(/[\w-]{20,}/g, '(long)')
    .replaceAll(/\d+/g, 'N')
    .trim()
    .slice(0, 120)
}
