import { expect, test } from 'vitest'
import { Findings } from '../../soak/findings.js'
import { checkDurations, checkMemory, checkPrinted } from '../../soak/checks.js'
import { floorOf, slopePerMinute } from '../../soak/slope.js'

const COOKIE = 'v1_abcdefghijklmnopqrstuvwxyz'

function problemsOf(line: string): string[] {
  const findings = new Findings()
  checkPrinted([line], new Set([COOKIE]), findings)
  return findings.problems
}

test.each([
  `GET /api/me failed: Error: no session ${COOKIE} there`,
  `cookie: '__Host-session=${COOKIE}'`,
  'the text planted-3-x-17 could not be stored',
])('a line of the shop with a cookie or a text of a visitor is reported: %s', (line) => {
  const problems = problemsOf(line)
  expect(problems).toEqual([
    expect.stringMatching(/^secrets in the output of the shop: 1 /) as string,
  ])
  // The report must not repeat the secret.
  expect(problems.join()).not.toMatch(new RegExp(`${COOKIE}|planted-3`))
})

test('an unhandled rejection in the gauge is reported', () => {
  expect(problemsOf('soak saw: unhandledRejection')).toEqual([
    'unhandled rejections and uncaught exceptions: 1 (soak saw: unhandledRejection)',
  ])
})

test('a warning of Node is reported, and a warning of Ingot about an outage is not', () => {
  const leak = '(node:7) MaxListenersExceededWarning: Possible EventEmitter memory leak detected.'
  expect(problemsOf(leak)).toHaveLength(1)
  expect(problemsOf('(node:7) [INGOT_REDIS_OUTAGE] Warning: Redis cannot be reached')).toEqual([])
  expect(problemsOf('(node:7) SessionWarning: the session store is back')).toEqual([])
  expect(problemsOf('GET /api/me failed: HttpError: The session could not be loaded.')).toEqual([])
})

test.each([
  [{ coveredSeconds: 400, rssSlope: 30, heapSlope: 1 }, 1],
  [{ coveredSeconds: 400, rssSlope: 2, heapSlope: 2 }, 0],
  // A short run cannot show whether the process has warmed up.
  [{ coveredSeconds: 60, rssSlope: 30, heapSlope: 1 }, 0],
])(
  'memory that grows by megabytes a minute in a long run is reported: %j [PR-07]',
  (readings, times) => {
    const findings = new Findings()
    checkMemory(readings, findings)
    expect(findings.reported('memory that grows')).toBe(times)
  },
)

test.each([
  [4.9, 0],
  [5, 1],
])(
  'responses of which one in a hundred takes %d times the median are slow: %d',
  (times, problems) => {
    const findings = new Findings()
    checkDurations({ p50: 2, p99: 2 * times }, findings)
    expect(findings.reported('slow responses')).toBe(problems)
  },
)

test('a probe that ended early is told', () => {
  const findings = new Findings()
  checkDurations(undefined, findings)
  expect(findings.problems).toEqual(['unexpected responses: 1 (to the probe, which printed it)'])
})

test('a slope is the growth in a minute, and garbage between collections is not growth', () => {
  const points = Array.from({ length: 120 }, (_, at) => ({ at, value: at / 30 + (at % 10) * 7 }))
  expect(slopePerMinute(floorOf(points, 10))).toBeCloseTo(2)
  expect(slopePerMinute([])).toBe(0)
})
