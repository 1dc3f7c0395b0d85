import { connectRedis, disconnectRedis, RedisStore } from '../../../src/sessions/redis/index.js'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { value } from '../../../src/di/index.js'
import { CookieStore, MemoryBackend, type SessionBackend } from '../../../src/sessions/index.js'
import type { OldSession } from '../../../src/sessions/moving/index.js'
import { startRedis } from '../../support/redis-server.js'
import { newSecret } from '../secrets.js'
import { Browser, DAY, kindsOf, newApp } from './browser.js'
import { cookieApp, expressApp, OLD_APPS, loginIdOf } from './old-apps.js'

const NAME = '__Host-session'

/** Keeps sessions in the cookie for ten days. */
function cookieStore(revocations?: SessionBackend): CookieStore {
  const limits = { idleTimeout: 864_000, absoluteTimeout: 864_000 }
  return new CookieStore({ secret: newSecret(), ...limits, ...(revocations && { revocations }) })
}

async function loggedIn(url: string): Promise<Browser> {
  const browser = new Browser()
  await browser.get(url, '/login')
  return browser
}

describe.each(OLD_APPS)('from %s into cookies', (_, start) => {
  test('parallel first requests make one session, and each sends its cookie', async () => {
    const old = await start()
    const ours = await newApp(old.sessions, { store: cookieStore() })
    const browser = await loggedIn(old.url)
    const copies = Array.from({ length: 4 }, () => browser.copy())
    const pages = await Promise.all(copies.map((copy) => copy.get(ours.url, '/me')))
    expect(new Set(pages.map(({ body }) => body.id)).size).toBe(1)
    for (const copy of copies) {
      const page = await new Browser([[NAME, copy.cookies.get(NAME)!]]).get(ours.url, '/me')
      expect(page.body).toMatchObject({ user: 'ada', id: pages[0]!.body.id })
    }
  })

  test('with revocations a logout and a new id are final for copies of the old cookie', async () => {
    const old = await start()
    const ours = await newApp(old.sessions, { store: cookieStore(new MemoryBackend()) })
    for (const path of ['/logout', '/renew']) {
      const browser = await loggedIn(old.url)
      const copy = browser.copy()
      await browser.get(ours.url, '/me')
      await browser.get(ours.url, path)
      expect((await copy.get(ours.url, '/me')).body.user).toBeNull()
      expect(kindsOf(ours).at(-1)).toMatch(/^refused (?:revoked|unknown)$/)
    }
  })

  test('without the way back the old session ends with the next request, which shows that the cookie arrived', async () => {
    const old = await start()
    const ours = await newApp(old.sessions, { store: cookieStore(), rollback: false })
    const browser = await loggedIn(old.url)
    const names = [...browser.cookies.keys()]
    const copy = browser.copy()
    await browser.get(ours.url, '/me')
    expect([...browser.cookies.keys()]).toEqual([...names, NAME])
    expect((await copy.get(ours.url, '/me')).body.user).toBe('ada')
    expect((await browser.get(ours.url, '/me')).body.user).toBe('ada')
    expect([...browser.cookies.keys()]).toEqual([NAME])
  })
})

test('with revocations an end is remembered until the move is over, not only as long as the session lives', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const old = await cookieApp(loginIdOf)
  const ours = await newApp(old.sessions, {
    store: cookieStore(new MemoryBackend({ now: () => Date.now() })),
  })
  const browser = await loggedIn(old.url)
  const copy = browser.copy()
  await browser.get(ours.url, '/renew')
  vi.setSystemTime(Date.now() + 20 * DAY)
  expect((await copy.get(ours.url, '/me')).body.user).toBeNull()
})

test('with revocations, who was revoked before their session was moved stays out', async () => {
  const store = cookieStore(new MemoryBackend())
  const old = await expressApp()
  const session = ({ data }: OldSession) => ({ data, userId: String(data['user']) })
  const ours = await newApp(old.sessions, { store, session })
  const browser = await loggedIn(old.url)
  await store.revokeUser('ada')
  expect((await browser.get(ours.url, '/me')).body.user).toBeNull()
  expect(kindsOf(ours)).toEqual(['fresh revoked', 'refused revoked'])
})

test('with revocations a logout is final for an old session that was never taken over', async () => {
  const old = await cookieApp(loginIdOf)
  const ours = await newApp(old.sessions, { store: cookieStore(new MemoryBackend()) })
  const browser = await loggedIn(old.url)
  const login = new Browser()
  await login.get(ours.url, '/login')
  await new Browser([...browser.cookies, ...login.cookies]).get(ours.url, '/logout')
  expect((await browser.get(ours.url, '/me')).body.user).toBeNull()
  expect(kindsOf(ours).at(-1)).toBe('refused revoked')
})

test('a session that is too large for a cookie is none', async () => {
  const old = await expressApp()
  const ours = await newApp(old.sessions, {
    store: cookieStore(),
    session: () => ({ data: { text: 'x'.repeat(5000) } }),
  })
  const browser = await loggedIn(old.url)
  expect(await browser.get(ours.url, '/me')).toMatchObject({ status: 200, setCookies: [] })
  expect(kindsOf(ours)).toEqual(['fresh too-large', 'refused too-large'])
})

test('who idled too long with a cookie of ours does not begin anew with the old one', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const old = await cookieApp(loginIdOf)
  const ours = await newApp(old.sessions, { store: cookieStore() })
  const browser = await loggedIn(old.url)
  await browser.get(ours.url, '/me')
  vi.setSystemTime(Date.now() + 11 * DAY)
  expect((await browser.get(ours.url, '/me')).body.user).toBeNull()
})

test('two processes with one Redis make one session of parallel first requests, and a logout in one is final in the other', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const old = await expressApp()
  const secret = newSecret()
  const processes = await Promise.all(
    [1, 2].map(async () => {
      const redis = connectRedis(server.url)
      onTestFinished(() => disconnectRedis(redis))
      const components = [value(Redis, redis)]
      return newApp(old.sessions, { store: new RedisStore(), secret, components })
    }),
  )
  for (let round = 0; round < 5; round += 1) {
    const browser = await loggedIn(old.url)
    const copies = Array.from({ length: 20 }, () => browser.copy())
    const pages = await Promise.all(
      copies.map((copy, index) => copy.get(processes[index % 2]!.url, '/me')),
    )
    expect(new Set(pages.map(({ body }) => body.id)).size).toBe(1)
    for (const { body } of pages) expect(body.user).toBe('ada')
    const both = [
      ...copies.map((copy, index) => copy.get(processes[index % 2]!.url, '/me')),
      browser.get(processes[0]!.url, '/logout'),
    ]
    await Promise.all(both)
    for (const { url } of processes) {
      for (const copy of copies) expect((await copy.copy().get(url, '/me')).body.user).toBeNull()
    }
  }
})
