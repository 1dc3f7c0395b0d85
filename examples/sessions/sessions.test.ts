import {
  App,
  type Cookie,
  CookieStore,
  Inject,
  MemoryStore,
  Session,
  SessionStore,
  route,
  sessions,
} from 'ingot'
import { testClient } from 'ingot/testing'
import { describe, expect, test } from 'vitest'
import { app as accounts } from './accounts.js'
import { createApp as adminsAt } from './admins.js'
import { app as pages } from './asking.js'
import { app as counting } from './counting.js'
import { app as dates } from './dates.js'
import { createApp as failing } from './failures.js'
import { app as messages } from './messages.js'
import { app as streams, paid } from './streams.js'
import { createApp as versions } from './versions.js'

const secret = 'the secret of an example, which has more than 32 bytes'
const text = async (response: Response | Promise<Response>) => (await response).text()

test('asking: what one request sets the next one reads, and only who asks loads', async () => {
  const client = testClient(pages)
  expect(await text(client.get('/name'))).toBe('stranger')
  expect(client.cookies.size).toBe(0)
  await client.post('/name/ada')
  expect(await text(client.get('/name'))).toBe('ada')
  await client.post('/pages/tea')
  await client.post('/pages/mug')
  expect(await client.json('/pages')).toEqual(['tea', 'mug'])
  expect((await client.get('/about')).headers.get('vary')).toBeNull()
})

test('counting: no increment is lost, and a code is taken once', async () => {
  const client = testClient(counting)
  await client.post('/code')
  await Promise.all(Array.from({ length: 20 }, () => client.post('/count')))
  expect(await text(client.post('/count'))).toBe('21')
  const answers = await Promise.all([1, 2, 3].map(() => client.post('/confirm/314159')))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
})

describe('accounts', () => {
  test('a login gives a new id, and a logout ends it', async () => {
    const client = testClient(accounts)
    expect((await client.get('/account')).status).toBe(401)
    await client.post('/login/ada')
    const before = client.cookies.get('__Host-session')!.value
    await client.post('/login/ada')
    expect(client.cookies.get('__Host-session')!.value).not.toBe(before)
    expect(await text(client.get('/account'))).toBe('ada')
    expect((await client.post('/account/name')).status).toBe(200)
    await client.post('/logout')
    expect(client.cookies.size).toBe(0)
    expect((await client.get('/account')).status).toBe(401)
  })

  test('remember() makes the cookie outlive the browser', async () => {
    const client = testClient(accounts, { clock: () => 0 })
    await client.post('/login/ada')
    expect(client.cookies.get('__Host-session')!.expires).toBeUndefined()
    await client.post('/stay')
    expect(client.cookies.get('__Host-session')!.expires).toBe(30 * 86_400_000)
  })

  test('a user sees their sessions and revokes the others', async () => {
    const [home, phone, train] = [1, 2, 3].map(() => testClient(accounts)) as [
      Client,
      Client,
      Client,
    ]
    for (const client of [home, phone, train]) {
      await client.post('/login/eve', undefined, { headers: { 'user-agent': 'Firefox' } })
    }
    const listed =
      await home.json<{ handle: string; isCurrent: boolean; label: string }[]>('/sessions')
    expect(listed.map(({ label }) => label)).toEqual(['Firefox', 'Firefox', 'Firefox'])
    expect(listed.filter(({ isCurrent }) => isCurrent)).toHaveLength(1)
    const other = listed.find(({ isCurrent }) => !isCurrent)!
    expect(await (await home.delete(`/sessions/${other.handle}`)).json()).toEqual({
      wasThere: true,
    })
    expect(await (await home.post('/sessions/revoke-others')).json()).toEqual({ revoked: 1 })
    expect((await phone.get('/account')).status).toBe(401)
    expect((await train.get('/account')).status).toBe(401)
    expect(await text(home.get('/account'))).toBe('eve')
  })
})

test('messages: a flash message is read once', async () => {
  const client = testClient(messages)
  expect(await text(client.post('/address', undefined, { follow: true }))).toBe(
    'Your address was saved.',
  )
  expect(await text(client.get('/'))).toBe('Welcome.')
})

test('versions: data of version 1 is migrated, and checked', async () => {
  const store = new CookieStore({ secret })
  const before = new App({
    components: [sessions(store)],
    routes: [route.post('/', [Session], (session) => void session.set('cart', ['tea', 'mug']))],
  })
  const old = testClient(before)
  await old.post('/')
  const client = testClient(versions(store))
  client.cookies.set('__Host-session', old.cookies.get('__Host-session')!.value)
  expect(await client.json('/cart')).toEqual([
    { sku: 'tea', quantity: 1 },
    { sku: 'mug', quantity: 1 },
  ])
})

test('streams: a session is stored before the first byte, or by commit()', async () => {
  const client = testClient(streams)
  expect(await text(client.get('/report'))).toBe('tea\nmug\n')
  expect(await client.json('/')).toEqual({ reports: 1 })
  expect((await client.post('/pay')).status).toBe(204)
  expect((await client.post('/pay')).status).toBe(409)
  expect(paid).toEqual([[]])
})

test('failures: 503 where a session is needed, and a page where it is not', async () => {
  class NoStore extends SessionStore {
    @Inject()
    async load(): Promise<Session> {
      throw new Error('connection refused')
    }

    @Inject()
    async dump(): Promise<Cookie | undefined> {
      return undefined
    }
  }
  const warnings: string[] = []
  const client = testClient(failing(new NoStore(), (message) => warnings.push(message)))
  const response = await client.get('/cart')
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await text(client.get('/'))).toBe('Welcome, visitor.')
  expect(warnings).toEqual(['the session store failed to load: Error (its message is not shown)'])
  const fine = testClient(failing(new MemoryStore(), () => {}))
  expect(await fine.json('/cart')).toEqual([])
})

test('admins: two kinds of sessions, each with its own cookie', async () => {
  const client = testClient(adminsAt(secret))
  await client.post('/approve')
  expect(await client.json('/')).toEqual({ visitor: {}, admin: { approvals: 1 } })
  expect([...client.cookies].map(({ name }) => name)).toEqual(['__Host-admin'])
})

test('dates: a serializer carries them', async () => {
  const client = testClient(dates)
  await client.post('/')
  expect(await client.json('/')).toBe(1970)
})

type Client = ReturnType<typeof testClient>
