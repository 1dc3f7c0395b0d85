// npm run sizes: builds, measures, and writes the table of docs/sizes.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { measure, tableOf } from './measure.js'

const page = new URL('../../docs/sizes.md', import.meta.url)
const table = tableOf(await measure())
writeFileSync(page, readFileSync(page, 'utf8').replace(/^\| program [^]*?\|$(?!\n\|)/m, table))
console.log(table)
