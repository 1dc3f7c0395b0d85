// node bench/transform/run.js, after `npm run build`: what writing parameters down costs for a file of 1,000 lines.
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { parseSync, rawTransferSupported } from 'oxc-parser'
import { transform } from '../../dist/transform/index.js'

const handler = (
  number,
) => `export function handler${number}(session: Session, redis: Redis, id: number) {
  const value = session.get('name')
  if (!value) return redis.get('x')
  return { value, id }
}
`
const plain = (number) => `export const plain${number} = (values, by) => {
  const chosen = values.filter((value) => value.size > by)
  if (chosen.length === 0) return undefined
  return { first: chosen[0], last: chosen.at(-1) }
}
`
const files = {
  '200 handlers': `import { Redis, Session } from 'x'\n${lines(handler, 200)}`,
  '20 handlers': `import { Redis, Session } from 'x'\n${lines(handler, 20)}${lines(plain, 180)}`,
  'nothing to write down': lines(plain, 200),
  "Ingot's own source": ownSource(),
}

for (const [name, text] of Object.entries(files)) {
  const whole = measured(() => transform(text, 'file.ts'))
  const parser = measured(() => parse(text))
  console.log(
    `Node ${process.versions.node}, 1,000 lines, ${name}: median ${whole.median} ms, least ${whole.least} ms; of these the parser ${parser.median} and ${parser.least}`,
  )
}

function measured(work) {
  const times = Array.from({ length: 300 }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  }).sort((a, b) => a - b)
  return { median: times[150].toFixed(2), least: times[0].toFixed(2) }
}

/** The tree is made when it is asked for. */
function parse(text) {
  const experimentalRawTransfer = rawTransferSupported()
  const options = { lang: 'ts', sourceType: 'module', experimentalRawTransfer }
  return parseSync('file.ts', text, options).program
}

/** Whole files, until there are 1,000 lines. */
function ownSource() {
  const folder = new URL('../../src/http/', import.meta.url)
  let text = ''
  for (const path of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    if (text.split('\n').length > 1000) break
    text += readFileSync(new URL(path, folder), 'utf8')
  }
  return text
}

function lines(make, count) {
  return Array.from({ length: count }, (_, number) => make(number)).join('')
}
