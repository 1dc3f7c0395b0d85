import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { value } from '../../../src/di/index.js'
import { App, route } from '../../../src/http/index.js'
import { EncryptedSeal } from '../../../src/sessions/cookie-store/seal.js'
import { KeyRing } from '../../../src/sessions/cookie-store/key-ring.js'
import { recordKey, newSessionId } from '../../../src/sessions/session/session-id.js'
import { RedisStore } from '../../../src/sessions/redis/index.js'
import { CookieStore, Session, sessions, UserSessions } from '../../../src/sessions/index.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { eventWorld, listen, valueOf } from './event-world.js'
import { newSecret } from '../secrets.js'
import { gate } from '../server-store/server-store-suite.js'
import { expectWarnings } from '../expect-warnings.js'
import { NAME, open, overCookie, overMemory, overRedis, type Open } from './opened-stores.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

describe('the events of a CookieStore', () => {
  const secret = newSecret()
  const withSecret =
    (...secrets: string[]): Open =>
    (options) => {
      const store = new CookieStore({ secret: secrets, ...options })
      return { ...overMemory(), store }
    }
  const ring = new KeyRing([secret], {
    purpose: 'session-cookie-encrypted',
    application: '',
    name: NAME,
  })
  const sealed = (content: string) => new EncryptedSeal(ring).seal(Buffer.from(content))

  test('every bad cookie gets the same response, and an event with its own reason [TA-20, TA-11, TA-17, LG-09, KR-06]', async () => {
    await using world = open(withSecret(secret), { idleTimeout: 100 })
    await using foreign = open(withSecret(newSecret()))
    const good = valueOf(await world.visitor())
    const last = good.at(-5) === 'A' ? 'B' : 'A'
    const none = await world.visit(undefined)
    world.time.now += 100_000
    const bad = {
      tampered: `${good.slice(0, -5)}${last}${good.slice(-4)}`,
      malformed: `${good}!`,
      'unknown-version': `f${good.slice(1)}`,
      'unknown-key': valueOf(await foreign.visitor()),
      corrupt: sealed('null'),
      'expired-idle': good,
    }
    world.heard()
    for (const [reason, text] of Object.entries(bad)) {
      expect(await world.visit(`${NAME}=${text}`), reason).toEqual({
        ...none,
        cookie: expect.any(String),
      })
      expect(world.events.every((event) => /^[\w-]{22}$/.test(event.session ?? ''))).toBe(true)
      // The two worlds of this test listen to one channel.
      foreign.heard()
      expect(world.heard()).toEqual([`fresh/${reason}`, `refused/${reason}`])
    }
  })

  test('cookies of an old key are counted, resealed, and refused when it is gone [KR-04, KR-06]', async () => {
    const [old, next] = [newSecret(), newSecret()]
    const before = open(withSecret(old))
    const cookie = await before.visitor()
    await before[Symbol.asyncDispose]()
    await using during = open(withSecret(next, old))
    const { cookie: resealed } = await during.visit(cookie)
    expect(during.heard()).toEqual(['loaded/old-key', 'resealed/old-key'])
    await during.visit(cookie, (session) => session.set('cart', []))
    expect(during.heard()).toEqual(['loaded/old-key', 'changed/written', 'resealed/old-key'])
    await during.visit(cookie, (session) => session.destroy())
    expect(during.heard()).toEqual(['loaded/old-key', 'destroyed/asked'])
    await during.visit(resealed)
    expect(during.heard()).toEqual(['loaded/live'])
    await using after = open(withSecret(next))
    await after.visit(cookie)
    expect(after.heard()).toEqual(['fresh/unknown-key', 'refused/unknown-key'])
  })

  test('the copy of a cookie whose session was destroyed is an event, with the hash of its session [FX-10, LO-05]', async () => {
    await using world = open(overCookie)
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    const created = world.events.at(-1)
    await world.visit(cookie, (session) => session.destroy())
    world.heard()
    await world.visit(cookie)
    expect(world.events.map(({ session }) => session)).toEqual(Array(2).fill(created?.session))
    expect(world.heard()).toEqual(['fresh/revoked', 'refused/revoked'])
  })

  test('a regenerate after a logout of another request is an event "lost" [RA-06]', async () => {
    await using world = open(overCookie)
    const cookie = await world.visitor()
    await world.visit(cookie, async (session) => {
      await world.visit(cookie, (other) => other.destroy())
      session.regenerate()
    })
    expect(world.heard()).toEqual(['loaded/live', 'loaded/live', 'destroyed/asked', 'lost/gone'])
  })

  test('a session that does not fit is a failed dump [CE-05]', async () => {
    const policy = { onWarning: expectWarnings('SESSION_TOO_LARGE') }
    await using world = open(overCookie, {}, policy)
    await world.visit(undefined, (session) => session.set('big', 'x'.repeat(5000)))
    expect(world.heard()).toEqual(['fresh/no-cookie', 'failed/dump/SESSION_TOO_LARGE'])
  })
})

describe.each([
  ['BackendStore', overMemory],
  ['RedisStore', overRedis(() => server)],
])('the events of a server-side store: %s', (_, opener) => {
  test('every bad id gets the same response, and an event with its own reason [TA-20, LG-09, EX-09]', async () => {
    await using world = open(opener, { idleTimeout: 100, regenerateGrace: 10 })
    const none = await world.visit(undefined)
    const replaced = await world.visitor()
    await world.visit(replaced, (session) => session.regenerate())
    world.time.now += 20_000
    const expired = await world.visitor()
    world.time.now += 90_000
    const [withoutTimes, notJson] = [newSessionId(), newSessionId()]
    await world.backend.create(recordKey(withoutTimes), '6.5:d:user"ada"', 60_000)
    await world.backend.create(recordKey(notJson), '{"m:createdAt":1}', 60_000)
    world.time.now += 10_000
    world.heard()
    for (const [id, reason] of [
      ['../../etc/passwd', 'malformed'],
      [newSessionId(), 'unknown'],
      [withoutTimes, 'corrupt'],
      [notJson, 'corrupt'],
      [valueOf(expired), 'expired-idle'],
    ]) {
      expect(await world.visit(`${NAME}=${id}`), reason).toEqual({
        ...none,
        cookie: expect.any(String),
      })
      expect(world.heard()).toEqual([`fresh/${reason}`, `refused/${reason}`])
    }
  })

  test('a replaced id reads for the grace, and is a security event afterwards [RA-08]', async () => {
    await using world = open(opener, { regenerateGrace: 10 })
    const cookie = await world.visitor()
    await world.visit(cookie, (session) => session.regenerate())
    const renewed = world.events.at(-1)
    world.heard()
    world.time.now += 9_999
    await world.visit(cookie)
    expect(world.heard()).toEqual(['loaded/replaced'])
    world.time.now += 1
    await world.visit(cookie)
    expect(world.events.map(({ session }) => session)).toEqual(Array(2).fill(renewed?.previous))
    expect(world.heard()).toEqual(['fresh/replaced', 'refused/replaced'])
  })

  test('a late writer loses what it wrote to a logout, and the event says whose [RA-03, RA-06]', async () => {
    await using world = open(opener)
    const cookie = await world.visitor()
    for (const write of [
      (session: Session) => void session.set('cart', []),
      (session: Session) => void session.update('cart', () => []),
      (session: Session) => session.regenerate(),
    ]) {
      const live = await world.visitor()
      const hold = gate()
      const slow = world.visit(live, async (session) => {
        await hold.pass()
        write(session)
      })
      await hold.waited
      await world.visit(live, (session) => session.destroy())
      const destroyed = world.events.at(-1)
      hold.open()
      await slow
      expect(world.events.at(-1)).toMatchObject({ type: 'lost', session: destroyed?.session })
      expect(world.heard()).toEqual(['loaded/live', 'loaded/live', 'destroyed/asked', 'lost/gone'])
    }
    await world.visit(cookie)
    expect(world.heard()).toEqual(['loaded/live'])
  })

  test('writes of different keys that meet are merged, and that is no conflict', async () => {
    await using world = open(opener, { clock: Date.now })
    const cookie = await world.visitor()
    await world.visit(cookie, async (session) => {
      session.set('a', 1)
      await world.visit(cookie, (other) => void other.set('b', 1))
    })
    expect(world.heard()).toEqual([
      'loaded/live',
      'loaded/live',
      'changed/written',
      'changed/written',
    ])
  })

  test('conflicts are events, those that were settled and those that failed a request [RA-02, RA-09]', async () => {
    await using world = open(opener, { clock: Date.now })
    const cookie = await world.visitor()
    const add = (session: Session) => void session.update('n', (n: number = 0) => n + 1)
    await world.visit(cookie, async (session) => {
      add(session)
      await world.visit(cookie, add)
    })
    expect(world.heard()).toEqual([
      'loaded/live',
      'loaded/live',
      'changed/written',
      'conflicted/retried',
      'changed/written',
    ])
    const { status } = await world.visit(cookie, async (session) => {
      add(session)
      await world.visit(cookie, (other) => other.regenerate())
    })
    expect(status).toBe(503)
    expect(world.heard().slice(2)).toEqual([
      'regenerated/asked',
      'conflicted/retried',
      'conflicted/replaced',
    ])
  })

  test('two sessions with one id are a failed dump, for the generator repeats itself [LG-09]', async () => {
    const id = newSessionId()
    await using world = open(opener, { newId: () => id })
    await world.visit(undefined, (session) => session.set('user', 'ada'))
    world.heard()
    const { status } = await world.visit(undefined, (session) => session.set('user', 'eve'))
    expect(status).toBe(503)
    expect(world.heard()).toEqual(['fresh/no-cookie', 'failed/dump/id-taken'])
  })

  test('a session that its user revokes from another one is an event, with the hash of its id [LO-07]', async () => {
    const { store, components, stop } = opener()
    const app = new App({
      components: [sessions(store), ...components],
      routes: [
        route.post('/login', [Session], (session) => session.bind('user-7')),
        route.post('/revoke', [UserSessions], (ofUser) => ofUser.revokeOthers()),
      ],
    })
    const post = (path: string, cookie = '') =>
      app.fetch(new Request(`https://shop.test${path}`, { method: 'POST', headers: { cookie } }))
    using listening = listen()
    await post('/login')
    const other = listening.events.at(-1)
    const login = await post('/login')
    listening.heard()
    await post('/revoke', login.headers.getSetCookie()[0]?.split(';')[0])
    expect(listening.events.at(-1)).toMatchObject({
      session: other?.session,
      duration: undefined,
    })
    expect(listening.heard()).toEqual(['loaded/live', 'destroyed/revoked'])
    await app.close()
    stop()
  })
})

test('a list under the key of a session is a corrupt record, and stays as it is [RF-16]', async () => {
  const client = new Redis(server.port)
  using listening = listen()
  const world = eventWorld(new RedisStore({ prefix: 'list:' }), {}, [value(Redis, client)])
  const id = newSessionId()
  await client.rpush(`list:${recordKey(id)}`, 'not ours')
  await world.visit(`${NAME}=${id}`, (session) => session.set('user', 'ada'))
  expect(listening.heard()).toEqual(['fresh/corrupt', 'refused/corrupt', 'created/written'])
  expect(await client.lrange(`list:${recordKey(id)}`, 0, -1)).toEqual(['not ours'])
  await world.stop()
  client.disconnect()
})
