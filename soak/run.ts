// npm run soak -- --minutes 2 --seed 1 --visitors 60 --faults all --store redis
// An hour of 10,000 visitors in ten minutes: --minutes 10 --visitors 10000 --rate 300 --faults none
import { optionsOf } from './options.js'
import { summaryOf } from './report.js'
import { soak } from './soak.js'

const options = optionsOf(process.argv.slice(2))
console.log(`soak: ${options.minutes} minutes, --seed ${options.seed}`)
const report = await soak(options)
console.log(summaryOf(report))
if (report.findings.problems.length > 0) process.exitCode = 1
