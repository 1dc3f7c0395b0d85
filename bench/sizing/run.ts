// npm run sizing [-- --only redis,memory --part sessions --sessions 100000,300000 --quick]
//
// Fills each store with real sessions, measures what a request costs, and writes sizing-results.json and the tables
// of docs/sizing.md: up to an hour, or minutes with --part requests. --only measures some of it again, --part sessions or requests alone, --sessions with other numbers; --quick is a look, written nowhere.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { environment } from '../di/environment.js'
import { costsOf } from './costs.js'
import { fill } from './fill.js'
import type { Figures, Place } from './figures.js'
import { pageWith, partsOf } from './report.js'

// kept.ts reads it when it is loaded.
process.env['BENCH_KEPT'] = JSON.stringify({ keys: 11 })
const { kept } = await import('../web/kept.js')

const RESULTS = 'sizing-results.json'
const PAGE = '../docs/sizing.md'
const PLACES: readonly Place[] = ['redis', 'postgres', 'sqlite', 'mysql', 'memory']

const { only, part, sessions, quick } = parseArgs({
  options: {
    only: { type: 'string', default: [...PLACES, 'sealed'].join() },
    part: { type: 'string' },
    sessions: { type: 'string', default: '100000,300000,1000000' },
    quick: { type: 'boolean', default: false },
  },
}).values
const names = only.split(',')
const sizes = quick ? [1000, 3000, 10_000] : sessions.split(',').map(Number)
const rounds = quick ? 1 : 7

const { versions: _, ...where } = environment()
// What is not measured anew stays.
const last = existsSync(RESULTS)
  ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Figures)
  : undefined
const fillings = new Map(Object.entries(last?.fillings ?? {}))
const costs = new Map(Object.entries(last?.costs ?? {}))
let cookie = last?.cookie ?? 0
for (const name of [...PLACES, 'sealed'] as const) {
  if (!names.includes(name)) continue
  if (name !== 'sealed' && part !== 'requests') fillings.set(name, await fill(name, sizes, kept))
  if (part !== 'sessions') {
    const measured = await costsOf(name, rounds)
    costs.set(name, { read: measured.read, write: measured.write })
    if (name === 'sealed') cookie = measured.cookie
  }
  if (!quick) writeFileSync(RESULTS, compact(figures()))
}
if (fillings.size === PLACES.length && costs.size > PLACES.length) {
  console.log(Object.values(partsOf(figures())).join('\n\n'))
  if (!quick) writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), figures()))
}

function figures(): Figures {
  const found = { fillings: Object.fromEntries(fillings), costs: Object.fromEntries(costs) }
  return { ...where, rounds, cookie, ...found } as Figures
}

/** The figures of all rounds on one line. */
function compact(value: Figures): string {
  const text = JSON.stringify(value, null, 2)
  return `${text.replace(/\[[^[\]{}]*\]/g, (list) => list.replace(/\s+/g, ' '))}\n`
}
