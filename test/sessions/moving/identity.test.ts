import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MemoryBackend } from '../../../src/sessions/index.js'
import { Browser, kindsOf, newApp } from './browser.js'
import { cookieApp, expressApp, ironApp, koaApp, secureApp, loginIdOf } from './old-apps.js'

const NAME = '__Host-session'

async function loggedIn(url: string): Promise<Browser> {
  const browser = new Browser()
  await browser.get(url, '/login')
  return browser
}

describe('an old cookie that two visitors can have, because nothing in it is their own', () => {
  test('two visitors never share a session', async () => {
    const old = await cookieApp()
    const ours = await newApp(old.sessions)
    const browser = await loggedIn(old.url)
    const twin = browser.copy()
    const [one, other] = [await browser.get(ours.url, '/write'), await twin.get(ours.url, '/me')]
    expect([one.status, other.body.user]).toEqual([204, 'ada'])
    expect((await browser.get(ours.url, '/me')).body.user).toBe('eve')
    expect(browser.cookies.get(NAME)).not.toBe(twin.cookies.get(NAME))
  })

  test('it is cleared at once, also where the way back is open, so that the session ends when it ends', async () => {
    const old = await cookieApp()
    const ours = await newApp(old.sessions)
    const browser = await loggedIn(old.url)
    await browser.get(ours.url, '/me')
    expect([...browser.cookies.keys()]).toEqual([NAME])
    await browser.get(ours.url, '/logout')
    expect((await browser.get(ours.url, '/me')).body.user).toBeNull()
  })

  test('nothing is remembered of it', async () => {
    const old = await cookieApp()
    const backend = new MemoryBackend()
    const ours = await newApp(old.sessions, { backend })
    await (await loggedIn(old.url)).get(ours.url, '/me')
    expect(backend.size).toBe(1)
  })
})

describe('one old session has one name, however its cookie is spelled', () => {
  test.each([
    ['iron-session', ironApp, (value: string) => `${value}~3`],
    ['iron-session, without its version', ironApp, (value: string) => value.replace(/~2$/, '~2x')],
    ['@fastify/secure-session', secureApp, (value: string) => `${value}%3Bmore`],
    ['@fastify/secure-session, in base64url', secureApp, (value: string) => unpadded(value)],
    [
      '@fastify/secure-session, with what base64 ignores',
      secureApp,
      (value: string) => `!${value}`,
    ],
  ])(
    '%s: another spelling does not bring a session back after the logout',
    async (_, start, spelled) => {
      const old = await start()
      const ours = await newApp(old.sessions)
      const browser = await loggedIn(old.url)
      const [[name, value]] = [...browser.cookies] as [[string, string]]
      const thief = new Browser([[name, spelled(value)]])
      // The old system opens it, so that this shows something.
      expect((await thief.copy().get(old.url, '/me')).body.user).toBe('ada')
      await browser.get(ours.url, '/logout')
      expect((await thief.get(ours.url, '/me')).body.user).toBeNull()
      expect(kindsOf(ours).at(-1)).toBe('refused moved')
    },
  )
})

test('two sessions of @fastify/secure-session have two names', async () => {
  const old = await secureApp()
  const ours = await newApp(old.sessions)
  const [ada, twin] = [await loggedIn(old.url), await loggedIn(old.url)]
  await ada.get(ours.url, '/logout')
  expect((await twin.get(ours.url, '/me')).body.user).toBe('ada')
})

/** Base64 in the other alphabet, and without padding. */
function unpadded(value: string): string {
  const text = decodeURIComponent(value)
  return encodeURIComponent(text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''))
}

test.each([
  ['in a store', () => expressApp(), null],
  // The old application takes a copy of a cookie as long as it lives.
  ['in a cookie', ironApp, 'ada'],
])(
  'a session of ours wins over an old one %s, which a logout ends as well',
  async (_, start, left) => {
    const old = await start()
    const ours = await newApp(old.sessions)
    const browser = new Browser()
    await browser.get(ours.url, '/login')
    await browser.get(old.url, '/login')
    expect((await browser.get(ours.url, '/me')).body).toMatchObject({ user: null, userId: 'bob' })
    const copy = browser.copy()
    await browser.get(ours.url, '/logout')
    copy.cookies.delete(NAME)
    expect((await copy.get(ours.url, '/me')).body.user).toBeNull()
    expect((await copy.get(old.url, '/me')).body.user).toBe(left)
  },
)

test('a login of another user ends the session of the one before, in the old application too', async () => {
  const old = await expressApp()
  const ours = await newApp(old.sessions, { session: ({ data }) => ({ data, userId: 'ada' }) })
  const browser = await loggedIn(old.url)
  const copy = browser.copy()
  await browser.get(ours.url, '/login')
  expect((await browser.get(ours.url, '/me')).body).toMatchObject({ user: null, userId: 'bob' })
  expect((await copy.get(old.url, '/me')).body.user).toBeNull()
  expect((await copy.get(ours.url, '/me')).body.user).toBeNull()
})

test('of several cookies of the old name the first that opens a session is taken, and few are looked at', async () => {
  const old = await expressApp()
  const ours = await newApp(old.sessions)
  const browser = await loggedIn(old.url)
  const value = browser.cookies.get('connect.sid')!
  const planted = (count: number) => Array.from({ length: count }, (_, index) => `x${index}`)
  const ask = async (values: readonly string[]) => {
    const cookie = values.map((each) => `connect.sid=${each}`).join('; ')
    const response = await fetch(`${ours.url}/me`, { headers: { cookie } })
    return (await response.json()) as { user: string | null }
  }
  expect((await ask([...planted(3), value])).user).toBe('ada')
  expect((await ask([...planted(4), value])).user).toBeNull()
})

test('when the first request fails, or gives the session a new id at once, the browser gets the right cookie', async () => {
  const old = await koaApp()
  const ours = await newApp(old.sessions)
  for (const [path, status] of [
    ['/fail', 500],
    ['/renew', 204],
    ['/commit', 204],
  ] as const) {
    const browser = await loggedIn(old.url)
    const page = await browser.get(ours.url, path)
    expect([page.status, page.setCookies.length]).toEqual([status, 1])
    const alone = new Browser([[NAME, browser.cookies.get(NAME)!]])
    expect((await alone.get(ours.url, '/write')).status).toBe(204)
  }
})

test('a request beside one that gives the session a new id does not send the old one', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const old = await cookieApp(loginIdOf)
  const ours = await newApp(old.sessions)
  const browser = await loggedIn(old.url)
  const beside = browser.copy()
  await browser.get(ours.url, '/renew')
  vi.setSystemTime(Date.now() + 5000)
  const page = await beside.get(ours.url, '/me')
  expect([page.body.user, page.setCookies]).toEqual(['ada', []])
})
