import { describe, expect, test } from 'vitest'
import { MemoryBackend } from '../../../src/sessions/backend/memory-backend.js'
import { recordKey, newSessionId } from '../../../src/sessions/session/session-id.js'
import {
  BackendStore,
  CookieStore,
  MemoryStore,
  type Session,
  type SessionStore,
} from '../../../src/sessions/index.js'
import { eventWorld } from '../events/event-world.js'
import { newSecret } from '../secrets.js'
import { gate, visitors, type Act, type OpenStore } from '../server-store/server-store-suite.js'
import { MapStore } from '../session-app.js'

/** Ids as a broken generator makes them: those that are listed, then good ones. */
function ids(...listed: string[]): () => string {
  return () => listed.shift() ?? newSessionId()
}

describe('an id that `newId` has given before', () => {
  const overBackend = (backend: MemoryBackend): OpenStore => {
    return async (options) => ({ store: new BackendStore(backend, options), backend })
  }

  test.each<[string, Act]>([
    ['a commit()', async (session) => session.set('user', 'eve').commit()],
    [
      'a commit() that is caught',
      async (session) => {
        session.set('user', 'eve')
        await session.commit().catch(() => {})
      },
    ],
    [
      'bind() and a commit() that is caught',
      async (session) => {
        session.bind('eve')
        await session.commit().catch(() => {})
      },
    ],
    [
      'several commits',
      async (session) => {
        session.set('user', 'eve')
        for (let count = 0; count < 3; count++) await session.commit().catch(() => {})
      },
    ],
  ])('%s leaves the other visitor’s session, and gets nothing of it [A4]', async (_, act) => {
    const backend = new MemoryBackend()
    const id = newSessionId()
    await using world = await visitors(overBackend(backend), { newId: ids(id, id, id) })
    const cookie = await world.visitor({ user: 'ada' })
    const { status, setCookies } = await world.visit(undefined, act)
    expect([status, setCookies]).toEqual([503, []])
    expect(await world.dataOf(cookie)).toEqual({ user: 'ada' })
  })

  test('a regenerate to it leaves both sessions as they are [A4]', async () => {
    const backend = new MemoryBackend()
    const [first, second] = [newSessionId(), newSessionId()]
    await using world = await visitors(overBackend(backend), { newId: ids(first, second, first) })
    const ada = await world.visitor({ user: 'ada' })
    const eve = await world.visitor({ user: 'eve' })
    const answered = await world.visit(eve, async (session) => {
      session.regenerate()
      await session.commit().catch(() => {})
    })
    expect(answered).toMatchObject({ status: 503, setCookies: [] })
    expect([await world.dataOf(ada), await world.dataOf(eve)]).toEqual([
      { user: 'ada' },
      { user: 'eve' },
    ])
  })

  test('a login under it leaves no entry among the user’s sessions [A5]', async () => {
    const backend = new MemoryBackend()
    const id = newSessionId()
    await using world = await visitors(overBackend(backend), { newId: ids(id, id) })
    await world.visitor({ user: 'ada' })
    expect((await world.visit(undefined, (session) => session.bind('eve'))).status).toBe(503)
    expect(await backend.index.list(recordKey('eve'), 0, 10)).toEqual([])
  })

  test('a login of the same user under it keeps the entry of their session [A5]', async () => {
    const backend = new MemoryBackend()
    const id = newSessionId()
    await using world = await visitors(overBackend(backend), { newId: ids(id, id) })
    await world.visit(undefined, (session) => session.bind('ada'))
    expect((await world.visit(undefined, (session) => session.bind('ada'))).status).toBe(503)
    expect(await backend.index.list(recordKey('ada'), 0, 10)).toEqual([recordKey(id)])
  })

  test.each([
    [
      'the backend fails',
      async (backend: MemoryBackend) => {
        backend.create = () => Promise.reject(new Error('down'))
      },
    ],
    [
      'the backend refuses',
      async (backend: MemoryBackend) => {
        backend.create = async () => false
      },
    ],
  ])('a login that cannot be stored because %s leaves no entry [A5]', async (_, fail) => {
    const backend = new MemoryBackend()
    await using world = await visitors(overBackend(backend))
    await fail(backend)
    expect((await world.visit(undefined, (session) => session.bind('ada'))).status).toBe(503)
    await expect.poll(() => backend.index.list(recordKey('ada'), 0, 10)).toEqual([])
  })

  test('remember() of a session that is revoked meanwhile leaves no entry [A5]', async () => {
    const backend = new MemoryBackend()
    await using world = await visitors(overBackend(backend))
    const { cookie } = await world.visit(undefined, (session) => session.bind('ada'))
    const hold = gate()
    const remembering = world.visit(cookie, async (session) => {
      await hold.pass()
      session.remember(9999)
    })
    await hold.waited
    await world.visit(undefined, (_, sessions) => sessions.revokeAll('ada'))
    hold.open()
    expect((await remembering).status).toBe(409)
    expect(await backend.index.list(recordKey('ada'), 0, 10)).toEqual([])
  })
})

test.each<[string, (session: Session) => unknown]>([
  ['regenerate()', (session) => session.regenerate()],
  ['bind()', (session) => session.bind('ada')],
  [
    'a second regenerate()',
    (session) => {
      session.regenerate()
      session.regenerate()
    },
  ],
  [
    'a session in place of the destroyed one',
    (session) => {
      session.destroy()
      session.set('a', 2)
    },
  ],
])(
  '%s that gets the old id is an error, and the session stays as it was [A6]',
  async (name, act) => {
    const old = newSessionId()
    const others = name.startsWith('a second') ? [newSessionId()] : []
    const world = eventWorld(new MemoryStore({ newId: ids(old, ...others, old) }))
    const { cookie } = await world.visit(undefined, (session) => session.set('a', 1))
    expect((await world.visit(cookie, act)).status).toBe(500)
    const { body } = await world.visit(cookie, (session) => [session.userId, session.toObject()])
    expect(JSON.parse(body)).toEqual({ result: [null, { a: 1 }] })
    await world.stop()
  },
)

const dead: readonly [name: string, store: () => SessionStore, cookie: string][] = [
  ['MemoryStore', () => new MemoryStore(), `__Host-session=${newSessionId()}`],
  ['MemoryStore (malformed)', () => new MemoryStore(), '__Host-session=x'],
  ['CookieStore', () => new CookieStore({ secret: newSecret() }), '__Host-session=e1.x'],
  [
    'CookieStore with revocations',
    () => new CookieStore({ secret: newSecret(), revocations: new MemoryBackend() }),
    '__Host-session=e1.x',
  ],
  ['a store of one’s own', () => new MapStore(), 'sid=x'],
]

test.each(dead)(
  'destroy() clears a cookie that names no live session, with %s [A11]',
  async (_, store, cookie) => {
    const world = eventWorld(store())
    const { status, headers } = await world.visit(cookie, (session) => session.destroy())
    expect(status).toBe(200)
    expect(new Map(headers).get('set-cookie')).toMatch(/^(?:__Host-session|sid)=; Max-Age=0/)
    const anew = await world.visit(cookie, (session) => {
      session.destroy()
      session.set('user', 'ada')
    })
    expect(new Map(anew.headers).get('set-cookie')).not.toContain('Max-Age=0')
    const none = await world.visit(undefined, (session) => session.destroy())
    expect(new Map(none.headers).get('set-cookie')).toBeUndefined()
    await world.stop()
  },
)

test.each<[string, () => SessionStore]>([
  ['MemoryStore', () => new MemoryStore()],
  ['CookieStore', () => new CookieStore({ secret: newSecret() })],
])(
  'remember() that changes nothing writes nothing and sends nothing, with %s [A12]',
  async (_, open) => {
    const world = eventWorld(open())
    const first = await world.visit(undefined, (session) => {
      session.bind('ada')
      session.remember(3600)
    })
    const again = await world.visit(first.cookie, (session) => {
      session.remember(3600)
      return session.isChanged
    })
    expect(new Map(again.headers).get('set-cookie')).toBeUndefined()
    expect(JSON.parse(again.body)).toEqual({ result: false })
    const other = await world.visit(first.cookie, (session) => session.remember(7200))
    expect(new Map(other.headers).get('set-cookie')).toContain('Max-Age=7200')
    const back = await world.visit(other.cookie, (session) => session.remember(undefined))
    expect(new Map(back.headers).get('set-cookie')).not.toContain('Max-Age')
    const nothing = await world.visit(back.cookie, (session) => session.remember(undefined))
    expect(new Map(nothing.headers).get('set-cookie')).toBeUndefined()
    await world.stop()
  },
)
