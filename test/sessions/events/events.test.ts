import { createHmac, randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Inject, token, value, type Component } from '../../../src/di/index.js'
import { App, Cookie, Cookies, HttpError, route } from '../../../src/http/index.js'
import { stateOf } from '../../../src/sessions/session/session-view.js'
import { EncryptedSeal } from '../../../src/sessions/cookie-store/seal.js'
import { KeyRing } from '../../../src/sessions/cookie-store/key-ring.js'
import { recordKey, newSessionId } from '../../../src/sessions/session/session-id.js'
import { RedisBackend, RedisStore } from '../../../src/sessions/redis/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  Session,
  sessions,
  UserSessions,
  SessionStore,
  SessionStoreError,
  type ServerStoreOptions,
  type SessionBackend,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { eventWorld, kindOf, listen, valueOf } from './event-world.js'
import { newSecret } from '../secrets.js'
import { gate } from '../server-store/server-store-suite.js'
import { expectWarnings } from '../expect-warnings.js'

const NAME = '__Host-session'
const START = 1_700_000_000_000

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

/** A store of one test; its backend has a clock of its own, so that records outlive what they hold. */
interface Opened {
  readonly store: SessionStore
  readonly backend: SessionBackend
  readonly components: readonly Component[]
  stop(): void
}
type Open = (options?: ServerStoreOptions) => Opened

const overMemory: Open = (options) => {
  const backend = new MemoryBackend({ now: () => START })
  return { store: new BackendStore(backend, options), backend, components: [], stop: () => {} }
}

const overRedis: Open = (options) => {
  const client = new Redis(server.port)
  const prefix = `${randomBytes(6).toString('hex')}:`
  return {
    store: new RedisStore({ ...options, prefix }),
    backend: new RedisBackend(client, { prefix }),
    components: [value(Redis, client)],
    stop: () => client.disconnect(),
  }
}

const overCookie: Open = (options) => {
  const backend = new MemoryBackend({ now: () => START })
  const store = new CookieStore({ secret: newSecret(), revocations: backend, ...options })
  return { store, backend, components: [], stop: () => {} }
}

/** An application over a store, with a clock that the test moves. */
function open(opener: Open, options: ServerStoreOptions = {}, policy = {}) {
  const time = { now: START }
  const { store, backend, components, stop } = opener({ clock: () => time.now, ...options })
  const world = eventWorld(store, policy, components)
  const listening = listen()
  return {
    ...world,
    ...listening,
    backend,
    time,
    visitor: async () => {
      const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
      listening.heard()
      return cookie as string
    },
    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]()
      await world.stop()
      stop()
    },
  }
}

describe.each([
  ['CookieStore', overCookie],
  ['BackendStore', overMemory],
  ['RedisStore', overRedis],
])('the events of a %s', (name, opener) => {
  test('the life of a session, from the first visit to the logout', async () => {
    await using world = open(opener)
    const { cookie } = await world.visit(undefined, (session) => session.set('cart', ['tea']))
    expect(world.heard()).toEqual(['fresh/no-cookie', 'created/written'])
    await world.visit(cookie, (session) => session.get('cart'))
    expect(world.heard()).toEqual(['loaded/live'])
    const written = await world.visit(cookie, (session) => session.set('cart', []))
    expect(world.heard()).toEqual(['loaded/live', 'changed/written'])
    const kept = await world.visit(written.cookie, (session) => session.remember(86_400))
    expect(world.heard()).toEqual(['loaded/live', 'changed/remembered'])
    const renewed = await world.visit(kept.cookie, (session) => session.regenerate())
    expect(world.heard()).toEqual(['loaded/live', 'regenerated/asked'])
    const login = await world.visit(renewed.cookie, (session) =>
      session.regenerate({ authenticated: true }),
    )
    expect(world.heard()).toEqual(['loaded/live', 'regenerated/authenticated'])
    await world.visit(login.cookie, (session) => session.destroy())
    expect(world.heard()).toEqual(['loaded/live', 'destroyed/asked'])
  })

  test('one hash for one id, in place of it', async () => {
    await using world = open(opener)
    const ids: string[] = []
    const { cookie } = await world.visit(undefined, (session) => {
      session.set('user', 'ada')
      ids.push(session.id)
    })
    const login = await world.visit(cookie, (session) => {
      session.bind('user-7')
      ids.push(session.id)
    })
    await world.visit(login.cookie, (session) => session.destroy())
    const [fresh, created, loaded, renewed, , destroyed] = world.events
    expect(fresh?.session).toBeUndefined()
    expect(created?.session).toMatch(/^[\w-]{22}$/)
    expect([loaded?.session, renewed?.previous]).toEqual([created?.session, created?.session])
    expect(destroyed?.session).toBe(renewed?.session)
    expect(renewed?.session).not.toBe(renewed?.previous)
    const told = JSON.stringify(world.events)
    for (const secret of [...ids, ...ids.map(recordKey), valueOf(cookie), 'ada', 'user-7']) {
      expect(told).not.toContain(secret)
    }
  })

  test('each says the class of the store, what is asked for, and how long it took', async () => {
    await using world = open(opener)
    await world.visit(undefined, (session) => session.set('user', 'ada'))
    const facts = {
      store: name,
      as: 'Session',
      session: undefined,
      previous: undefined,
      duration: expect.any(Number),
      operation: undefined,
    }
    expect(world.events).toEqual([
      { ...facts, type: 'fresh', reason: 'no-cookie' },
      { ...facts, type: 'created', reason: 'written', session: expect.any(String) },
    ])
  })

  test('with nobody listening, nothing is prepared', async () => {
    const { store, components, stop } = opener()
    const world = eventWorld(store, {}, components)
    let tell: unknown = 'not asked'
    await world.visit(undefined, (session) => void (tell = stateOf(session).emit))
    expect(tell).toBeUndefined()
    await world.stop()
    stop()
  })

  test('a login of a visitor without a session creates one, a logout with a write ends one and creates one', async () => {
    await using world = open(opener)
    const { cookie } = await world.visit(undefined, (session) => session.bind('user-7'))
    expect(world.heard()).toEqual(['fresh/no-cookie', 'created/authenticated'])
    await world.visit(cookie, (session) => {
      session.destroy()
      session.set('goodbye', true)
    })
    expect(world.heard()).toEqual(['loaded/live', 'destroyed/asked', 'created/written'])
  })

  test('a session that expires while the handler runs is an event, and so are the changes that are lost [EX-12]', async () => {
    await using world = open(opener, { idleTimeout: 100 })
    const cookie = await world.visitor()
    await world.visit(cookie, (session) => {
      session.set('cart', ['tea'])
      world.time.now += 100_000
    })
    expect(world.heard()).toEqual(['loaded/live', 'destroyed/expired', 'lost/expired'])
  })

  test('what a failed handler wrote is an event "lost", where that is the policy [ER-02]', async () => {
    await using world = open(opener, {}, { save: 'success' })
    const cookie = await world.visitor()
    await world.visit(cookie, (session) => {
      session.set('cart', ['tea'])
      throw new Error('no more tea')
    })
    expect(world.heard()).toEqual(['loaded/live', 'lost/handler-failed'])
    await world.visit(cookie, () => {
      throw new Error('no more tea')
    })
    expect(world.heard()).toEqual(['loaded/live'])
  })

  test('a session that has expired says which limit it has reached [EX-01, EX-05]', async () => {
    await using world = open(opener, { idleTimeout: 100, absoluteTimeout: 150 })
    const cookie = await world.visitor()
    world.time.now += 100_000
    await world.visit(cookie)
    expect(world.heard()).toEqual(['fresh/expired-idle', 'refused/expired-idle'])
    world.time.now += 50_000
    await world.visit(cookie)
    expect(world.heard()).toEqual(['fresh/expired-absolute', 'refused/expired-absolute'])
  })

  test('a header full of bad cookies is one fresh visit and four refusals [LG-06]', async () => {
    await using world = open(opener)
    const bad = Array.from({ length: 50 }, () => `${NAME}=${randomBytes(5).toString('hex')}!`)
    await world.visit(bad.join('; '))
    expect(world.heard()).toEqual(['fresh/malformed', ...Array(4).fill('refused/malformed')])
  })

  test('a planted cookie beside the good one is refused, and the good one loaded', async () => {
    await using world = open(opener)
    const cookie = await world.visitor()
    await world.visit(`${NAME}=planted; ${cookie}`)
    const [loaded, refused] = world.events
    expect(world.heard()).toEqual([
      'loaded/live',
      name === 'CookieStore' ? 'refused/unknown-version' : 'refused/malformed',
    ])
    expect(refused?.session).not.toBe(loaded?.session)
  })

  test('data that the schema refuses begins anew, and says so', async () => {
    await using world = open(
      opener,
      {},
      {
        onWarning: expectWarnings('SESSION_DATA'),
        schema: {
          '~standard': {
            version: 1,
            vendor: 'test',
            validate: (data: { user?: string }) =>
              data.user === 'ada' ? { issues: [{ message: 'no' }] } : { value: data },
          },
        },
      },
    )
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    const created = world.events.at(-1)
    world.heard()
    await world.visit(cookie)
    expect(world.events.map(({ session }) => session)).toEqual(Array(2).fill(created?.session))
    expect(world.heard()).toEqual(['fresh/schema', 'refused/schema'])
  })
})

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
  const sealed = (content: string) =>
    new EncryptedSeal(ring, JSON.stringify(['', NAME])).seal(Buffer.from(content))

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
  ['RedisStore', overRedis],
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

describe('a store that fails', () => {
  /** Over a backend one of whose verbs fails as the test says. */
  function failing(verb: keyof MemoryBackend, error: unknown, policy: SessionsOptions = {}) {
    const time = { now: START }
    const backend = new MemoryBackend({ now: () => START })
    const state = { isDown: false }
    const down = new Proxy(backend, {
      get: (target, name) => {
        if (state.isDown && name === verb) {
          return async () => {
            throw error
          }
        }
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    const listening = listen()
    const store = new BackendStore(down, { clock: () => time.now, touchInterval: 1 })
    const world = eventWorld(store, policy)
    return { ...world, ...listening, time, state }
  }

  test.each([
    ['a code', Object.assign(new Error('password'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['a reason of ours', new SessionStoreError('down', { reason: 'maintenance' }), 'maintenance'],
    ['no reason', new SessionStoreError('down'), 'unspecified'],
    ['an id for a reason', new SessionStoreError('x', { reason: newSessionId() }), 'error'],
    ['an id for a code', Object.assign(new Error('x'), { code: newSessionId() }), 'error'],
    ['a text for a name', Object.assign(new Error('x'), { name: 'GET key 7' }), 'error'],
    ['no error', 'down', 'error'],
    ['an HttpError', new HttpError(502), 'error'],
  ])('fails to load, with %s [RF-01, LG-07]', async (_, error, reason) => {
    using world = failing('read', error)
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    world.heard()
    world.state.isDown = true
    expect((await world.visit(cookie)).status).toBeGreaterThan(500)
    expect(world.heard()).toEqual([`failed/load/${reason}`])
  })

  test('fails to dump, and names the session when it was stored before [R3]', async () => {
    using world = failing('replace', Object.assign(new Error('full'), { code: 'ENOSPC' }))
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    const created = world.events.at(-1)
    world.heard()
    world.state.isDown = true
    await world.visit(cookie, (session) => session.set('user', 'eve'))
    expect(world.events.at(-1)?.session).toBe(created?.session)
    expect(world.heard()).toEqual(['loaded/live', 'failed/dump/ENOSPC'])
  })

  test('fails to note activity, and the visitor is served [ER-08]', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' })
    using world = failing('touch', full, { onWarning: expectWarnings('SESSION_STORE') })
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    world.heard()
    world.state.isDown = true
    world.time.now += 1000
    expect((await world.visit(cookie)).status).toBe(200)
    expect(world.heard()).toEqual(['loaded/live', 'failed/touch/ENOSPC'])
  })

  test('fails to take', async () => {
    using world = failing('replace', Object.assign(new Error('full'), { code: 'ENOSPC' }))
    const { cookie } = await world.visit(undefined, (session) => session.set('code', 7))
    world.heard()
    world.state.isDown = true
    await world.visit(cookie, (session) => session.take('code'))
    expect(world.heard()).toEqual(['loaded/live', 'failed/take/ENOSPC'])
  })

  test('fails to list the sessions of a user', async () => {
    const backend = new MemoryBackend()
    const index = { ...backend.index, list: () => Promise.reject(new Error('no')) }
    const down = new Proxy(backend, {
      get: (target, name) => {
        if (name === 'index') return index
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    const app = new App({
      components: [sessions(new BackendStore(down))],
      routes: [route.get('/', [UserSessions], (ofUser) => ofUser.list('user-7'))],
      onError: () => {},
    })
    using listening = listen()
    expect((await app.fetch(new Request('https://shop.test/'))).status).toBe(503)
    expect(listening.heard()).toEqual(['fresh/no-cookie', 'failed/sessions/error'])
    await app.close()
  })

  test('is late, and what it does after its deadline is no event [CU-02, CU-04]', async () => {
    let land = () => {}
    const landed = new Promise<void>((resolve) => (land = resolve))
    const backend = new MemoryBackend()
    const create = backend.create.bind(backend)
    let created: Promise<boolean> | undefined
    backend.create = (...given) => (created = landed.then(() => create(...given)))
    using listening = listen()
    const timer = { set: (run: () => void) => setImmediate(run), clear: () => {} }
    const world = eventWorld(new BackendStore(backend), { timer })
    const { status } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    expect(status).toBe(503)
    land()
    await created
    await new Promise((resolve) => setImmediate(resolve))
    expect(listening.heard()).toEqual(['fresh/no-cookie', 'failed/dump/timeout'])
  })

  test('gives something that is no session [CU-02]', async () => {
    class Broken extends SessionStore {
      @Inject()
      override load(): Session {
        return { id: 'x' } as Session
      }
      @Inject()
      override dump(): undefined {}
    }
    using listening = listen()
    await eventWorld(new Broken()).visit(undefined)
    expect(listening.heard()).toEqual(['failed/load/contract'])
  })
})

describe('a store of an application', () => {
  class MapStore extends SessionStore {
    readonly records = new Map<string, Record<string, string>>()

    @Inject(Cookies)
    override load(cookies: Cookies): Session {
      const id = cookies.get(NAME) ?? ''
      return Session.fromRecord(id, this.records.get(id)) ?? Session.empty()
    }

    @Inject(Session)
    override dump(session: Session): Cookie | undefined {
      if (session.previousId !== undefined) this.records.delete(session.previousId)
      if (session.isDestroyed) return Cookie.expired(NAME)
      if (!session.isChanged) return undefined
      this.records.set(session.id, session.toRecord())
      return new Cookie(NAME, session.id)
    }
  }

  test('needs to emit nothing: its events follow from what the session asked for', async () => {
    using listening = listen()
    const { visit } = eventWorld(new MapStore())
    const { cookie } = await visit(undefined, (session) => session.set('user', 'ada'))
    expect(listening.heard()).toEqual(['fresh/unspecified', 'created/written'])
    await visit(cookie)
    expect(listening.heard()).toEqual(['loaded/live'])
    await visit(cookie, (session) => session.set('user', 'eve'))
    expect(listening.heard()).toEqual(['loaded/live', 'changed/written'])
    const renewed = await visit(cookie, (session) => session.regenerate())
    expect(listening.heard()).toEqual(['loaded/live', 'regenerated/asked'])
    const login = await visit(renewed.cookie, (session) => session.bind('user-7'))
    expect(listening.heard()).toEqual(['loaded/live', 'regenerated/authenticated'])
    await visit(login.cookie, (session) => session.destroy())
    expect(listening.heard()).toEqual(['loaded/live', 'destroyed/asked'])
  })

  test('events name the kind of session by what handlers ask for [CU-11]', async () => {
    const admin = token<Session>('admin')
    const app = new App({
      components: [
        sessions(new CookieStore({ secret: newSecret() })),
        sessions(new CookieStore({ secret: newSecret(), name: '__Host-admin' }), { as: admin }),
      ],
      routes: [route.get('/', [Session, admin], () => 'both')],
    })
    using listening = listen()
    await app.fetch(new Request('https://shop.test/'))
    expect(listening.events.map((event) => [event.as, kindOf(event)])).toEqual([
      ['Session', 'fresh/no-cookie'],
      ['admin', 'fresh/no-cookie'],
    ])
    await app.close()
  })
})

describe('the option eventKey', () => {
  const backend = new MemoryBackend()
  const hashOf = async (eventKey?: string) => {
    using listening = listen()
    const policy = eventKey === undefined ? {} : { eventKey }
    const id = 'A'.repeat(43)
    await eventWorld(new BackendStore(backend), policy).visit(`${NAME}=${id}`)
    return { id, hash: listening.events[0]?.session }
  }

  test('makes the hashes of several processes the same', async () => {
    const eventKey = newSecret()
    const { id, hash } = await hashOf(eventKey)
    const elsewhere = createHmac('sha256', eventKey).update(recordKey(id)).digest('base64url')
    expect(hash).toBe(elsewhere.slice(0, 22))
    expect((await hashOf(newSecret())).hash).not.toBe(hash)
  })

  test('is random without being given, and the same for all stores of a process', async () => {
    const { id, hash } = await hashOf()
    expect((await hashOf()).hash).toBe(hash)
    expect(recordKey(id)).not.toContain(hash)
  })

  test('is refused when it is short, without showing it [LG-08]', () => {
    const store = new BackendStore(backend)
    for (const eventKey of ['', 'short-event-key', 7 as never, [newSecret()] as never]) {
      expect(() => sessions(store, { eventKey })).toThrow(
        expect.objectContaining({
          code: 'SESSION_OPTION',
          message: "the session option 'eventKey' must be text of at least 32 random bytes.",
        }),
      )
    }
  })
})
