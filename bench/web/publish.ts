import { readFileSync, writeFileSync } from 'node:fs'
import type { Raw as InjectionRaw } from '../di/figures.js'
import type { Raw } from './raw.js'
import { chart } from './report/chart.js'
import { resultsPage } from './report/results-page.js'

/** The last run of `bench:di`. */
export function readInjection(): InjectionRaw {
  return JSON.parse(readFileSync('di-results.json', 'utf8')) as InjectionRaw
}

/** Writes what is made of the figures: the page and the chart that the README shows. */
export function publish(raw: Raw): void {
  writeFileSync('RESULTS.md', resultsPage(raw, readInjection()))
  writeFileSync('../docs/images/bench.svg', chart(raw))
}
