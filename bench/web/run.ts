// npm run bench:web [-- rounds [workload,... [system,...]]]
import { writeFileSync } from 'node:fs'
import { environment } from '../di/environment.js'
import { isPinned } from './processes.js'
import { race, type Race } from './race.js'
import { startRedis } from './redis.js'
import { workloads, type WorkloadName } from './workloads.js'

const [rounds = '9', which = '', only = ''] = process.argv.slice(2)
const MILLISECONDS = Number(process.env['BENCH_MS'] ?? 1000)

const start = environment()
const redis = await startRedis()
const names = (Object.keys(workloads) as WorkloadName[]).filter(
  (name) => which === '' || which.split(',').includes(name),
)
const races = {} as Record<WorkloadName, Race>
try {
  for (const name of names)
    races[name] = await race(
      workloads[name],
      only === '' ? [] : only.split(','),
      Number(rounds),
      MILLISECONDS,
      redis,
    )
} finally {
  redis.stop()
}
for (const name of names) {
  const { rounds: all, commands } = races[name]
  const median = (pick: (round: (typeof all)[number]) => number) => {
    const sorted = all.map(pick).toSorted((a, b) => a - b)
    return sorted[sorted.length >> 1]!
  }
  console.log(name)
  for (const system of Object.keys(all[0]!)) {
    console.log(
      '  ',
      system.padEnd(14),
      Math.round(median((round) => round[system]!.rate)),
      'x node',
      median((round) => round[system]!.rate / (round['node']?.rate ?? NaN)).toFixed(3),
      'cpu',
      median((round) => round[system]!.cpu).toFixed(1),
      'x node',
      median((round) => (round['node']?.cpu ?? NaN) / round[system]!.cpu).toFixed(3),
      'commands',
      commands[system]?.toFixed(2) ?? '',
    )
  }
}
writeFileSync(
  'web-results.json',
  `${JSON.stringify({ ...start, isPinned, rounds: Number(rounds), races }, undefined, 1)}\n`,
)
process.exit()
