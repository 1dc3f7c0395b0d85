import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { App, route } from '../../../src/http/index.js'
import { MemoryBackend } from '../../../src/sessions/backend/memory-backend.js'
import { recordKey, isSessionId } from '../../../src/sessions/session/session-id.js'
import { Session } from '../../../src/sessions/session/session.js'
import { sessions } from '../../../src/sessions/sessions.js'
import { BackendStore } from '../../../src/sessions/server-store/server-store.js'
import { CookieStore } from '../../../src/sessions/cookie-store/cookie-store.js'
import { UserSessions, type UserSession } from '../../../src/sessions/store/sessions-of-user.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import {
  gate,
  idOf,
  overMemory,
  overRedis,
  visitors,
  type Act,
  type OpenStore,
} from './server-store-suite.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

describeUserSessions('BackendStore over MemoryBackend', overMemory)
describeUserSessions(
  'RedisStore',
  overRedis(() => server),
)

type World = Awaited<ReturnType<typeof visitors>>

const bind =
  (userId: string, label?: string): Act =>
  (session) =>
    session.bind(userId, label === undefined ? {} : { label })

async function login(world: World, userId: string, label?: string): Promise<string> {
  return (await world.visit(await world.visitor(), bind(userId, label))).cookie as string
}

async function list(world: World, cookie: string): Promise<UserSession[]> {
  const { result } = await world.visit(cookie, (_, sessions) => sessions.list())
  return result as UserSession[]
}

const isAlive = async (world: World, cookie: string): Promise<boolean> =>
  (await world.visit(cookie, (session) => session.isNew)).result === false

function describeUserSessions(name: string, open: OpenStore): void {
  describe(`Sessions of ${name}`, () => {
    test('lists the sessions of the user with their labels, the current one marked', async () => {
      let now = 1_700_000_000_000
      await using world = await visitors(open, { clock: () => now, idleTimeout: 1000 })
      const phone = await login(world, 'ada', 'phone')
      now += 5000
      const laptop = await login(world, 'ada', 'laptop')
      await login(world, 'bob')
      const listed = await list(world, laptop)
      expect(listed).toEqual([
        {
          handle: expect.any(String),
          label: 'laptop',
          isCurrent: true,
          createdAt: '2023-11-14T22:13:25.000Z',
          seenAt: '2023-11-14T22:13:25.000Z',
          authenticatedAt: '2023-11-14T22:13:25.000Z',
          expiresAt: '2023-11-14T22:30:05.000Z',
        },
        expect.objectContaining({ label: 'phone', isCurrent: false }),
      ])
      expect((await list(world, phone)).map(({ isCurrent }) => isCurrent)).toEqual([false, true])
    })

    test('a visitor who is not logged in has none, and can revoke none', async () => {
      await using world = await visitors(open)
      await login(world, 'ada')
      const cookie = await world.visitor()
      const { result } = await world.visit(cookie, async (_, sessions) => [
        await sessions.list(),
        await sessions.revoke('x'),
        await sessions.revokeOthers(),
        await sessions.revokeAll(),
      ])
      expect(result).toEqual([[], false, 0, 0])
    })

    test('no value in the list works as a cookie [LO-07]', async () => {
      await using world = await visitors(open)
      const cookie = await login(world, 'ada', 'phone')
      for (const listed of await list(world, cookie)) {
        for (const text of Object.values(listed).map(String)) {
          expect(isSessionId(text)).toBe(false)
          expect(text).not.toBe(recordKey(idOf(cookie)))
        }
      }
    })

    test('revoke ends the named session at once, and only one of the same user', async () => {
      await using world = await visitors(open)
      const [phone, laptop, bob] = [
        await login(world, 'ada', 'phone'),
        await login(world, 'ada', 'laptop'),
        await login(world, 'bob'),
      ]
      const { handle } = (await list(world, laptop)).find(({ label }) => label === 'phone')!
      const revoke: Act = (_, sessions) => sessions.revoke(handle)
      expect((await world.visit(bob, revoke)).result).toBe(false)
      expect(await isAlive(world, phone)).toBe(true)
      expect((await world.visit(laptop, revoke)).result).toBe(true)
      expect((await world.visit(laptop, revoke)).result).toBe(false)
      expect(await isAlive(world, phone)).toBe(false)
      expect(await isAlive(world, laptop)).toBe(true)
      expect(await list(world, laptop)).toHaveLength(1)
    })

    test('revoking the session of this request clears its cookie', async () => {
      await using world = await visitors(open)
      const cookie = await login(world, 'ada')
      const [{ handle }] = (await list(world, cookie)) as [UserSession]
      const done = await world.visit(cookie, (_, sessions) => sessions.revoke(handle))
      expect(done.result).toBe(true)
      expect(done.cookie).toBeUndefined()
      expect(await isAlive(world, cookie)).toBe(false)
    })

    test('revokeOthers keeps the session of this request, also when it gets a new id', async () => {
      await using world = await visitors(open)
      const others = [
        await login(world, 'ada'),
        await login(world, 'ada'),
        await login(world, 'ada'),
      ]
      const cookie = await login(world, 'ada')
      const changed = await world.visit(cookie, (session, sessions) => {
        session.regenerate({ authenticated: true })
        return sessions.revokeOthers()
      })
      expect(changed.result).toBe(3)
      for (const other of others) expect(await isAlive(world, other)).toBe(false)
      expect(await isAlive(world, changed.cookie as string)).toBe(true)
      expect(await list(world, changed.cookie as string)).toHaveLength(1)
    })

    test('revokeAll of a user, by an administrator, ends all of them and nobody else', async () => {
      await using world = await visitors(open)
      const ada = [await login(world, 'ada'), await login(world, 'ada')]
      const root = await login(world, 'root')
      const done = await world.visit(root, (_, sessions) => sessions.revokeAll('ada'))
      expect(done.result).toBe(2)
      for (const cookie of ada) expect(await isAlive(world, cookie)).toBe(false)
      expect(await isAlive(world, root)).toBe(true)
      expect((await world.visit(root, (_, sessions) => sessions.list('ada'))).result).toEqual([])
    })

    test('revokeAll of the own user ends the session of this request as well', async () => {
      await using world = await visitors(open)
      const cookie = await login(world, 'ada')
      const done = await world.visit(cookie, (_, sessions) => sessions.revokeAll())
      expect(done).toMatchObject({ status: 200, result: 1, cookie: undefined })
      expect(await isAlive(world, cookie)).toBe(false)
    })

    test('through an id that was replaced nothing is revoked [RA-08]', async () => {
      await using world = await visitors(open)
      const other = await login(world, 'ada')
      const old = await login(world, 'ada')
      const renewed = await world.visit(old, (session) => session.regenerate())
      const [{ handle }] = (await list(world, old)) as [UserSession]
      for (const revoke of [
        (_: Session, ofUser: UserSessions) => ofUser.revoke(handle),
        (_: Session, ofUser: UserSessions) => ofUser.revokeOthers(),
        (_: Session, ofUser: UserSessions) => ofUser.revokeAll(),
      ]) {
        expect(await world.visit(old, revoke)).toMatchObject({ status: 409, retryAfter: '1' })
      }
      expect(await isAlive(world, renewed.cookie as string)).toBe(true)
      expect(await isAlive(world, other)).toBe(true)
    })

    test('a request under way with a revoked session stores nothing, and is told so [A1]', async () => {
      await using world = await visitors(open)
      const cookie = await login(world, 'ada')
      const hold = gate()
      const slow = world.visit(cookie, async (session) => {
        await hold.pass()
        session.set('late', true)
      })
      await hold.waited
      await world.visit(await login(world, 'ada'), (_, sessions) => sessions.revokeOthers())
      hold.open()
      expect((await slow).status).toBe(409)
      expect(await world.backend.read(recordKey(idOf(cookie)))).toBeUndefined()
    })

    test('a session that gets a new id while all are revoked is revoked as well [R5]', async () => {
      await using world = await visitors(open)
      const root = await login(world, 'root')
      for (let round = 0; round < 30; round++) {
        const cookie = await login(world, 'ada')
        const [renewed] = await Promise.all([
          world.visit(cookie, (session) => session.regenerate()),
          later(round % 7, () => world.visit(root, (_, sessions) => sessions.revokeAll('ada'))),
        ])
        expect(await isAlive(world, cookie)).toBe(false)
        expect(await world.dataOf(renewed.cookie)).toEqual({})
      }
    })

    test('the list follows the id, the logout, the end and the change of user', async () => {
      let now = 1_700_000_000_000
      await using world = await visitors(open, {
        clock: () => now,
        idleTimeout: 100,
        absoluteTimeout: 1000,
      })
      const watcher = await login(world, 'root')
      const count = async (userId: string) =>
        (await world.visit(watcher, (_, sessions) => sessions.list(userId))).result as UserSession[]
      const first = await login(world, 'ada')
      const { cookie } = await world.visit(first, (session) => session.regenerate())
      expect(await count('ada')).toHaveLength(1)
      const noted = await world.backend.index?.list(recordKey('ada'), 0, 10)
      expect(noted).toEqual([recordKey(idOf(cookie))])
      const bob = await world.visit(cookie, bind('bob'))
      expect(await count('ada')).toEqual([])
      expect(await count('bob')).toHaveLength(1)
      await world.visit(bob.cookie, (session) => session.destroy())
      expect(await count('bob')).toEqual([])
      await login(world, 'eve')
      now += 99_000
      await isAlive(world, watcher)
      expect(await count('eve')).toHaveLength(1)
      now += 1000
      expect(await count('eve')).toEqual([])
    })

    test('a first visit that logs in is listed', async () => {
      await using world = await visitors(open)
      const { cookie } = await world.visit(undefined, bind('ada'))
      expect(await list(world, cookie as string)).toHaveLength(1)
    })

    test('hundreds of sessions of one user are listed and revoked [DS-13]', async () => {
      await using world = await visitors(open, {}, PATIENT)
      const cookies = await Promise.all(
        Array.from({ length: 600 }, async () => (await world.visit(undefined, bind('ada'))).cookie),
      )
      expect(await list(world, cookies[0] as string)).toHaveLength(600)
      const { result } = await world.visit(cookies[0], (_, sessions) => sessions.revokeOthers())
      expect(result).toBe(599)
    })
  })
}

describe('Sessions', () => {
  test('cannot be asked for where the store cannot find the sessions of a user', async () => {
    const secret = 'a secret of this test, at least 32 bytes long'
    const app = new App({
      components: [sessions(new CookieStore({ secret }))],
      routes: [route.get('/', [UserSessions], () => 'never')],
    })
    await expect(app.ready()).rejects.toMatchObject({
      errors: [expect.objectContaining({ code: 'DI_MISSING' })],
    })
  })

  test('both bind and UserSessions are refused by a backend without an index', async () => {
    const backend = new MemoryBackend()
    Object.assign(backend, { index: undefined })
    const errors: unknown[] = []
    const app = new App({
      components: [sessions(new BackendStore(backend))],
      routes: [
        route.post('/bind', [Session], (session) => session.bind('ada')),
        route.post('/list', [UserSessions], (ofUser) => ofUser.list()),
      ],
      onError: (error) => errors.push(error),
    })
    for (const path of ['bind', 'list']) {
      const response = await app.fetch(new Request(`https://shop.test/${path}`, { method: 'POST' }))
      expect(response.status).toBe(500)
      expect(response.headers.getSetCookie()).toEqual([])
    }
    const message =
      "the session option 'backend' has no index, which session.bind() and UserSessions need."
    expect(errors.map((error) => (error as Error).message)).toEqual([message, message])
    expect(backend.size).toBe(0)
  })

  test('none is missed when others end between two pages of the list [DS-13]', async () => {
    const backend = new MemoryBackend()
    await using world = await visitors(async () => ({ store: new BackendStore(backend), backend }))
    const cookies = await Promise.all(Array.from({ length: 700 }, () => login(world, 'ada')))
    const root = await login(world, 'root')
    const list = backend.index.list.bind(backend.index)
    // After the first page one logs out, after the second most of the others.
    const leaving = [cookies.slice(0, 1), [...cookies.slice(1, 400), ...cookies.slice(520, 690)]]
    backend.index.list = async (...page) => {
      const listed = await list(...page)
      for (const cookie of leaving.shift() ?? [])
        await world.visit(cookie, (session) => session.destroy())
      return listed
    }
    await world.visit(root, (_, sessions) => sessions.revokeAll('ada'))
    expect(await list(recordKey('ada'), 0, 2000)).toEqual([])
    expect(await isAlive(world, cookies.at(-1) as string)).toBe(false)
  })

  test('a backend that fails is a 503', async () => {
    const backend = new MemoryBackend()
    await using world = await visitors(async () => ({ store: new BackendStore(backend), backend }))
    const cookie = await login(world, 'ada')
    backend.index.list = async () => Promise.reject(new Error('a secret'))
    for (const act of [
      (_: Session, ofUser: UserSessions) => ofUser.list(),
      (_: Session, ofUser: UserSessions) => ofUser.revokeAll(),
    ]) {
      expect(await world.visit(cookie, act)).toMatchObject({ status: 503, retryAfter: '1' })
    }
  })
})

/** A busy machine must not make hundreds of calls late. */
const PATIENT = { deadline: 30_000 }

/** Runs some turns of the event loop later. */
async function later<Value>(turns: number, run: () => Promise<Value>): Promise<Value> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
  return run()
}
