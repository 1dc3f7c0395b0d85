import { afterAll, beforeAll } from 'vitest'
import { startRedis, type RedisServer } from '../support/redis-server.js'
import { describeRaces } from './race-suite.js'
import { overMemory, overRedis } from './server-store/server-store-suite.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

describeRaces('one process with a MemoryBackend', 1, overMemory)
describeRaces(
  'four processes with one Redis',
  4,
  overRedis(() => server, 'races:'),
)
