import { randomBytes } from 'node:crypto'
import { BackendStore, CookieStore, MemoryBackend, value } from 'ingot'
import { RedisStore } from 'ingot/redis'
import { describeSessionStore, type StoreConditions } from 'ingot/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startRedis, type RedisServer } from '../support/redis-server.js'
import { newSecret } from './secrets.js'

const runner = { describe, test }

describeSessionStore(
  'MemoryStore',
  ({ clock, idleTimeout, absoluteTimeout }) => {
    const backend = new MemoryBackend({ now: clock })
    return { store: new BackendStore(backend, { clock, idleTimeout, absoluteTimeout }), backend }
  },
  { ...runner, count: ({ backend }) => backend.size },
)

const COOKIES_CANNOT = { isRevocable: false, mergesWrites: false, takesOnce: false }

describeSessionStore(
  'CookieStore',
  (conditions) => ({ store: new CookieStore({ secret: newSecret(), ...conditions }) }),
  { ...runner, capabilities: COOKIES_CANNOT },
)

describeSessionStore(
  'CookieStore, signed only',
  (conditions) => ({
    store: new CookieStore({ secret: newSecret(), protection: 'signed', ...conditions }),
  }),
  { ...runner, capabilities: COOKIES_CANNOT },
)

describeSessionStore(
  'CookieStore with revocations',
  (conditions) => {
    const revocations = new MemoryBackend({ now: conditions.clock })
    return { store: new CookieStore({ secret: newSecret(), revocations, ...conditions }) }
  },
  { ...runner, capabilities: { ...COOKIES_CANNOT, isRevocable: true } },
)

describe('with a Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  describeSessionStore(
    'RedisStore',
    (conditions: StoreConditions) => {
      const redis = new Redis(server.port)
      const prefix = `${randomBytes(6).toString('hex')}:`
      return {
        store: new RedisStore({ prefix, ...conditions }),
        components: [value(Redis, redis)],
        redis,
        prefix,
        close: () => redis.disconnect(),
      }
    },
    {
      ...runner,
      count: async ({ redis, prefix }) => (await redis.keys(`${prefix}*`)).length,
      interrupt: ({ redis }) => redis.disconnect(),
    },
  )
})
