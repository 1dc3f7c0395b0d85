// node bench/transform/run.js, after `npm run build`: what writing parameters down costs for a file of 1,000 lines.
import process from 'node:process'
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
}

for (const [name, text] of Object.entries(files)) {
  const times = Array.from({ length: 300 }, () => {
    const start = performance.now()
    transform(text, 'file.ts')
    return performance.now() - start
  }).sort((a, b) => a - b)
  const [median, least] = [times[150], times[0]].map((time) => `${time.toFixed(2)} ms`)
  console.log(
    `Node ${process.versions.node}, 1,000 lines, ${name}: median ${median}, least ${least}`,
  )
}

function lines(make, count) {
  return Array.from({ length: count }, (_, number) => make(number)).join('')
}
