// npm run bench:di [-- rounds]
import { writeFileSync } from 'node:fs'
import { ContenderProcess } from './contender-process.js'
import { contenders, type Entry } from './contenders.js'
import { environment } from './environment.js'
import type { Raw, Results, Round } from './figures.js'
import { report } from './report.js'
import { scenarios, type Scenario } from './scenarios.js'

const ROUNDS = Number(process.argv[2] ?? 21)
const MILLISECONDS = 40
const REQUESTS = 1_000_000

const start = environment()
const results = {} as Record<Scenario, Results>
const heap = {} as Record<Scenario, number>
for (const scenario of Object.keys(scenarios) as Scenario[]) {
  results[scenario] = await race(scenario)
  heap[scenario] = await growth(scenario)
}
const raw: Raw = { ...start, rounds: ROUNDS, results, heap }
writeFileSync('di-results.json', `${JSON.stringify(raw, tenths, 2)}\n`)
process.exitCode = report(raw) ? 0 : 1

/** More digits than a clock has would only make the file longer. */
function tenths(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : value
}

/** Contenders take turns within each round, so that what else the machine does meets all of them. */
async function race(scenario: Scenario): Promise<Results> {
  const taking = contenders.filter((one) => one.isAsync || scenario !== 'asynchronous')
  const running = await Promise.all(taking.map((one) => started(one, scenario)))
  const rounds: Round[] = []
  for (let number = 0; number < ROUNDS; number++) {
    const round: Round = {}
    for (let index = 0; index < running.length; index++) {
      const { entry, child } = running[(index + number) % running.length]!
      round[entry.name] = {
        loop: await child.measure({ measure: 'loop', amount: MILLISECONDS }),
        eventLoop: await child.measure({ measure: 'eventLoop', amount: MILLISECONDS }),
      }
    }
    rounds.push(round)
    process.stderr.write(`\r${scenario}: round ${number + 1} of ${ROUNDS} `)
  }
  for (const { child } of running) child.stop()
  process.stderr.write('\n')
  return rounds
}

async function started(entry: Entry, scenario: Scenario) {
  const child = await ContenderProcess.start(entry.name, scenario)
  for (const measure of ['loop', 'eventLoop'] as const)
    await child.measure({ measure, amount: 5 * MILLISECONDS })
  return { entry, child }
}

async function growth(scenario: Scenario): Promise<number> {
  const child = await ContenderProcess.start('ingot', scenario)
  const bytes = await child.measure({ measure: 'heapGrowth', amount: REQUESTS })
  child.stop()
  return bytes
}
