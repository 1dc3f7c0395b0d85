import { createStorage } from 'unstorage'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { App, Cookie, Cookies, route } from '../../../src/http/index.js'
import {
  BackendStore,
  CookieStore,
  fromUnstorage,
  MemoryBackend,
  MemoryStore,
  Session,
  sessions,
  SessionLostError,
  SessionOptionError,
  SessionStore,
  UserSessions,
} from '../../../src/sessions/index.js'
import { Inject } from '../../../src/di/index.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { eventWorld, listen, type Act } from '../events/event-world.js'
import { newSecret } from '../secrets.js'
import { gate, overRedis } from '../server-store/server-store-suite.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

interface World {
  readonly store: SessionStore
  readonly components?: Parameters<typeof eventWorld>[2]
  stop?(): Promise<void>
}

type Open = (clock?: () => number) => World | Promise<World>

const withClock = (clock: (() => number) | undefined) => (clock ? { clock } : {})

const serverStores: Readonly<Record<string, Open>> = {
  MemoryStore: (clock) => ({ store: new MemoryStore(withClock(clock)) }),
  'BackendStore over unstorage': (clock) => ({
    store: new BackendStore(fromUnstorage(createStorage(), withClock(clock)), withClock(clock)),
  }),
  RedisStore: (clock) => overRedis(() => server)(withClock(clock)),
}

const revocableStores: Readonly<Record<string, Open>> = {
  ...serverStores,
  'CookieStore with revocations': (clock) => ({
    store: new CookieStore({
      secret: newSecret(),
      revocations: new MemoryBackend(clock ? { now: clock } : {}),
      ...withClock(clock),
    }),
  }),
  'a store of one’s own': () => ({ store: new TableStore() }),
}

/** Keeps records in a map, as an application would. */
class TableStore extends SessionStore {
  readonly rows = new Map<string, Record<string, string>>()

  @Inject(Cookies)
  override load(cookies: Cookies): Session {
    const id = cookies.get('__Host-session') ?? ''
    return Session.fromRecord(id, this.rows.get(id)) ?? Session.empty()
  }

  @Inject(Session)
  override dump(session: Session) {
    const { id, previousId, isNew } = session
    const wasThere = previousId !== undefined && this.rows.delete(previousId)
    if (session.isDestroyed) return Cookie.expired('__Host-session')
    if (!session.isChanged) return undefined
    const isThere = isNew || (previousId === undefined ? this.rows.has(id) : wasThere)
    if (!isThere) throw new SessionLostError()
    this.rows.set(id, session.toRecord())
    return new Cookie('__Host-session', id)
  }
}

const writes: Readonly<Record<string, Act>> = {
  set: (session) => void session.set('a', 2),
  'a change inside': (session) => void (session.get('list') as number[]).push(1),
  update: (session) => void session.update('a', () => 3),
  delete: (session) => void session.delete('a'),
  clear: (session) => session.clear(),
  'a message': (session) => session.flash.set('notice', 'x'),
  regenerate: (session) => session.regenerate(),
  bind: (session) => session.bind('eve'),
  remember: (session) => session.remember(9999),
}

const begin: Act = (session) => {
  session.set('a', 1)
  session.set('list', [])
}

/** A visitor whose session ends by a logout elsewhere while the handler runs. */
async function lostWhile(open: Open, act: Act, policy = {}) {
  const { store, components, stop } = await open()
  const world = eventWorld(store, policy, components)
  const { cookie } = await world.visit(undefined, begin)
  const hold = gate()
  using listening = listen()
  const writing = world.visit(cookie, async (session) => {
    await hold.pass()
    return act(session)
  })
  await hold.waited
  expect((await world.visit(cookie, (session) => session.destroy())).status).toBe(200)
  // What was heard of the two loads and of the logout.
  listening.heard()
  hold.open()
  const response = await writing
  const heard = listening.heard()
  const found = await world.visit(cookie, (session) => session.toObject())
  await world.stop()
  await stop?.()
  return { ...response, heard, found: (JSON.parse(found.body) as { result: object }).result }
}

describe.each(Object.entries(revocableStores))('with %s', (name, open) => {
  test.each(Object.entries(writes))(
    '%s after a logout elsewhere is a 409 without the output of the handler [A1]',
    async (_name, act) => {
      // Adapters have no index, which `bind` needs.
      if (act === writes.bind && name.includes('unstorage')) return
      const { status, body, headers, heard, found } = await lostWhile(open, act)
      expect(status).toBe(409)
      expect(JSON.parse(body)).toEqual({
        title: 'Conflict',
        status: 409,
        detail: 'Your session ended while this request was on its way, and nothing was stored.',
        code: 'SESSION_LOST',
      })
      expect(headers.filter(([name]) => name === 'set-cookie')).toEqual([])
      expect(headers).toContainEqual(['vary', 'Cookie'])
      expect(heard).toEqual(['lost/gone'])
      expect(found).toEqual({})
    },
  )

  test('`lostStatus` makes it a 401 [A1]', async () => {
    const { status } = await lostWhile(open, writes.set!, { lostStatus: 401 })
    expect(status).toBe(401)
  })

  test.each<[string, Act]>([
    ['reads', (session) => void session.get('a')],
    ['touches', (session) => session.touch()],
    ['logs out as well', (session) => session.destroy()],
  ])('a visitor who only %s has lost nothing, and is told nothing [A1]', async (_name, act) => {
    const { status, heard } = await lostWhile(open, act)
    expect(status).toBe(200)
    expect(heard.filter((event) => event.startsWith('lost'))).toEqual([])
  })

  test('commit() rejects, and a handler that catches it decides the response [A1]', async () => {
    const { status, body, heard } = await lostWhile(open, async (session) => {
      session.set('a', 2)
      try {
        await session.commit()
      } catch (error) {
        return error instanceof SessionLostError && [error.code, error.status, error.reason]
      }
      return 'stored'
    })
    expect([status, JSON.parse(body)]).toEqual([200, { result: ['SESSION_LOST', 409, 'gone'] }])
    expect(heard).toEqual(['lost/gone'])
  })

  test('what is written after a lost commit() that was caught is lost, too [A1]', async () => {
    const { status, heard } = await lostWhile(open, async (session) => {
      session.set('a', 2)
      await session.commit().catch(() => {})
      session.set('b', 2)
    })
    expect([status, heard]).toEqual([409, ['lost/gone', 'lost/gone']])
  })

  test('a session that begins anew after a lost commit() is stored [A1]', async () => {
    const { status, cookie, body } = await lostWhile(open, async (session) => {
      session.set('a', 2)
      await session.commit().catch(() => {})
      session.destroy()
      session.set('b', 2)
      return session.toObject()
    })
    expect([status, JSON.parse(body)]).toEqual([200, { result: { b: 2 } }])
    expect(cookie).toMatch(/^__Host-session=.{20}/)
  })

  test('a commit() that nobody awaited does not hide what is lost [A1, A14]', async () => {
    const warnings: string[] = []
    const { status } = await lostWhile(
      open,
      async (session) => {
        session.set('a', 2)
        void session.commit()
        for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
      },
      { onWarning: (error: Error) => warnings.push(error.message) },
    )
    expect(status).toBe(409)
    expect(warnings.filter((warning) => warning.includes('commit()'))).toHaveLength(1)
  })
})

describe.each(Object.entries(serverStores))('with %s', (_, open) => {
  test.each<[string, number, Record<string, number>]>([
    ['idle', 1_800_000, {}],
    ['absolute', 28_800_000, {}],
  ])('a write after the %s limit is a 409 [A1]', async (_name, late) => {
    let now = 1_700_000_000_000
    const { store, components, stop } = await open(() => now)
    const world = eventWorld(store, {}, components)
    const { cookie } = await world.visit(undefined, begin)
    using listening = listen()
    const { status, body } = await world.visit(cookie, (session) => {
      now += late
      session.set('a', 2)
    })
    expect([status, JSON.parse(body)]).toMatchObject([409, { code: 'SESSION_LOST' }])
    expect(listening.heard()).toEqual(['loaded/live', 'destroyed/expired', 'lost/expired'])
    await world.stop()
    await stop?.()
  })
})

test.each([undefined, new MemoryBackend()])(
  'a write after the limit of a CookieStore is a 409 that clears the cookie [A1]',
  async (revocations) => {
    let now = 1_700_000_000_000
    const clock = () => now
    const secret = newSecret()
    const store = new CookieStore({ secret, clock, ...(revocations && { revocations }) })
    const world = eventWorld(store)
    const { cookie } = await world.visit(undefined, begin)
    const { status, headers } = await world.visit(cookie, (session) => {
      now += 1_800_000
      session.set('a', 2)
    })
    expect(status).toBe(409)
    expect(new Map(headers).get('set-cookie')).toContain('Max-Age=0')
    await world.stop()
  },
)

test('a session that is evicted while its handler writes is lost [A1]', async () => {
  const world = eventWorld(new MemoryStore({ limit: 1 }))
  const { cookie } = await world.visit(undefined, begin)
  const hold = gate()
  const writing = world.visit(cookie, async (session) => {
    await hold.pass()
    session.set('a', 2)
  })
  await hold.waited
  await world.visit(undefined, begin)
  hold.open()
  expect((await writing).status).toBe(409)
  await world.stop()
})

test('over http, too, the client gets the 409, and `onError` nothing [A1]', async () => {
  const errors: unknown[] = []
  const hold = gate()
  const app = new App({
    components: [sessions(new MemoryStore({ secure: false, name: 'session' }))],
    routes: [
      route.post('/login', [Session], (session) => session.bind('ada')),
      route.post('/end', [UserSessions], async (ofUser) => void (await ofUser.revokeAll('ada'))),
      route.post('/write', [Session], async (session) => {
        await hold.pass()
        session.set('a', 1)
        return 'saved'
      }),
    ],
    onError: (error) => errors.push(error),
  })
  const { url, close } = await app.listen(0)
  const post = (path: string, cookie = '') => {
    return fetch(new URL(path, url), { method: 'POST', headers: { cookie } })
  }
  const [set = ''] = (await post('/login')).headers.getSetCookie()
  const writing = post('/write', set.split(';')[0])
  await hold.waited
  await post('/end')
  hold.open()
  const response = await writing
  expect(response.status).toBe(409)
  expect(await response.text()).not.toContain('saved')
  expect(errors).toEqual([])
  await close()
})

test('`lostStatus` is 401 or 409, and nothing else [A1]', () => {
  expect(() => sessions(new MemoryStore(), { lostStatus: 500 as 409 })).toThrow(
    new SessionOptionError('lostStatus', 'must be 401 or 409, not 500.'),
  )
})
