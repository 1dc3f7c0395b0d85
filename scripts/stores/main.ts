// `npm run stores`: tries published stores behind the adapters, and writes the table of docs/stores.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { tableOf, tryStores } from './try-stores.js'

const PAGE = 'docs/stores.md'
const PLACE = /(<!-- known stores -->\n)[^]*?(<!-- end -->)/

const table = tableOf(await tryStores())
writeFileSync(
  PAGE,
  readFileSync(PAGE, 'utf8').replace(PLACE, (_, begin, end) => `${begin}\n${table}\n${end}`),
)
console.log(table)
