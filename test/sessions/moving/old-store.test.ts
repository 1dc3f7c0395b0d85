import { expect, test } from 'vitest'
import { Browser, kindsOf, newApp } from './browser.js'
import { expressApp, type Breakable } from './old-apps.js'

const away = Object.assign(new Error('the old database is away'), { code: 'ECONNREFUSED' })

/** A visitor of an old application whose store can be broken, and ours. */
async function world(options: Parameters<typeof newApp>[1] = {}) {
  const breakable: Breakable = {}
  const old = await expressApp(breakable)
  const ours = await newApp(old.sessions, options)
  const browser = new Browser()
  await browser.get(old.url, '/login')
  return { breakable, old, ours, browser }
}

test('an old store that fails is a 503 for who comes with its cookie, and never no session [R1]', async () => {
  const { breakable, ours, browser } = await world()
  breakable.reading = away
  expect(await browser.get(ours.url, '/me')).toMatchObject({ status: 503, setCookies: [] })
  expect(kindsOf(ours)).toEqual(['failed old-store'])
  breakable.reading = undefined
  expect((await browser.get(ours.url, '/me')).body.user).toBe('ada')
})

test('an old store that does not answer is a 503', async () => {
  const { old, browser } = await world()
  const silent = {
    text: 'x',
    key: 'x',
    read: () => new Promise<never>(() => {}),
    end: async () => [],
  }
  const ours = await newApp({ ...old.sessions, find: async () => [silent] }, { timeoutMs: 1 })
  expect(await browser.get(ours.url, '/me')).toMatchObject({ status: 503, setCookies: [] })
})

test('while the old store is away, who was taken over is served', async () => {
  const { breakable, ours, browser } = await world()
  const beforeAnswer = browser.copy()
  await browser.get(ours.url, '/me')
  breakable.reading = breakable.destroying = away
  for (const each of [browser, beforeAnswer]) {
    expect((await each.get(ours.url, '/me')).body.user).toBe('ada')
  }
})

test('an old store that is away does not open the circuit breaker of the new one', async () => {
  const { breakable, ours, browser } = await world()
  const other = new Browser()
  await other.get(ours.url, '/login')
  breakable.reading = away
  for (let visit = 0; visit < 12; visit += 1) {
    expect((await browser.get(ours.url, '/me')).status).toBe(503)
  }
  expect((await other.get(ours.url, '/me')).body.userId).toBe('bob')
  expect(kindsOf(ours).filter((kind) => kind.startsWith('breaker'))).toEqual([])
})

test('a logout that the old store cannot take is a 503, and can be made again', async () => {
  const { breakable, old, ours, browser } = await world()
  await browser.get(ours.url, '/me')
  const copy = browser.copy()
  breakable.destroying = away
  expect(await browser.get(ours.url, '/logout')).toMatchObject({ status: 503, setCookies: [] })
  expect((await browser.get(ours.url, '/me')).body.user).toBe('ada')
  breakable.destroying = undefined
  expect((await browser.get(ours.url, '/logout')).status).toBe(204)
  expect((await copy.get(old.url, '/me')).body.user).toBeNull()
})

test('an old session that cannot be destroyed once it was taken over fails no request, and is tried again', async () => {
  const { breakable, old, ours, browser } = await world({ rollback: false })
  const copy = browser.copy()
  breakable.destroying = away
  expect((await browser.get(ours.url, '/me')).status).toBe(200)
  expect(browser.cookies.has('connect.sid')).toBe(true)
  expect(kindsOf(ours)).toContain('failed old-store')
  breakable.destroying = undefined
  await browser.get(ours.url, '/me')
  expect([...browser.cookies.keys()]).toEqual(['__Host-session'])
  expect((await copy.get(old.url, '/me')).body.user).toBeNull()
})

test('an old session is destroyed once by a request that stores its session twice', async () => {
  let ends = 0
  const one = {
    text: 'x',
    key: 'x',
    read: async () => ({ data: { user: 'ada' } }),
    end: async () => ((ends += 1), []),
  }
  const ours = await newApp({ names: ['old'], find: async () => [one] }, { rollback: false })
  await new Browser([['old', 'x']]).get(ours.url, '/commit')
  expect(ends).toBe(1)
})

test('a request that looks for the old session after another has taken it over and destroyed it gets the same', async () => {
  const { breakable, ours, browser } = await world({ rollback: false })
  const slow = browser.copy()
  const [hasBegun, begin] = signal()
  const [isDone, finish] = signal()
  breakable.pause = () => (begin(), isDone)
  const page = slow.get(ours.url, '/me')
  await hasBegun
  const first = await browser.get(ours.url, '/me')
  finish()
  expect((await page).body).toMatchObject({ user: 'ada', id: first.body.id })
})

test('a request that looks for the old session while another logs out does not bring it back [RA-03]', async () => {
  const { breakable, ours, browser } = await world()
  const slow = browser.copy()
  const [hasBegun, begin] = signal()
  const [isDone, finish] = signal()
  breakable.pause = () => (begin(), isDone)
  const page = slow.get(ours.url, '/write')
  await hasBegun
  await browser.get(ours.url, '/logout')
  finish()
  await page
  expect((await slow.get(ours.url, '/me')).body.user).not.toBe('ada')
  expect(kindsOf(ours)).toContain('fresh moved')
})

test('a request that makes a session of the old one while another logs out does not bring it back [RA-03]', async () => {
  const [hasBegun, begin] = signal()
  const [isDone, finish] = signal()
  let isFirst = true
  const { ours, browser } = await world({
    session: async (old) => {
      if (!isFirst) return old
      isFirst = false
      begin()
      await isDone
      return old
    },
  })
  const slow = browser.copy()
  const page = slow.get(ours.url, '/me')
  await hasBegun
  await browser.get(ours.url, '/logout')
  finish()
  expect(await page).toMatchObject({ body: { user: null }, setCookies: [] })
  // What remembers that it is over, and nothing else.
  expect(ours.backend.size).toBe(1)
})

function signal(): [signalled: Promise<void>, signal: () => void] {
  let give = () => {}
  const signalled = new Promise<void>((resolve) => (give = resolve))
  return [signalled, () => give()]
}
