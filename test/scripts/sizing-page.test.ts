import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Figures } from '../../bench/sizing/figures.js'
import { pageWith } from '../../bench/sizing/report.js'

test('docs/sizing.md shows what was measured: `npm --prefix bench run sizing` writes both', () => {
  const page = readFileSync('docs/sizing.md', 'utf8')
  const figures = JSON.parse(readFileSync('bench/sizing-results.json', 'utf8')) as Figures
  expect(pageWith(page, figures)).toBe(page)
  expect(page.match(/<!-- figures: /g)).toHaveLength(6)
})
