import { Redis } from 'ioredis'
import {
  BackendStore,
  fromExpressStore,
  fromUnstorage,
  MemoryBackend,
  SessionUsageError,
  value,
  type Component,
  type Serializer,
  type Session,
  type SessionBackend,
  type SessionsOptions,
  type SessionStore,
} from 'ingot'
import { RedisBackend, RedisStore } from 'ingot/redis'
import * as expressSession from 'express-session'
import { createStorage } from 'unstorage'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordKey } from '../../src/sessions/session/session-id.js'
import { startRedis, type RedisServer } from '../support/redis-server.js'
import { eventWorld, listen, valueOf, type Act } from './events/event-world.js'
import { damage } from './record-text.js'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.port)
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

/** A store, and what changes one field of a stored record behind its back. */
interface Damageable {
  readonly store: SessionStore
  readonly components?: readonly Component[]
  damage(key: string, field: string, text: string): Promise<unknown>
}

const overBackend = (backend: SessionBackend, serializer?: Serializer): Damageable => ({
  store: new BackendStore(backend, serializer ? { serializer } : {}),
  damage: (key, field, text) => damage(backend, key, { [field]: text }),
})

const kinds: Readonly<Record<string, () => Damageable>> = {
  memory: () => overBackend(new MemoryBackend()),
  Redis: () => ({
    store: new RedisStore(),
    components: [value(Redis, redis)],
    damage: (key, field, text) => damage(new RedisBackend(redis), key, { [field]: text }),
  }),
  unstorage: () => overBackend(fromUnstorage(createStorage())),
  'a store of express-session': () =>
    overBackend(fromExpressStore(new expressSession.MemoryStore())),
}

function worldOf(kind: string | Damageable, policy: SessionsOptions = {}) {
  const made = typeof kind === 'string' ? (kinds[kind] as () => Damageable)() : kind
  const { visit } = eventWorld(made.store, policy, made.components)
  const send = async (cookie: string | undefined, act?: Act) => {
    const response = await visit(cookie, act)
    return { ...response, result: (JSON.parse(response.body) as { result?: unknown }).result }
  }
  return {
    send,
    /** A visitor with a cart, a name and a message, in whose record one field was changed. */
    damaged: async (field: string, text: string) => {
      const { cookie } = await send(undefined, (session) => {
        session.set('cart', ['tea']).set('name', 'Ada')
        session.flash.set('notice', 'saved')
      })
      await made.damage(recordKey(valueOf(cookie)), field, text)
      return cookie
    },
  }
}

const DAMAGED = ['{"a":', '', '\u0000\u0001\u{FFFD}', '[1', 'undefined']

describe.each(Object.keys(kinds))('damage in %s', (kind) => {
  test.each([
    ['m:createdAt', '{'],
    ['m:createdAt', ''],
    ['m:seenAt', '"soon"'],
    ['m:lifetime', '1e300'],
    ['m:lifetime', '-5'],
    ['m:dataVersion', '1.5'],
    ['m:dataVersion', '0'],
    ['m:layout', ''],
    ['m:layout', '1e3'],
    ['m:layout', '0x10'],
    ['n:replacedUntil', '\u0000'],
  ])('of a record is no session, with one event: %s = %j [A8]', async (field, text) => {
    const { send, damaged } = worldOf(kind)
    const cookie = await damaged(field, text)
    using events = listen()
    const { status, result } = await send(cookie, (session) => session.isNew)
    expect([status, result]).toEqual([200, true])
    expect(events.heard()).toEqual(['fresh/corrupt', 'refused/corrupt'])
    // Login and logout work, and the visitor goes on.
    const login = await send(cookie, (session) => session.set('name', 'Bob'))
    expect((await send(login.cookie, (session) => session.get('name'))).result).toBe('Bob')
    expect((await send(cookie, (session) => session.destroy())).status).toBe(200)
  })

  test.each(DAMAGED)(
    'of a value is an error to catch, in a session that works: %j [A8]',
    async (text) => {
      const { send, damaged } = worldOf(kind)
      const cookie = await damaged('d:cart', text)
      using events = listen()
      const failing: Record<string, (session: Session) => unknown> = {
        get: (session) => session.get('cart'),
        update: (session) => session.update('cart', () => []),
        toObject: (session) => session.toObject(),
        entries: (session) => session.entries(),
        values: (session) => session.values(),
        iteration: (session) => [...session],
      }
      const { status, result } = await send(cookie, (session) =>
        Object.entries(failing).map(([name, read]) => {
          try {
            return [name, read(session)]
          } catch (error) {
            const { code, path } = error as SessionUsageError
            return [name, error instanceof SessionUsageError, code, path]
          }
        }),
      )
      expect(status).toBe(200)
      expect(result).toEqual(
        Object.keys(failing).map((name) => [name, true, 'SESSION_DATA', 'cart']),
      )
      expect(events.heard()).toEqual(['loaded/live', 'corrupt/data'])
      // The rest can be read, and everything can be written.
      const other = await send(cookie, (session) => {
        session.set('visits', 1)
        return [session.get('name'), session.keys(), session.has('cart')]
      })
      expect(other.result).toEqual(['Ada', ['cart', 'name', 'visits'], true])
      await send(cookie, (session) => session.set('cart', ['mug']))
      const healed = await send(cookie, (session) => session.toObject())
      expect(healed.result).toEqual({ cart: ['mug'], name: 'Ada', visits: 1 })
    },
  )

  test('of a value does not keep anybody from logging in or out [A8]', async () => {
    const { send, damaged } = worldOf(kind)
    const cookie = await damaged('d:cart', '{')
    const renewed = await send(cookie, (session) => session.regenerate())
    expect(renewed.status).toBe(200)
    const removed = await send(renewed.cookie, (session) => session.delete('cart'))
    expect(removed.result).toBe(true)
    expect((await send(renewed.cookie, (session) => session.toObject())).result).toEqual({
      name: 'Ada',
    })
    expect((await send(renewed.cookie, (session) => session.destroy())).status).toBe(200)
    expect((await send(renewed.cookie, (session) => session.isNew)).result).toBe(true)
  })

  test('of a value that is taken is an error once, and the value is gone [A8]', async () => {
    const { send, damaged } = worldOf(kind)
    const cookie = await damaged('d:cart', '[')
    using events = listen()
    const take: Act = async (session) =>
      session.take('cart').catch((error: SessionUsageError) => error.code)
    expect((await send(cookie, take)).result).toBe('SESSION_DATA')
    expect(events.heard()).toContain('corrupt/data')
    expect((await send(cookie, take)).result).toBeNull()
  })

  test.each(DAMAGED)('of a message: it was not left, and is used up: %j [A8]', async (text) => {
    const { send, damaged } = worldOf(kind)
    const cookie = await damaged('f:notice', text)
    using events = listen()
    const read: Act = (session) => session.flash.get('notice')
    expect((await send(cookie, read)).result).toBeNull()
    expect(events.heard()).toEqual(['loaded/live', 'corrupt/flash', 'changed/written'])
    expect((await send(cookie, read)).result).toBeNull()
    expect(events.heard()).toEqual(['loaded/live'])
    await send(cookie, (session) => session.flash.set('notice', 'again'))
    expect((await send(cookie, read)).result).toBe('again')
  })

  test('with a schema is no session, told to onWarning, and stays as it is [A8]', async () => {
    const warnings: string[] = []
    const schema: NonNullable<SessionsOptions['schema']> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (data) => ({ value: data as Record<string, unknown> }),
      },
    }
    const { send, damaged } = worldOf(kind, {
      schema,
      onWarning: (error) => warnings.push(error.message),
    })
    const cookie = await damaged('d:cart', '{"secret":')
    warnings.length = 0
    using events = listen()
    const { status, result } = await send(cookie, (session) => session.isNew)
    expect([status, result]).toEqual([200, true])
    expect(events.heard()).toEqual(['corrupt/data', 'fresh/corrupt', 'refused/corrupt'])
    expect(warnings).toEqual([
      "cannot read the stored session value 'cart' back: its text is damaged.",
    ])
    const login = await send(cookie, (session) => session.set('name', 'Bob'))
    expect((await send(login.cookie, (session) => session.get('name'))).result).toBe('Bob')
    expect((await send(cookie, (session) => session.destroy())).status).toBe(200)
  })

  test('a planted value named id is dropped by a schema that does not know it [A8]', async () => {
    const schema: NonNullable<SessionsOptions['schema']> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (data) => ({ value: { name: (data as { name?: string }).name } }),
      },
    }
    const { send, damaged } = worldOf(kind, { schema })
    const cookie = await damaged('d:id', '"planted"')
    const { status, result } = await send(cookie, (session) => session.toObject())
    expect([status, result]).toEqual([200, { name: 'Ada' }])
    expect((await send(cookie, (session) => session.size)).result).toBe(1)
  })

  test('a record larger than the store writes is no session [A8]', async () => {
    const { send, damaged } = worldOf(kind)
    const cookie = await damaged('d:cart', `"${'x'.repeat(2 ** 20 + 2 ** 15)}"`)
    using events = listen()
    expect((await send(cookie, (session) => session.isNew)).result).toBe(true)
    expect(events.heard()).toEqual(['fresh/too-large', 'refused/too-large'])
  })

  test('a record of exactly the size that is opened is a session, and one character more is none [A8]', async () => {
    const { send, damaged } = worldOf(kind)
    // Name and message take 32 characters, with the names of all three and the quotes of the cart.
    const most = 2 ** 20 + 2 ** 14 - 34
    for (const [size, isNew] of [
      [most, false],
      [most + 1, true],
    ] as const) {
      const cookie = await damaged('d:cart', `"${'x'.repeat(size)}"`)
      expect((await send(cookie, (session) => session.isNew)).result).toBe(isNew)
    }
  })
})

test('what a serializer cannot read is an error to catch as well [A8]', async () => {
  const serializer: Serializer = {
    stringify: (given) => `=${JSON.stringify(given)}`,
    parse: (text) => {
      if (!text.startsWith('=')) throw new RangeError('not mine')
      return JSON.parse(text.slice(1)) as unknown
    },
  }
  const { send, damaged } = worldOf(overBackend(new MemoryBackend(), serializer))
  const cookie = await damaged('d:cart', '["tea"]')
  const { result } = await send(cookie, (session) => {
    try {
      return session.get('cart')
    } catch (error) {
      session.set('cart', ['mug'])
      return (error as SessionUsageError).code
    }
  })
  expect(result).toBe('SESSION_DATA')
  expect((await send(cookie, (session) => session.get('cart'))).result).toEqual(['mug'])
})

test.each(['          ', '000000000x', '0000000000', '-000000001', '1.00000000', '0x00000001'])(
  'a version in Redis that the backend did not count is no session: %j [A8]',
  async (version) => {
    const { send } = worldOf('Redis')
    const { cookie } = await send(undefined, (session) => session.set('name', 'Ada'))
    const key = `session:${recordKey(valueOf(cookie))}`
    const value = (await redis.get(key))!
    await redis.set(key, version + value.slice(version.length))
    using events = listen()
    expect((await send(cookie, (session) => session.isNew)).result).toBe(true)
    expect(events.heard()).toEqual(['fresh/corrupt', 'refused/corrupt'])
    expect((await send(cookie, (session) => session.destroy())).status).toBe(200)
    const next = await send(cookie, (session) => session.set('name', 'Bob'))
    expect((await send(next.cookie, (session) => session.get('name'))).result).toBe('Bob')
  },
)

test('a newer layout is a 503 as before: another server understands it [A8]', async () => {
  const { send, damaged } = worldOf('memory')
  const cookie = await damaged('m:layout', '2')
  expect((await send(cookie)).status).toBe(503)
})
