import { Cookies, Session, SessionLostError } from 'ingot'
import { resolve } from 'ingot/testing'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { startRedis } from '../../test/support/redis-server.js'
import { RedisHashStore } from './redis-hash-store.js'

/** A store and a real Redis of the test's own. */
async function open() {
  const server = await startRedis()
  const redis = new Redis(server.url)
  onTestFinished(async () => {
    redis.disconnect()
    await server.stop()
  })
  const store = new RedisHashStore()
  return {
    redis,
    load: (id?: string) => {
      const cookies = new Cookies(id === undefined ? '' : `__Host-session=${id}`)
      return resolve(
        [store, 'load'],
        [
          [Cookies, cookies],
          [Redis, redis],
        ],
      )
    },
    dump: (session: Session) => {
      return resolve(
        [store, 'dump'],
        [
          [Session, session],
          [Redis, redis],
        ],
      )
    },
    /** Everything in Redis, without how long it lives. */
    async rows() {
      const keys = await redis.keys('*')
      return Promise.all(keys.map((key) => redis.hgetall(key)))
    },
  }
}

/** Stores a new session with this data and gives its id, as a first request does. */
async function store({ load, dump }: Awaited<ReturnType<typeof open>>, data: object) {
  const session = await load()
  for (const [key, value] of Object.entries(data)) session.set(key, value)
  return (await dump(session))!.value
}

test('what was dumped is loaded again: numbers, lists, objects and false as they were', async () => {
  const world = await open()
  const data = { n: 1, ok: false, none: null, list: ['a', { b: 2 }], since: 'mine', text: '"ü' }
  const id = await store(world, data)
  const session = await world.load(id)
  expect(session.toObject()).toEqual(data)
  expect(session.id).toBe(id)
  expect(session.isNew).toBe(false)
})

test('the cookie has every flag and lives as long as the browser', async () => {
  const { load, dump } = await open()
  const session = (await load()).set('n', 1)
  expect(String(await dump(session))).toBe(
    `__Host-session=${session.id}; Path=/; HttpOnly; Secure; SameSite=Lax`,
  )
})

test('the key has a prefix and shows nothing of the id, and it expires', async () => {
  const world = await open()
  const id = await store(world, { n: 1 })
  const [key] = await world.redis.keys('*')
  expect(key).toMatch(/^custom-session:[\w-]{43}$/)
  expect(key).not.toContain(id)
  expect(await world.redis.ttl(key!)).toBe(1800)
})

test('activity is noted once in three minutes, and renews the idle time', async () => {
  const world = await open()
  const id = await store(world, { n: 1 })
  const [key] = await world.redis.keys('*')
  const seenAgo = async (seconds: number) => {
    await world.redis.hset(key!, 'm:seenAt', Date.now() - seconds * 1000)
    await world.redis.expire(key!, 5)
    await world.dump(await world.load(id))
    return world.redis.ttl(key!)
  }
  expect(await seenAgo(170)).toBe(5)
  expect(await seenAgo(180)).toBe(1800)
})

test.each([
  ['half an hour without a request', 'm:seenAt', 30 * 60],
  ['eight hours, however busy it is', 'm:createdAt', 8 * 60 * 60],
])('a session ends after %s', async (_, field, seconds) => {
  const world = await open()
  const id = await store(world, { n: 1 })
  const [key] = await world.redis.keys('*')
  await world.redis.hset(key!, field, Date.now() - seconds * 1000)
  expect((await world.load(id)).isNew).toBe(true)
})

test('the user, the lifetime and the messages are kept as well', async () => {
  const world = await open()
  const session = await world.load(await store(world, { n: 1 }))
  session.bind('ada', { label: 'a browser' })
  session.remember(86_400)
  session.flash.set('notice', 'Welcome.')
  const cookie = (await world.dump(session))!
  expect(cookie.attributes.maxAge).toBe(86_400)
  const again = await world.load(cookie.value)
  expect([again.userId, again.lifetime, again.get('n')]).toEqual(['ada', 86_400, 1])
  expect(again.flash.get('notice')).toBe('Welcome.')
  await world.dump(again)
  expect((await world.load(cookie.value)).flash.get('notice')).toBeUndefined()
})

test('a visit that writes nothing stores nothing and sets no cookie [CP-01]', async () => {
  const { load, dump, rows } = await open()
  const session = await load()
  session.get('n')
  expect(await dump(session)).toBeUndefined()
  expect(await rows()).toEqual([])
})

test('a session that was only read is not written and sets no cookie', async () => {
  const world = await open()
  const session = await world.load(await store(world, { n: 1 }))
  await world.redis.flushall()
  expect(await world.dump(session)).toBeUndefined()
  expect(await world.rows()).toEqual([])
})

test('a removed key leaves no field behind', async () => {
  const world = await open()
  const session = await world.load(await store(world, { username: 'ada', n: 1 }))
  session.delete('username')
  await world.dump(session)
  const [row] = await world.rows()
  expect(Object.keys(row!).filter((field) => field.startsWith('d:'))).toEqual(['d:n'])
})

test('without any key left a session is empty and still itself [LO-08]', async () => {
  const world = await open()
  const id = await store(world, { username: 'ada' })
  const session = await world.load(id)
  session.clear()
  await world.dump(session)
  const again = await world.load(id)
  expect(again.toObject()).toEqual({})
  expect(again.isNew).toBe(false)
})

test.each([
  ['another key', 'user:1'],
  ['a path', '../../etc/passwd'],
  ['a pattern', '*'],
  ['line breaks', '%0D%0AFLUSHALL'],
  ['nothing', ''],
  ['one character more', 'x'.repeat(44)],
  ['quotes', `"${'x'.repeat(43)}"`],
])('a cookie with %s never reaches Redis [TA-15]', async (_, id) => {
  // A Redis that nothing can be asked of.
  const redis = Object.create(Redis.prototype, { hgetall: { value: () => expect.fail() } }) as Redis
  // #region resolve
  const store = new RedisHashStore()
  const cookies = new Cookies(`__Host-session=${id}`)
  const session = await resolve(
    [store, 'load'],
    [
      [Cookies, cookies],
      [Redis, redis],
    ],
  )
  expect(session.isNew).toBe(true)
  // #endregion
})

test('the hash of somebody else is not a session, whatever the cookie says', async () => {
  const { redis, load } = await open()
  const id = 'x'.repeat(43)
  await redis.hset(id, { id, role: 'admin' })
  await redis.hset(`custom-session:${id}`, { id, role: 'admin', since: '1' })
  expect((await load(id)).toObject()).toEqual({})
})

test('an id that the visitor made up is never adopted [FX-01]', async () => {
  const { load, dump, rows } = await open()
  const planted = 'x'.repeat(43)
  const session = (await load(planted)).set('n', 1)
  expect((await dump(session))!.value).not.toBe(planted)
  expect((await load(planted)).isNew).toBe(true)
  expect(await rows()).toHaveLength(1)
})

test('two requests that change different keys both win', async () => {
  const world = await open()
  const id = await store(world, { a: 1, b: 1 })
  const [one, other] = [await world.load(id), await world.load(id)]
  await world.dump(one.set('a', 2))
  await world.dump(other.set('b', 2))
  expect((await world.load(id)).toObject()).toEqual({ a: 2, b: 2 })
})

test('a new id takes the data along, and the old one is dead at once [FX-04]', async () => {
  const world = await open()
  const before = await store(world, { n: 1 })
  const session = await world.load(before)
  session.regenerate()
  const after = (await world.dump(session))!.value
  expect(after).not.toBe(before)
  expect((await world.load(after)).toObject()).toEqual({ n: 1 })
  expect((await world.load(before)).isNew).toBe(true)
  // Where it went, for a logout under way with the old id.
  expect(await world.rows()).toContainEqual({ successor: expect.any(String) })
})

test('a destroyed session is gone, and so is its cookie [LO-01]', async () => {
  const world = await open()
  const id = await store(world, { username: 'ada' })
  const session = await world.load(id)
  session.destroy()
  expect(String(await world.dump(session))).toBe(
    '__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
  )
  expect(await world.rows()).toEqual([])
})

test('what is written after destroy is another session [LO-02]', async () => {
  const world = await open()
  const id = await store(world, { username: 'ada' })
  const session = await world.load(id)
  session.destroy()
  session.set('n', 1)
  const next = (await world.dump(session))!.value
  expect(next).not.toBe(id)
  expect(await world.rows()).toEqual([expect.objectContaining({ 'd:n': '1' })])
})

test('a slow request cannot bring a session back that was logged out, and is told [RA-03, A1]', async () => {
  const world = await open()
  const id = await store(world, { username: 'ada' })
  const [slow, renewing, logout] = await Promise.all([
    world.load(id),
    world.load(id),
    world.load(id),
  ])
  logout.destroy()
  await world.dump(logout)
  await expect(world.dump(slow.set('n', 1))).rejects.toThrow(SessionLostError)
  renewing.regenerate()
  await expect(world.dump(renewing)).rejects.toThrow(SessionLostError)
  expect(await world.rows()).toEqual([])
})

test('a logout at the same time as a new id leaves neither alive, whoever is first [R5, RA-03]', async () => {
  const world = await open()
  for (const order of ['new id first', 'logout first', 'at once']) {
    const id = await store(world, { username: 'ada' })
    const [renewing, logout] = [await world.load(id), await world.load(id)]
    renewing.regenerate()
    logout.destroy()
    const told = (error: unknown) => expect(error).toBeInstanceOf(SessionLostError)
    const dumps = [() => world.dump(renewing).catch(told), () => world.dump(logout)]
    if (order === 'logout first') dumps.reverse()
    if (order === 'at once') await Promise.all(dumps.map((dump) => dump()))
    else for (const dump of dumps) await dump()
    for (const each of [id, renewing.id]) expect((await world.load(each)).isNew).toBe(true)
    expect(await world.rows()).toEqual([])
  }
})

test('two logouts at the same time are as good as one', async () => {
  const world = await open()
  const id = await store(world, { username: 'ada' })
  const [one, other] = [await world.load(id), await world.load(id)]
  one.destroy()
  other.destroy()
  await Promise.all([world.dump(one), world.dump(other)])
  expect(await world.rows()).toEqual([])
})
