import { expect, test } from 'vitest'
import { soak } from '../../soak/soak.js'
import { summaryOf } from '../../soak/report.js'

// CI runs it for minutes, with faults: .ci/run. These tests show that the program works.

test('five seconds of the soak without faults find no problem [ER-10, PR-07]', async () => {
  const report = await soak({
    store: 'redis',
    minutes: 5 / 60,
    seed: 1,
    visitors: 10,
    faults: [],
    restartsShop: false,
  })
  expect(report.findings.problems).toEqual([])
  expect(report.findings.counted('writes acknowledged')).toBeGreaterThan(20)
  expect(report.readings.last?.rss).toBeGreaterThan(0)
  const summary = summaryOf(report)
  expect(summary).toMatch(/^requests +\d/m)
  expect(summary).toMatch(/^writes acknowledged +\d/m)
  expect(summary.endsWith('soak: all is well')).toBe(true)
})

test('the shop ends with code 0 on SIGTERM under load, and loses no acknowledged write [PR-01]', async () => {
  const report = await soak({
    store: 'redis',
    minutes: 5 / 60,
    seed: 2,
    visitors: 20,
    faults: [],
    restartsShop: true,
  })
  expect(report.findings.problems).toEqual([])
  expect(report.findings.counted('fault: SIGTERM and restart of the shop')).toBe(1)
})
