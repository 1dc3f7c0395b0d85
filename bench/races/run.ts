// npm run races
import { createClient } from 'redis'
import { startRedis } from '../../test/support/redis-server.js'
import { express } from './express.js'
import { ingot } from './ingot.js'
import { races, type Race, type World } from './races.js'
import { report, writeReadme, type Outcome } from './report.js'
import type { System } from './system.js'

const systems = [ingot, express]
const redis = await startRedis()
const client = await createClient({ url: redis.url }).connect()
const world: World = {
  flush: async () => void (await client.flushDb()),
  records: () => client.dbSize(),
}
try {
  const outcomes: Outcome[] = []
  for (const race of races) {
    const results = new Map<System, Awaited<ReturnType<typeof runOn>>>()
    for (const system of systems) results.set(system, await runOn(system, race))
    outcomes.push({ race, results })
  }
  const [, version = '?'] = /redis_version:(\S+)/.exec(await client.info('server')) ?? []
  const figures = report(outcomes, systems, version)
  console.log(figures)
  writeReadme(figures)
} finally {
  await client.close()
  await redis.stop()
}

/** Two servers, as two processes of one application would be. */
async function runOn(system: System, race: Race) {
  process.stderr.write(`${race.name}: ${system.name}\n`)
  await world.flush()
  const servers = [await system.start(redis.url), await system.start(redis.url)] as const
  try {
    const begun = performance.now()
    const result = await race.run(servers, world)
    return { result, took: performance.now() - begun }
  } finally {
    for (const server of servers) await server.close()
  }
}
