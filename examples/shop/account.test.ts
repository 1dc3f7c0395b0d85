import { randomUUID } from 'node:crypto'
import type { TestClient } from 'ingot/testing'
import { describe, expect, test } from 'vitest'
import { cookieOf, form, shopOpener } from './open-shop.js'

const openShop = shopOpener()

const LAPTOP =
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 <script>alert(1)</script>'
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

async function logIn(
  client: TestClient,
  username: string,
  userAgent = LAPTOP,
): Promise<TestClient> {
  await client.post('/login', form({ username }), { headers: { 'user-agent': userAgent } })
  return client
}

async function pageOf(client: TestClient): Promise<string> {
  const response = await client.get('/sessions', { follow: true })
  expect(response.status).toBe(200)
  return response.text()
}

interface Listed {
  readonly label: string
  readonly isCurrent: boolean
  readonly handle: string
}

function listedOn(page: string): Listed[] {
  return page
    .split('<li class="line">')
    .slice(1)
    .map((line) => ({
      label: /<strong>(.*?)<\/strong>/.exec(line)![1]!,
      isCurrent: line.includes('This one'),
      handle: /action="\/sessions\/(.*?)"/.exec(line)![1]!,
    }))
}

const listed = async (client: TestClient) => listedOn(await pageOf(client))

const isLoggedIn = async (client: TestClient) =>
  (await client.json<{ username: unknown }>('/api/me')).username !== null

async function post(client: TestClient, path: string): Promise<string> {
  const response = await client.post(path, form({}))
  expect(response.status).toBe(303)
  expect(response.headers.get('location')).toBe('/sessions')
  const page = await pageOf(client)
  return /<p class="notice" role="status">(.*?)<\/p>/.exec(page)![1]!
}

describe.each(['memory', 'sqlite', 'redis'])('with SESSION_STORE=%s', (store) => {
  /** Ada in two browsers, and Bob. */
  async function world() {
    const visitor = await openShop(store)
    // The tests share a Redis, but no user.
    const ada = `ada ${randomUUID()}`
    return {
      laptop: await logIn(visitor(), ada),
      phone: await logIn(visitor(), ada, PHONE),
      bob: await logIn(visitor(), `bob ${randomUUID()}`),
    }
  }

  test('the page lists the sessions of the user by browser, and says which one this is', async () => {
    const { laptop, phone, bob } = await world()
    const labels = async (client: TestClient) =>
      Object.fromEntries((await listed(client)).map(({ label, isCurrent }) => [label, isCurrent]))
    expect(await labels(laptop)).toEqual({ 'Firefox on Linux': true, 'Safari on iPhone': false })
    expect(await labels(phone)).toEqual({ 'Firefox on Linux': false, 'Safari on iPhone': true })
    expect(await labels(bob)).toEqual({ 'Firefox on Linux': true })
  })

  test('the page says since when, and when the session was last seen', async () => {
    const { laptop } = await world()
    const page = await pageOf(laptop)
    const times = [...page.matchAll(/<time datetime="(.*?)">(.*?)<\/time>/g)]
    expect(times).toHaveLength(4)
    for (const [, iso = '', text] of times) {
      expect(Math.abs(Date.now() - Date.parse(iso))).toBeLessThan(60_000)
      expect(text).toMatch(/^\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC$/)
    }
  })

  test('one browser ends the session of another at once, and keeps its own', async () => {
    const { laptop, phone } = await world()
    const other = (await listed(laptop)).find(({ isCurrent }) => !isCurrent)!
    expect(await post(laptop, `/sessions/${other.handle}`)).toBe('Ended the session')
    expect([await isLoggedIn(laptop), await isLoggedIn(phone)]).toEqual([true, false])
    expect(await listed(laptop)).toHaveLength(1)
    expect(await post(laptop, `/sessions/${other.handle}`)).toBe('That session is over already')
  })

  test('a visitor who ends the session of this request is logged out', async () => {
    const { laptop, phone } = await world()
    const own = (await listed(laptop)).find(({ isCurrent }) => isCurrent)!
    const { name, value } = cookieOf(laptop)!
    expect(await post(laptop, `/sessions/${own.handle}`)).toBe('You are logged out')
    expect(cookieOf(laptop)).toBeUndefined()
    laptop.cookies.set(name, value)
    expect([await isLoggedIn(laptop), await isLoggedIn(phone)]).toEqual([false, true])
  })

  test('the others end together, and this one stays', async () => {
    const { laptop, phone, bob } = await world()
    expect(await post(laptop, '/sessions/others')).toBe('Ended 1 other session')
    expect(await post(laptop, '/sessions/others')).toBe('Ended 0 other sessions')
    const alive = await Promise.all([laptop, phone, bob].map(isLoggedIn))
    expect(alive).toEqual([true, false, true])
  })

  test('all sessions of a user end together, and nobody else is concerned', async () => {
    const { laptop, phone, bob } = await world()
    expect(await post(laptop, '/sessions/all')).toBe('You are logged out everywhere')
    const alive = await Promise.all([laptop, phone, bob].map(isLoggedIn))
    expect(alive).toEqual([false, false, true])
  })

  test('a handle that was seen by another user ends nothing', async () => {
    const { laptop, bob } = await world()
    const [{ handle } = { handle: '' }] = await listed(laptop)
    expect(await post(bob, `/sessions/${handle}`)).toBe('That session is over already')
    expect(await isLoggedIn(laptop)).toBe(true)
  })

  test('a program that logs in is listed as well', async () => {
    const client = (await openShop(store))()
    const headers = { 'user-agent': 'curl/8.14.1' }
    await client.post('/api/login', { username: 'carol' }, { headers })
    expect((await listed(client)).map(({ label }) => label)).toEqual(['Unknown browser'])
  })
})

describe('with SESSION_STORE=cookie', () => {
  test('the page says why there is no list, and offers no form', async () => {
    const client = await logIn((await openShop('cookie'))(), 'ada')
    const page = await pageOf(client)
    expect(page.replaceAll(/\s+/g, ' ')).toContain(
      'This shop keeps your session in a cookie that only your browser has, ' +
        'so it cannot tell you where else you are logged in.',
    )
    expect(page).not.toContain('action="/sessions')
  })

  test('a forged form does no harm', async () => {
    const client = await logIn((await openShop('cookie'))(), 'ada')
    expect(await post(client, '/sessions/others')).toBe('Ended 0 other sessions')
    expect(await post(client, '/sessions/handle')).toBe('That session is over already')
    expect(await isLoggedIn(client)).toBe(true)
    expect(await post(client, '/sessions/all')).toBe('You are logged out everywhere')
    expect(cookieOf(client)).toBeUndefined()
  })
})

test.each(['cookie', 'memory', 'redis'])(
  'who is not logged in is sent to the shop, without a session (SESSION_STORE=%s)',
  async (store) => {
    const client = (await openShop(store))()
    const posts = ['others', 'all', 'x'].map((path) => client.post(`/sessions/${path}`, form({})))
    for (const response of await Promise.all([client.get('/sessions'), ...posts])) {
      expect([response.status, response.headers.get('location')]).toEqual([303, '/'])
    }
    expect(cookieOf(client)).toBeUndefined()
  },
)
