import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { value } from '../../../src/di/index.js'
import { App, route } from '../../../src/http/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  MemoryStore,
  Session,
  sessions,
  SessionStore,
  UserSessions,
} from '../../../src/sessions/index.js'
import { movingFrom } from '../../../src/sessions/moving/index.js'
import { connectRedis, disconnectRedis, RedisStore } from '../../../src/sessions/redis/index.js'
import { testClient } from '../../../src/testing/index.js'
import { startRedis } from '../../support/redis-server.js'
import { newSecret } from '../secrets.js'
import { Browser, DAY, newApp } from './browser.js'

/** An application of ours before the move. */
async function oldApp(store: SessionStore) {
  const app = new App({
    // The path of a cookie that does not reach every route is warned of.
    components: [sessions(store, { onWarning: () => {} })],
    routes: [
      route.get('/login', [Session], (session) => {
        session.bind('ada', { label: 'phone' })
        session.remember(40 * 86_400)
        session.set('user', 'ada')
        session.flash.set('notice', 'welcome')
      }),
      route.get('/me', [Session], (session) => ({ user: session.get('user') ?? null })),
    ],
  })
  const { url } = await app.listen({ port: 0, hostname: '127.0.0.1' })
  onTestFinished(() => app.close())
  return url.replace(/\/$/, '')
}

const name = 'sid'
const secret = newSecret()

describe.each([
  ['another name, in memory', () => [new MemoryStore({ name }), new MemoryStore()]],
  [
    'another name, in the cookie',
    () => [new CookieStore({ name, secret }), new CookieStore({ secret })],
  ],
  ['from the cookie to a store', () => [new CookieStore({ name, secret }), new MemoryStore()]],
  ['from a store to the cookie', () => [new MemoryStore({ name }), new CookieStore({ secret })]],
  ['another path', () => [new MemoryStore({ name, path: '/me' }), new MemoryStore()]],
] as [string, () => [SessionStore, CookieStore | MemoryStore]][])('%s', (_, stores) => {
  test('nobody is logged out, all that is known of a session comes along, and the way back is open', async () => {
    const [before, after] = stores()
    const oldUrl = await oldApp(before)
    const ours = await newApp(before, { store: after })
    const browser = new Browser()
    await browser.get(oldUrl, '/login')
    const page = await browser.get(ours.url, '/all')
    expect(page.body).toEqual({
      user: 'ada',
      userId: 'ada',
      notice: 'welcome',
      lifetime: 40 * 86_400,
      loggedIn: expect.any(Number),
    })
    expect(Date.now() - (page.body as { loggedIn: number }).loggedIn).toBeGreaterThanOrEqual(0)
    expect((await new Browser([...browser.cookies].slice(1)).get(ours.url, '/me')).body.user).toBe(
      'ada',
    )
    expect((await browser.get(oldUrl, '/me')).body.user).toBe('ada')
  })

  test('a logout ends both', async () => {
    const [before, after] = stores()
    const oldUrl = await oldApp(before)
    const ours = await newApp(before, { store: after })
    const browser = new Browser()
    await browser.get(oldUrl, '/login')
    const copy = browser.copy()
    await browser.get(ours.url, '/me')
    await browser.get(ours.url, '/logout')
    expect([...browser.cookies.keys()]).toEqual([])
    // Cookies alone cannot promise it.
    const isFinal = [before, after].map(({ capabilities }) => capabilities.isRevocable)
    const inOld = (await copy.copy().get(oldUrl, '/me')).body.user
    const inOurs = (await copy.get(ours.url, '/me')).body.user
    expect(inOld).toBe(isFinal[0] ? null : 'ada')
    expect(inOurs).toBe(isFinal.includes(true) ? null : 'ada')
  })
})

test('a store of the same name in another place: the cookie is replaced, and the old record is gone', async () => {
  const before = new MemoryStore()
  const oldUrl = await oldApp(before)
  const ours = await newApp(before, { rollback: false })
  const browser = new Browser()
  await browser.get(oldUrl, '/login')
  const copy = browser.copy()
  const first = await browser.get(ours.url, '/me')
  expect([first.body.user, first.setCookies.length]).toEqual(['ada', 1])
  expect((await browser.get(ours.url, '/me')).body.user).toBe('ada')
  expect((await copy.copy().get(oldUrl, '/me')).body.user).toBeNull()
  await browser.get(ours.url, '/logout')
  expect((await copy.get(ours.url, '/me')).body.user).toBeNull()
})

test('an id that the old store has just replaced is not taken over', async () => {
  const before = new MemoryStore({ name })
  const old = await newApp(before, { store: new MemoryStore() })
  const oldUrl = await oldApp(before)
  const browser = new Browser()
  await browser.get(oldUrl, '/login')
  const stale = browser.copy()
  const renewing = new App({
    components: [sessions(before)],
    routes: [route.get('/renew', [Session], (session) => session.regenerate())],
  })
  const { url } = await renewing.listen({ port: 0, hostname: '127.0.0.1' })
  onTestFinished(() => renewing.close())
  await browser.get(url.replace(/\/$/, ''), '/renew')
  expect((await stale.get(old.url, '/me')).body.user).toBeNull()
  expect((await browser.get(old.url, '/me')).body.user).toBe('ada')
})

test('both stores may ask for what the application provides', async () => {
  const server = await startRedis()
  const redis = connectRedis(server.url)
  onTestFinished(async () => {
    await disconnectRedis(redis)
    await server.stop()
  })
  const before = new RedisStore({ name, prefix: 'old:' })
  const after = new RedisStore()
  const components = [value(Redis, redis)]
  const earlier = new App({
    components: [sessions(before), ...components],
    routes: [route.get('/login', [Session], (session) => void session.set('user', 'ada'))],
  })
  const { url } = await earlier.listen({ port: 0, hostname: '127.0.0.1' })
  onTestFinished(() => earlier.close())
  const ours = await newApp(before, { store: after, components, rollback: false })
  const browser = new Browser()
  await browser.get(url.replace(/\/$/, ''), '/login')
  expect((await browser.get(ours.url, '/me')).body.user).toBe('ada')
  expect((await redis.keys('old:*')).length).toBe(0)
})

test('a move takes the place of its store: kinds of sessions, capabilities, warnings, users', async () => {
  class Clerk extends Session {}
  const inner = new BackendStore(new MemoryBackend())
  const options = { secret, until: new Date(Date.now() + DAY) }
  const moving = movingFrom(new MemoryStore({ name }), inner, options)
  expect(moving.capabilities).toBe(inner.capabilities)
  expect(moving.cookieName).toBe(inner.cookieName)
  expect(moving.isPartitioned?.()).toBe(false)
  expect(moving.userSessions).toBeTypeOf('function')
  expect(
    movingFrom(new MemoryStore({ name }), new CookieStore({ secret }), options).userSessions,
  ).toBe(undefined)
  const over = movingFrom(new MemoryStore({ name }), inner, { ...options, until: new Date(0) })
  expect(await over.startUpWarnings?.()).toEqual([
    expect.stringContaining('The move of sessions is over'),
  ])
  const app = new App({
    components: [
      sessions(moving, { as: Clerk }),
      sessions(new MemoryStore({ name: '__Host-visitor' })),
    ],
    routes: [
      route.get('/', [Clerk, Session], (clerk, session) => [clerk.get('n'), session.get('n')]),
      route.post('/', [Clerk], (clerk) => void clerk.set('n', 1)),
      route.get('/users', [UserSessions], () => 'fine'),
    ],
  })
  const client = testClient(app)
  await client.post('/')
  expect(await client.json('/')).toEqual([1, null])
})
