import { value } from 'ingot'
import { describeSessionStore } from 'ingot/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startRedis, type RedisServer } from '../../test/support/redis-server.js'
import { RedisHashStore } from './redis-hash-store.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

// #region conformance
describeSessionStore(
  'RedisHashStore',
  () => {
    const redis = new Redis(server.url)
    return {
      store: RedisHashStore,
      components: [value(Redis, redis)],
      close: () => redis.disconnect(),
      redis,
    }
  },
  {
    describe,
    test,
    capabilities: { mergesWrites: false, takesOnce: false },
    hasClock: false,
    count: ({ redis }) => redis.dbsize(),
    interrupt: ({ redis }) => redis.disconnect(),
  },
)
// #endregion
