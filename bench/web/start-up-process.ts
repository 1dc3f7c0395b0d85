// Readies one application of 1,000 routes, once: a start-up meets an engine that knows nothing yet.
import { ROUTES, type StartUp } from './start-up.js'

const { startUp } = (await import(`./start-ups/${process.argv[2]}.js`)) as { startUp: StartUp }
globalThis.gc!()
const start = performance.now()
const ask = await startUp()
const milliseconds = performance.now() - start
for (const number of [0, 1, ROUTES / 2, ROUTES - 1]) {
  const text = await ask(`/${number}/ada`)
  if (text !== `${number}: ada`) throw new Error(`Route ${number} answered ${text}`)
}
process.send!(milliseconds)
