import {
  App,
  CookieStore,
  inject,
  MemoryStore,
  Next,
  route,
  Session,
  UserSessions,
  sessions,
  SessionStore,
  singleton,
  token,
  value,
  type ClassToken,
  type Component,
} from 'ingot'
import { RedisStore } from 'ingot/redis'
import { testClient } from 'ingot/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { RedisHashStore } from '../../examples/custom-store/redis-hash-store.js'
import { startRedis, type RedisServer } from '../support/redis-server.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

type Store = SessionStore | ClassToken<SessionStore>

function open(store: Store, components: readonly Component[] = []): App {
  const app = new App({
    components: [sessions(store, { onWarning: () => {} }), ...components],
    routes: [
      route.get('/', [Session], (session) => session.toObject()),
      route.post('/visits', [Session], (session) => {
        return session.update('visits', (visits: number = 0) => visits + 1)
      }),
      route.post('/logout', [Session], (session) => session.destroy()),
    ],
    onError: () => {},
  })
  onTestFinished(() => app.close())
  return app
}

function redis(): Component {
  const client = new Redis(server.url)
  onTestFinished(() => client.disconnect())
  return value(Redis, client)
}

describe.each<[string, () => App]>([
  ['MemoryStore', () => open(new MemoryStore())],
  ['CookieStore', () => open(new CookieStore({ secret: 'x9'.repeat(8) + 'Qz7'.repeat(8) }))],
  ['RedisStore', () => open(new RedisStore(), [redis()])],
  ['a store of one’s own', () => open(RedisHashStore, [redis()])],
])('with %s', (_, app) => {
  test('withSession() begins a session, and session() reads it', async () => {
    const client = await testClient(app()).withSession({ visits: 2, cart: [{ sku: 'tea' }] })
    expect(await client.json('/')).toEqual({ visits: 2, cart: [{ sku: 'tea' }] })
    await client.post('/visits')
    expect(await client.session()).toEqual({ visits: 3, cart: [{ sku: 'tea' }] })
  })

  test('without a session, or after the logout, session() is undefined', async () => {
    const client = testClient(app())
    expect(await client.session()).toBeUndefined()
    await client.post('/visits')
    expect(await client.session<{ visits: number }>()).toEqual({ visits: 1 })
    await client.post('/logout')
    expect(await client.session()).toBeUndefined()
    expect(client.cookies.size).toBe(0)
  })

  test('withSession() replaces the data of an earlier session', async () => {
    const client = await testClient(app()).withSession({ old: 1 })
    await client.withSession({ fresh: 1 })
    expect(await client.session()).toEqual({ fresh: 1 })
  })

  test('two clients of one application have separate sessions', async () => {
    const shared = app()
    const ada = await testClient(shared).withSession({ user: 'ada' })
    const grace = await testClient(shared).withSession({ user: 'regenerateGrace' })
    expect([await ada.session(), await grace.session()]).toEqual([
      { user: 'ada' },
      { user: 'regenerateGrace' },
    ])
  })
})

test('with a user id the session is bound to the user', async () => {
  const app = new App({
    components: [sessions(new MemoryStore())],
    routes: [
      route.get('/', [Session, UserSessions], async (session, ofUser) => {
        return [session.userId, (await ofUser.list()).length]
      }),
    ],
  })
  const client = await testClient(app).withSession({}, { userId: 'ada' })
  expect(await client.json('/')).toEqual(['ada', 1])
})

test('middleware of the application does not run', async () => {
  const app = new App({
    components: [sessions(new MemoryStore())],
    middleware: [inject([Next], () => new Response('no', { status: 403 }))],
    routes: [route.get('/', [Session], (session) => session.toObject())],
  })
  const client = await testClient(app).withSession({ a: 1 })
  expect((await client.get('/')).status).toBe(403)
  expect(await client.session()).toEqual({ a: 1 })
})

test('the option `as` chooses between two kinds of sessions', async () => {
  const Admin = token<Session>('admin')
  const app = new App({
    components: [
      sessions(new MemoryStore()),
      sessions(new MemoryStore({ name: '__Host-admin' }), { as: Admin }),
    ],
    routes: [
      route.get('/', [Session, Admin], (session, admin) => [session.toObject(), admin.toObject()]),
    ],
  })
  const client = testClient(app)
  await client.withSession({ a: 1 })
  await client.withSession({ b: 2 }, { as: Admin })
  expect(await client.json('/')).toEqual([{ a: 1 }, { b: 2 }])
  expect(await client.session({ as: Admin })).toEqual({ b: 2 })
})

test('an overriding store is used, and singletons are built and closed once', async () => {
  const Name = token<{ name: string }>('name')
  const built: string[] = []
  const app = new App({
    components: [
      sessions(new MemoryStore()),
      singleton(Name, [], () => ({ name: built.push('built') ? 'x' : '' }), {
        dispose: () => built.push('disposed'),
      }),
    ],
    routes: [route.get('/', [Session, Name], (session) => session.toObject())],
  })
  const client = await testClient(app).withSession({ a: 1 })
  expect(await client.json('/')).toEqual({ a: 1 })
  expect(built).toEqual(['built'])
  const other = new Session('id', { b: 2 })
  using _ = app.override(Session, other)
  expect(await client.session()).toEqual({ b: 2 })
  expect(built).toEqual(['built'])
})

test('a session cookie for any path is sent', async () => {
  const app = open(new MemoryStore({ name: 'shop', path: '/shop' }))
  const client = await testClient(app).withSession({ a: 1 })
  expect(client.cookies.get('shop')?.path).toBe('/shop')
  expect(await client.session()).toEqual({ a: 1 })
})

describe('an error says what is wrong', () => {
  test('when the client was given something other than an App', async () => {
    const app = open(new MemoryStore())
    const client = testClient({ fetch: app.fetch })
    await expect(client.withSession({})).rejects.toThrow(
      new TypeError(
        'a test client can only begin and read sessions of an App: pass the App itself to testClient.',
      ),
    )
  })

  test('when a browser would refuse the cookie', async () => {
    const client = testClient(open(new MemoryStore()), { origin: 'http://shop.test' })
    await expect(client.withSession({ a: 1 })).rejects.toThrow(
      new Error('a browser at http://shop.test refuses the cookie of the session: __Host-session.'),
    )
  })

  test('when the store fails, with the cause', async () => {
    class Failing extends SessionStore {
      override load(): Session {
        throw new Error('down')
      }
      override dump(): undefined {}
    }
    const client = testClient(open(new Failing()))
    await expect(client.session()).rejects.toThrow(
      expect.objectContaining({
        message: 'the store answered the request for the session with 503.',
        cause: expect.objectContaining({ code: 'SESSION_LOAD' }),
      }),
    )
  })
})
