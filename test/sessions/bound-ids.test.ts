import { Redis } from 'ioredis'
import {
  App,
  BackendStore,
  Cookies,
  CookieStore,
  MemoryBackend,
  route,
  Session,
  sessions,
  UserSessions,
  value,
  type ServerStoreOptions,
  type SessionBackend,
  type SessionStore,
} from 'ingot'
import { RedisStore } from 'ingot/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRedis, type RedisServer } from '../support/redis-server.js'
import { adapted } from './adapters/stores.js'
import { newSecret } from './secrets.js'

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

/** Makes stores that share one place to keep records. */
type Shared = {
  readonly store: (options: ServerStoreOptions) => SessionStore
  readonly close?: (() => unknown) | undefined
}

const sharing: Readonly<Record<string, () => Shared>> = {
  'a backend in memory': () => overBackend({ backend: new MemoryBackend() }),
  Redis: () => ({ store: (options) => new RedisStore(options) }),
  ...Object.fromEntries(
    Object.entries(adapted).map(([name, open]) => [
      name,
      () => overBackend(open({ clock: Date.now })),
    ]),
  ),
}

function overBackend({
  backend,
  close,
}: {
  backend: SessionBackend
  close?: (() => unknown) | undefined
}): Shared {
  return { store: (options) => new BackendStore(backend, options), close }
}

class AdminSession extends Session {}

const ADMIN = '__Host-admin'

function valueIn(response: Response, name: string): string {
  const line = response.headers.getSetCookie().find((each) => each.startsWith(`${name}=`))
  return (line as string).slice(name.length + 1).split(';')[0] as string
}

describe.each(Object.keys(sharing))('ids of sessions that share %s', (name) => {
  test.each(['fetch', 'listen'])(
    'an id opens nothing under the cookie name of another kind, through %s [S1]',
    async (way) => {
      const shared = (sharing[name] as () => Shared)()
      const app = new App({
        components: [
          value(Redis, redis),
          sessions(shared.store({}), { onWarning: () => {} }),
          sessions(shared.store({ name: ADMIN }), { as: AdminSession, onWarning: () => {} }),
        ],
        routes: [
          route.post('/cart', [Session], (session) => void session.set('role', 'customer')),
          route.post('/admin', [AdminSession], (session) => void session.set('role', 'admin')),
          route.get('/cart', [Session], (session) => session.get('role') ?? 'nobody'),
          route.get('/admin', [AdminSession], (session) => session.get('role') ?? 'nobody'),
        ],
      })
      const running = way === 'listen' ? await app.listen({ port: 0 }) : undefined
      const send = (path: string, cookie = '', method = 'GET') => {
        const url = new URL(path, running?.url ?? 'https://shop.test')
        const request = new Request(url, { method, headers: { cookie } })
        return running ? fetch(request) : app.fetch(request)
      }
      const customer = valueIn(await send('/cart', '', 'POST'), '__Host-session')
      const admin = valueIn(await send('/admin', '', 'POST'), ADMIN)
      const seen = async (path: string, cookie: string) => (await send(path, cookie)).text()
      expect(await seen('/cart', `__Host-session=${customer}`)).toBe('customer')
      expect(await seen('/admin', `${ADMIN}=${admin}`)).toBe('admin')
      expect(await seen('/admin', `${ADMIN}=${customer}`)).toBe('nobody')
      expect(await seen('/cart', `__Host-session=${admin}`)).toBe('nobody')
      await app.close()
      await shared.close?.()
    },
  )

  test('an id opens nothing in another application, and both go on [S1]', async () => {
    const shared = (sharing[name] as () => Shared)()
    const shop = worldOf(shared.store({ application: 'shop' }))
    const forum = worldOf(shared.store({ application: 'forum' }))
    const cookie = await shop.visit('', (session) => void session.set('in', 'shop'))
    expect(await forum.read(cookie, (session) => session.toObject())).toEqual({})
    const renewed = await shop.visit(cookie, (session) => session.regenerate())
    expect(renewed).not.toBe(cookie)
    expect(await shop.read(renewed, (session) => session.toObject())).toEqual({ in: 'shop' })
    // During the grace the old id reads, here and nowhere else.
    expect(await shop.read(cookie, (session) => session.get('in'))).toBe('shop')
    expect(await forum.read(cookie, (session) => session.isNew)).toBe(true)
    await shop.visit(renewed, (session) => session.destroy())
    expect(await shop.read(renewed, (session) => session.isNew)).toBe(true)
    expect(await shop.read(cookie, (session) => session.isNew)).toBe(true)
    await Promise.all([shop.app.close(), forum.app.close()])
    await shared.close?.()
  })
})

describe.each(['a backend in memory', 'Redis'])('the sessions of a user in %s', (name) => {
  test('are those of the application and kind, and revoking ends no other [S1]', async () => {
    const shared = (sharing[name] as () => Shared)()
    const kinds = [
      worldOf(shared.store({ application: 'shop' }), true),
      worldOf(shared.store({ application: 'forum' }), true),
      worldOf(shared.store({}), true),
    ] as const
    const [shop, forum, plain] = kinds
    const bind = (session: Session) => session.bind('ada')
    const [inShop, inForum, inPlain] = [
      await shop.visit('', bind),
      await forum.visit('', bind),
      await plain.visit('', bind),
    ]
    for (const [world, cookie] of [
      [shop, inShop],
      [forum, inForum],
      [plain, inPlain],
    ] as const) {
      const listed = await world.read(cookie, async (_, users) => (await users.list()).length)
      expect(listed).toBe(1)
    }
    const other = await shop.visit('', bind)
    expect(await shop.read(inShop, (_, users) => users.revokeOthers())).toBe(1)
    expect(await shop.read(other, (session) => session.isNew)).toBe(true)
    expect(await forum.read('', (_, users) => users.revokeAll('ada'))).toBe(1)
    expect(await forum.read(inForum, (session) => session.isNew)).toBe(true)
    expect(await shop.read(inShop, (session) => session.userId)).toBe('ada')
    expect(await plain.read(inPlain, (session) => session.userId)).toBe('ada')
    await Promise.all(kinds.map(({ app }) => app.close()))
  })
})

test('the entries of a user in a shared index are those of one application and kind [S1]', async () => {
  const backend = new MemoryBackend()
  const users: string[] = []
  const { add } = backend.index
  backend.index.add = (user, ...rest) => {
    users.push(user)
    return add.call(backend.index, user, ...rest)
  }
  const kinds = [{}, { application: 'shop' }, { application: 'forum' }, { name: ADMIN }]
  for (const options of kinds) {
    const store = new BackendStore(backend, options)
    // The route of the test asks for one kind of session, whatever its cookie is called.
    await worldOf(store).visit('', (session) => session.bind('ada'))
  }
  expect(new Set(users).size).toBe(kinds.length)
})

test('revoking the cookies of a user revokes those of the application and kind [S1]', async () => {
  const revocations = new MemoryBackend()
  const secret = newSecret()
  const shopStore = new CookieStore({ secret, revocations, application: 'shop' })
  const forumStore = new CookieStore({ secret, revocations, application: 'forum' })
  const shop = worldOf(shopStore)
  const forum = worldOf(forumStore)
  const inShop = await shop.visit('', (session) => session.bind('ada'))
  const inForum = await forum.visit('', (session) => session.bind('ada'))
  await shopStore.revokeUser('ada')
  expect(await shop.read(inShop, (session) => session.isNew)).toBe(true)
  expect(await forum.read(inForum, (session) => session.userId)).toBe('ada')
})

test('a session that another store opened is refused, also over one backend [S1]', async () => {
  const backend = new MemoryBackend()
  const opening = new BackendStore(backend)
  class MixedStore extends BackendStore {
    override load = opening.load.bind(opening)
  }
  const mixed = new MixedStore(backend, { name: ADMIN })
  const session = await opening.load(new Cookies())
  session.set('a', 1)
  expect(() => mixed.dump(session)).toThrow('the session was opened by another store')
})

test('the name of an application is text [S1]', () => {
  const refused = "the session option 'application' must be a text, not 7."
  const application = 7 as unknown as string
  expect(() => new BackendStore(new MemoryBackend(), { application })).toThrow(refused)
  expect(() => new CookieStore({ secret: newSecret(), application })).toThrow(refused)
})

type Act = (session: Session, users: UserSessions) => unknown

/** An application with one store, whose route does what the test says. */
function worldOf(store: SessionStore, needsUsers = false) {
  let act: Act = () => {}
  const app = new App({
    components: [sessions(store, { onWarning: () => {} }), value(Redis, redis)],
    routes: [
      needsUsers
        ? route.post('/', [Session, UserSessions], async (session, users) => ({
            result: await act(session, users),
          }))
        : route.post('/', [Session], async (session) => ({
            result: await act(session, undefined as never),
          })),
    ],
  })
  const send = async (cookie: string, given: Act) => {
    act = given
    const request = new Request('https://shop.test', { method: 'POST', headers: { cookie } })
    return app.fetch(request)
  }
  return {
    app,
    /** The cookie that the browser has afterwards. */
    visit: async (cookie: string, given: Act) => {
      const [set] = (await send(cookie, given)).headers.getSetCookie()
      return set?.split(';')[0] ?? cookie
    },
    read: async (cookie: string, given: Act) => {
      const body = (await (await send(cookie, given)).json()) as { result: unknown }
      return body.result
    },
  }
}
