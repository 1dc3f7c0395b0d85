import { randomBytes } from 'node:crypto'
import { App, CookieStore, MemoryStore, Session, route, sessions, type SessionStore } from 'ingot'
import { movingFrom, type OldSessions } from 'ingot/moving'
import { testClient } from 'ingot/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Browser } from '../../test/sessions/moving/browser.js'
import {
  cookieApp,
  expressApp,
  fastifyApp,
  ironApp,
  koaApp,
  OLD_LIFETIME,
  secureApp,
} from '../../test/sessions/moving/old-apps.js'
import { createApp } from './express.js'
import { renamed } from './renamed.js'
import {
  fromCookieSession,
  fromFastify,
  fromIronSession,
  fromKoa,
  fromSecureSession,
} from './systems.js'
import { tokens, type Row } from './tokens.js'

const secret = randomBytes(32).toString('base64')
const until = new Date(Date.now() + 30 * 86_400_000)

async function served(app: App): Promise<string> {
  const { url } = await app.listen({ port: 0, hostname: '127.0.0.1' })
  onTestFinished(() => app.close())
  return url.replace(/\/$/, '')
}

/** The page of a visitor who logged in to an old application, in one of ours. */
async function pageOf(old: { readonly url: string }, sessionsOf: OldSessions): Promise<unknown> {
  const store = movingFrom(sessionsOf, new MemoryStore(), { secret, until })
  const routes = [route.get('/', [Session], (session) => ({ cart: session.get('cart') }))]
  const url = await served(new App({ components: [sessions(store)], routes }))
  const browser = new Browser()
  await browser.get(old.url, '/login')
  return (await browser.get(url, '/')).body
}

test('express: who was logged in through Passport still is, and since then', async () => {
  const old = await expressApp()
  const settings = { oldStore: old.store, oldSecret: old.secret, secret, until }
  const url = await served(createApp({ ...settings, store: new MemoryStore() }))
  const browser = new Browser()
  await browser.get(old.url, '/login')
  expect((await browser.get(url, '/me')).body).toEqual({ user: 'ada', cart: ['tea'] })
  const { body } = await browser.get(url, '/devices')
  const [device] = body as unknown as { createdAt: string }[]
  expect(Date.now() - Date.parse(device!.createdAt)).toBeGreaterThanOrEqual(60_000)
})

describe('a visitor comes along from', () => {
  test('@fastify/session', async () => {
    const old = await fastifyApp()
    expect(await pageOf(old, fromFastify(old.store, old.secret))).toEqual({ cart: ['tea'] })
  })

  test('cookie-session', async () => {
    const old = await cookieApp()
    expect(await pageOf(old, fromCookieSession(old.keys))).toEqual({ cart: ['tea'] })
  })

  test('koa-session with a store', async () => {
    const old = await koaApp({ isExternal: true })
    expect(await pageOf(old, fromKoa(old.keys, old.store))).toEqual({ cart: ['tea'] })
  })

  test('iron-session', async () => {
    const old = await ironApp()
    expect(await pageOf(old, fromIronSession(old.password, OLD_LIFETIME))).toEqual({
      cart: ['tea'],
    })
  })

  test('@fastify/secure-session', async () => {
    const old = await secureApp()
    expect(await pageOf(old, fromSecureSession(old.app))).toEqual({ cart: ['tea'] })
  })
})

test('tokens: a system of its own moves in twenty lines', async () => {
  const table = new Map<string, Row>([['a-random-token', { user: 'ada', since: new Date() }]])
  const store = movingFrom(tokens(table), new MemoryStore(), { secret, until, rollback: false })
  const app = new App({
    components: [sessions(store)],
    routes: [route.get('/', [Session], (session) => session.get('user') ?? 'nobody')],
  })
  const client = testClient(app)
  client.cookies.set('token', 'a-random-token')
  expect(await (await client.get('/')).text()).toBe('ada')
  expect(table.size).toBe(0)
  expect([...client.cookies].map(({ name }) => name)).toEqual(['__Host-session'])
  expect(await (await client.get('/')).text()).toBe('ada')
  client.cookies.clear()
  client.cookies.set('token', 'another-token')
  expect(await (await client.get('/')).text()).toBe('nobody')
})

test('renamed: a cookie with another name and domain logs nobody out', async () => {
  const routes = [
    route.post('/', [Session], (session) => session.bind('ada')),
    route.get('/', [Session], (session) => session.userId ?? 'nobody'),
  ]
  const origin = 'https://shop.example.com'
  const at = (store: SessionStore) =>
    testClient(new App({ components: [sessions(store)], routes }), { origin })
  const before = at(new CookieStore({ secret }))
  await before.post('/')
  const client = at(renamed(secret, until))
  client.cookies.set('__Host-session', before.cookies.get('__Host-session')!.value)
  const first = await client.get('/')
  expect(await first.text()).toBe('ada')
  expect(first.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Secure-shop=.*; Domain=example\.com; /),
  ])
  client.cookies.delete('__Host-session')
  expect(await (await client.get('/')).text()).toBe('ada')
})
