import { randomBytes } from 'node:crypto'
import { BackendStore, CookieStore, MemoryBackend, value } from 'ingot'
import { RedisBackend, RedisStore } from 'ingot/redis'
import { describeSessionStore, type StoreConditions } from 'ingot/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startRedis, type RedisServer } from '../support/redis-server.js'
import { damage } from './record-text.js'
import { newSecret } from './secrets.js'

const runner = { describe, test }

describeSessionStore(
  'MemoryStore',
  ({ clock, idleTimeout, absoluteTimeout }) => {
    const backend = new DamagedBackend({ now: clock })
    return { store: new BackendStore(backend, { clock, idleTimeout, absoluteTimeout }), backend }
  },
  {
    ...runner,
    count: ({ backend }) => backend.size,
    damage: ({ backend }) => backend.damage(),
    beside: ({ backend }, name, conditions) => new BackendStore(backend, { name, ...conditions }),
  },
)

/** Its records can be damaged. */
class DamagedBackend extends MemoryBackend {
  readonly #keys = new Set<string>()

  override create(key: string, text: string, ttl: number) {
    this.#keys.add(key)
    return super.create(key, text, ttl)
  }

  async damage(): Promise<void> {
    for (const key of this.#keys) await damage(this, key, DAMAGED)
  }
}

/** A cut text, and an empty one. */
const DAMAGED = { 'd:a': '{"cut":', 'd:b': '' }

const COOKIES_CANNOT = { isRevocable: false, mergesWrites: false, takesOnce: false }

describeSessionStore(
  'CookieStore',
  (conditions) => {
    const secret = newSecret()
    return { store: new CookieStore({ secret, ...conditions }), secret }
  },
  {
    ...runner,
    capabilities: COOKIES_CANNOT,
    beside: ({ secret }, name, conditions) => new CookieStore({ secret, name, ...conditions }),
  },
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
      damage: async ({ redis, prefix }) => {
        const backend = new RedisBackend(redis, { prefix })
        for (const key of await redis.keys(`${prefix}*`))
          await damage(backend, key.slice(prefix.length), DAMAGED)
      },
      beside: ({ prefix }, name, conditions) => new RedisStore({ prefix, name, ...conditions }),
    },
  )
})
