import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { value } from '../../../src/di/index.js'
import { recordKey } from '../../../src/sessions/session/session-id.js'
import { RedisBackend, RedisStore } from '../../../src/sessions/redis/index.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { idOf, overRedis, visitors, type Act } from '../server-store/server-store-suite.js'
import { commandsOf } from './commands-of.js'

let server: RedisServer
let admin: Redis
beforeAll(async () => {
  server = await startRedis()
  admin = new Redis(server.port)
})
afterAll(async () => {
  admin.disconnect()
  await server.stop()
})

const open = overRedis(() => server, 'session:')

describe('RedisStore', () => {
  test('a request that reads is one command, one that writes two, one without a session none', async () => {
    await using world = await visitors(open)
    const cookie = await world.visitor()
    // Each script is sent in full once per connection.
    await world.visit(cookie, (session) => session.set('n', 0))
    expect(
      await commandsOf(admin, () => world.visit(undefined, (session) => session.get('n'))),
    ).toEqual([])
    expect(await commandsOf(admin, () => world.dataOf(cookie))).toEqual(['get'])
    const write = () => world.visit(cookie, (session) => session.update('n', (n: number) => n + 1))
    expect(await commandsOf(admin, write)).toEqual(['get', 'evalsha'])
    const visit = () => world.visit(undefined, (session) => session.set('a', 1))
    expect(await commandsOf(admin, visit)).toEqual(['evalsha'])
    const same = () => world.visit(cookie, (session) => session.set('n', 1))
    expect(await commandsOf(admin, same)).toEqual(['get'])
  })

  test('1,000 reads of one session touch it once per touchInterval [EX-10]', async () => {
    let now = 1_700_000_000_000
    await using world = await visitors(open, {
      clock: () => now,
      idleTimeout: 10,
      touchInterval: 1,
    })
    const cookie = await world.visitor()
    now += 1
    const names = await commandsOf(admin, async () => {
      for (let batch = 0; batch < 20; batch++) {
        now += 51
        await Promise.all(Array.from({ length: 50 }, () => world.dataOf(cookie)))
      }
    })
    // 50 that arrive together travel together.
    expect(names.filter((name) => name === 'mget')).toHaveLength(20)
    expect(names.filter((name) => name.startsWith('eval')).length).toBe(1)
  })

  test('the timeouts hold even when somebody removed the expiry of the key [EX-06]', async () => {
    let now = 1_700_000_000_000
    await using world = await visitors(open, { clock: () => now, idleTimeout: 10 })
    const cookie = await world.visitor()
    await admin.persist(`session:${recordKey(idOf(cookie))}`)
    now += 10_000
    expect(await world.dataOf(cookie)).toEqual({})
  })

  test('the key expires with the session, even when the clock of this process is wrong [EX-14, EX-17]', async () => {
    for (const skew of [-600_000, 600_000]) {
      await using world = await visitors(open, { clock: () => Date.now() + skew, idleTimeout: 100 })
      const cookie = await world.visitor()
      const ttl = async () => (await admin.pttl(`session:${recordKey(idOf(cookie))}`)) / 1000
      expect(await ttl()).toBeCloseTo(100, -1)
      await world.visit(cookie, (session) => session.remember(1000))
      expect(await ttl()).toBeCloseTo(1000, -1)
      await world.visit(cookie, (session) => session.remember(undefined))
      expect(await ttl()).toBeCloseTo(100, -1)
    }
  })

  test('after FLUSHALL everybody is anonymous, nothing comes back, and a request under way is told [RF-04, RF-26, A1]', async () => {
    await using world = await visitors(open)
    const cookie = await world.visitor()
    const { status } = await world.visit(cookie, async (session) => {
      await admin.flushall()
      session.set('late', true)
    })
    expect(status).toBe(409)
    expect(await admin.dbsize()).toBe(0)
    expect(await world.dataOf(cookie)).toEqual({})
  })

  test('a key that holds something else is an anonymous visit, and stays as it is [RF-16]', async () => {
    await using world = await visitors(open)
    const id = 'A'.repeat(43)
    await admin.rpush(`session:${recordKey(id)}`, 'theirs')
    const { status, cookie } = await world.visit(`__Host-session=${id}`, (session) =>
      session.set('a', 1),
    )
    expect(status).toBe(200)
    expect(idOf(cookie)).not.toBe(id)
    expect(await admin.lrange(`session:${recordKey(id)}`, 0, -1)).toEqual(['theirs'])
  })

  test('when Redis is full, reads and logouts still work, and a write is a 503 [RF-11]', async () => {
    await using world = await visitors(open)
    const cookie = await world.visitor({ a: 1 })
    await admin.config('SET', 'maxmemory', '1')
    try {
      expect(await world.dataOf(cookie)).toEqual({ a: 1 })
      expect(await world.visit(cookie, (session) => session.set('b', 2))).toMatchObject({
        status: 503,
        retryAfter: '1',
        setCookies: [],
      })
      expect((await world.visit(cookie, (session) => session.touch())).status).toBe(200)
      expect((await world.visit(cookie, (session) => session.destroy())).status).toBe(200)
      expect(await world.dataOf(cookie)).toEqual({})
    } finally {
      await admin.config('SET', 'maxmemory', '0')
    }
  })

  test('a Redis user with only the documented commands and keys is enough for everything [RF-32]', async () => {
    const connection = ['hello', 'info', 'quit', 'time', 'eval', 'evalsha']
    const record = ['get', 'mget', 'set', 'getdel', 'getrange', 'setrange', 'pexpire']
    const index = ['zadd', 'zrem', 'zrangebyscore', 'zrevrange', 'zremrangebyscore', 'pexpireat']
    const allowed = [...connection, ...record, ...index].map((name) => `+${name}`)
    await admin.acl('SETUSER', 'shop', 'on', '>password', '~session:*', '-@all', ...allowed)
    const client = new Redis(server.port, { username: 'shop', password: 'password' })
    await using world = await visitors(async (options) => ({
      store: new RedisStore(options),
      backend: new RedisBackend(client),
      components: [value(Redis, client)],
      stop: async () => client.disconnect(),
    }))
    const first = await world.visitor({ code: 1 })
    const acts: Act[] = [
      (session) => session.set('a', 1),
      (session) => session.update('n', (n: number | undefined) => (n ?? 0) + 1),
      (session) => session.take('code'),
      (session) => session.delete('a'),
      (session) => session.touch(),
      (session) => session.clear(),
    ]
    for (const act of acts) expect((await world.visit(first, act)).status).toBe(200)
    // Together, so that they travel together.
    const both = await Promise.all(
      [1, 2].map(() => world.visit(first, (session) => session.keys())),
    )
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    const { cookie, status } = await world.visit(first, (session) => session.bind('ada'))
    expect(status).toBe(200)
    const listed = await world.visit(cookie, async (_, ofUser) => (await ofUser.list()).length)
    expect(listed.result).toBe(1)
    expect((await world.visit(cookie, (_, ofUser) => ofUser.revokeAll())).result).toBe(1)
  })
})
