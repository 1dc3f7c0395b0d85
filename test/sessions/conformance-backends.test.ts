import { randomBytes } from 'node:crypto'
import { MemoryBackend } from 'ingot'
import { RedisBackend } from 'ingot/redis'
import { describeSessionBackend } from 'ingot/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startRedis, type RedisServer } from '../support/redis-server.js'

const runner = { describe, test }

describeSessionBackend(
  'MemoryBackend',
  ({ clock }) => ({ backend: new MemoryBackend({ now: clock }) }),
  runner,
)

describe('with a Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  describeSessionBackend(
    'RedisBackend',
    () => {
      const redis = new Redis(server.port)
      const prefix = `${randomBytes(6).toString('hex')}:`
      return { backend: new RedisBackend(redis, { prefix }), close: () => redis.disconnect() }
    },
    { ...runner, hasClock: false },
  )
})
