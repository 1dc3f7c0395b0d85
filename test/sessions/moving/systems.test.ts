import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MemoryStore } from '../../../src/sessions/index.js'
import { Browser, kindsOf, newApp } from './browser.js'
import { OLD_APPS, OLD_LIFETIME } from './old-apps.js'

const NAME = '__Host-session'
const NOBODY = { user: null, cart: null }
const ADA = { user: 'ada', cart: ['tea'] }

/** A visitor who has logged in to the old application. */
async function loggedIn(url: string): Promise<Browser> {
  const browser = new Browser()
  expect((await browser.get(url, '/login')).body).toEqual(ADA)
  expect((await browser.get(url, '/me')).body).toEqual(ADA)
  return browser
}

/** Lets time pass for the old application and for ours. */
function clock() {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  return { pass: (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000) }
}

describe.each(OLD_APPS)('from %s', (_, start) => {
  test('a logged-in visitor is still logged in, under a cookie of ours', async () => {
    const old = await start()
    const ours = await newApp(old.sessions)
    const browser = await loggedIn(old.url)
    const first = await browser.get(ours.url, '/me')
    expect(first.body).toMatchObject(ADA)
    expect(first.setCookies).toEqual([expect.stringMatching(/^__Host-session=[\w-]{43}; /)])
    const later = await new Browser([[NAME, browser.cookies.get(NAME)!]]).get(ours.url, '/me')
    expect(later.body).toMatchObject({ ...ADA, id: first.body.id })
    expect(later.setCookies).toEqual([])
    expect(kindsOf(ours)).toEqual(['loaded moved', 'created moved', 'loaded live'])
  })

  test('parallel first requests make one session, and one of them sends its cookie', async () => {
    const old = await start()
    const ours = await newApp(old.sessions)
    const browser = await loggedIn(old.url)
    const pages = await Promise.all(
      Array.from({ length: 8 }, () => browser.copy().get(ours.url, '/me')),
    )
    const ids = new Set(pages.map(({ body }) => body.id))
    expect([...ids]).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
    for (const { body } of pages) expect(body).toMatchObject(ADA)
    const cookies = pages.flatMap(({ setCookies }) => setCookies)
    expect(cookies).toEqual([expect.stringContaining([...ids][0]!)])
    // The session, and what remembers that it was taken over.
    expect(ours.backend.size).toBe(2)
  })

  test('the way back is open: the old application still knows the visitor', async () => {
    const old = await start()
    const ours = await newApp(old.sessions)
    const browser = await loggedIn(old.url)
    await browser.get(ours.url, '/write')
    expect((await browser.get(ours.url, '/me')).body.user).toBe('eve')
    expect((await browser.get(old.url, '/me')).body).toEqual(ADA)
  })

  test('without the way back the old session ends as soon as it was taken over', async () => {
    const time = clock()
    const old = await start()
    const ours = await newApp(old.sessions, { rollback: false })
    const browser = await loggedIn(old.url)
    const before = browser.copy()
    await browser.get(ours.url, '/me')
    expect([...browser.cookies.keys()]).toEqual([NAME])
    expect((await browser.get(ours.url, '/me')).body).toMatchObject(ADA)
    expect((await browser.get(old.url, '/me')).body).toEqual(NOBODY)
    // A response that did not arrive: the old cookie still opens the session, and the browser gets the new one.
    time.pass(60)
    const again = await before.get(ours.url, '/me')
    expect(again.body).toMatchObject(ADA)
    expect([...before.cookies.keys()]).toEqual([NAME])
  })

  test('a logout is final: no copy of the old cookie opens the session again', async () => {
    const old = await start()
    const ours = await newApp(old.sessions)
    const browser = await loggedIn(old.url)
    const copy = browser.copy()
    await browser.get(ours.url, '/me')
    await browser.get(ours.url, '/logout')
    expect([...browser.cookies.keys()]).toEqual([])
    expect((await copy.get(ours.url, '/me')).body).toEqual({ ...NOBODY, times: expect.anything() })
    expect(kindsOf(ours).slice(-2)).toEqual(['fresh moved', 'refused moved'])
    expect((await browser.get(old.url, '/me')).body).toEqual(NOBODY)
  })

  test('a logout in the first request that ours gets is final as well', async () => {
    const old = await start()
    const ours = await newApp(old.sessions)
    const browser = await loggedIn(old.url)
    const copy = browser.copy()
    await browser.get(ours.url, '/logout')
    expect([...browser.cookies.keys()]).toEqual([])
    expect((await copy.get(ours.url, '/me')).body).toMatchObject(NOBODY)
    expect((await browser.get(old.url, '/me')).body).toEqual(NOBODY)
  })

  test('an id that was replaced does not come back by the old cookie [FX-04]', async () => {
    const time = clock()
    const old = await start()
    const ours = await newApp(old.sessions)
    const browser = await loggedIn(old.url)
    const copy = browser.copy()
    await browser.get(ours.url, '/renew')
    expect((await browser.get(ours.url, '/me')).body).toMatchObject(ADA)
    time.pass(60)
    expect((await copy.get(ours.url, '/me')).body).toMatchObject(NOBODY)
    expect((await browser.get(ours.url, '/me')).body).toMatchObject(ADA)
  })

  test('a cookie that was changed anywhere opens nothing, and no cookie is set', async () => {
    const old = await start()
    const ours = await newApp(old.sessions)
    const { cookies } = await loggedIn(old.url)
    for (const [name, value] of cookies) {
      for (const at of [2, Math.floor(value.length / 2), value.length - 3]) {
        const changed = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1)
        const page = await new Browser([...cookies, [name, changed]]).get(ours.url, '/me')
        expect(page).toMatchObject({ status: 200, body: NOBODY, setCookies: [] })
        expect(kindsOf(ours).at(-1)).toMatch(/^refused (?:tampered|malformed)$/)
      }
    }
    expect(ours.backend.size).toBe(0)
  })

  test('when the move is over, no old session is taken over', async () => {
    const old = await start()
    const browser = await loggedIn(old.url)
    const ours = await newApp(old.sessions, { until: new Date(Date.now() - 1) })
    expect((await browser.get(ours.url, '/me')).body).toMatchObject(NOBODY)
  })
})

// The others keep nothing but the cookie, and a copy of it is good until it ends.
const storing = OLD_APPS.filter(([name]) => /express|@fastify.session|a store/.test(name))

test.each(storing)('after a logout the store of %s has the session no more', async (_, start) => {
  const old = await start()
  const ours = await newApp(old.sessions)
  const browser = await loggedIn(old.url)
  const copy = browser.copy()
  await browser.get(ours.url, '/logout')
  expect((await copy.get(old.url, '/me')).body).toEqual(NOBODY)
})

// A cookie of cookie-session ends with the browser alone.
const ending = OLD_APPS.filter(([name]) => name !== 'cookie-session')

test.each(ending)('a session that is over in %s is none in ours', async (_, start) => {
  const time = clock()
  const old = await start()
  const ours = await newApp(old.sessions)
  const browser = await loggedIn(old.url)
  // iron-session allows for clocks that differ by a minute.
  time.pass(OLD_LIFETIME + 61)
  expect((await browser.copy().get(old.url, '/me')).body).toEqual(NOBODY)
  const page = await browser.get(ours.url, '/me')
  expect(page).toMatchObject({ status: 200, body: NOBODY, setCookies: [] })
})

test('the idle time goes on in ours, where the old system says when a session was used', async () => {
  for (const [name, start] of OLD_APPS) {
    const time = clock()
    const old = await start()
    const browser = await loggedIn(old.url)
    const ours = await newApp(old.sessions, { store: new MemoryStore({ idleTimeout: 500 }) })
    time.pass(600)
    const page = await browser.get(ours.url, '/me')
    const isOver = kindsOf(ours).includes('refused expired-idle')
    expect([name, isOver, page.body.user]).toEqual(
      name === 'cookie-session' ? [name, false, 'ada'] : [name, true, null],
    )
  }
})
