import { BackendStore, CookieStore } from 'ingot'
import { testClient } from 'ingot/testing'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startSentinels } from '../../test/support/redis-sentinels.js'
import { startRedis, type RedisServer } from '../../test/support/redis-server.js'
import {
  assertRevocable,
  withCluster,
  withCookies,
  withMemory,
  withRedis,
  withSentinel,
} from './choosing.js'
import { app as injected } from './injected-backend.js'
import { createApp as listedApp } from './listed-table-store.js'
import { ProcessBackend } from './process-backend.js'
import { createApp as revocable } from './revocable-cookies.js'
import { Table } from './table.js'
import { createApp as tableApp } from './table-store.js'

const secret = 'the secret of an example, which has more than 32 bytes'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

test.each(['cookies', 'memory', 'redis'] as const)('with %s a session is kept', async (kind) => {
  const app = {
    cookies: () => withCookies([secret]),
    memory: withMemory,
    redis: () => withRedis(redis.url),
  }[kind]()
  const client = testClient(app)
  await client.post('/')
  expect(await (await client.post('/')).json()).toBe(2)
  expect(await client.json('/')).toEqual({ count: 2 })
  await app.close()
})

test('on a cluster handlers are wired to the client of the cluster', () => {
  const app = withCluster([{ host: '127.0.0.1', port: redis.port }])
  expect(app.explain('GET /')).toContain('Cluster')
})

test('through sentinels the master is found, and a logout waits for its replica', async () => {
  await using world = await startSentinels({ sentinels: 1 })
  const app = withSentinel([...world.addresses])
  const client = testClient(app)
  await client.post('/')
  expect(await (await client.post('/')).json()).toBe(2)
  expect((await client.post('/logout')).status).toBe(204)
  world.replicas[0]!.process.kill('SIGSTOP')
  await client.post('/')
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => printed.mockRestore())
  expect((await client.post('/logout')).status).toBe(503)
  expect(printed).toHaveBeenCalledExactlyOnceWith(
    'POST /logout failed: 503 SESSION_UNCONFIRMED (unconfirmed)',
  )
  await app.close()
})

test('capabilities say what a store promises', () => {
  expect(() => assertRevocable(new CookieStore({ secret }))).toThrow(
    'This application needs logouts that are final.',
  )
  assertRevocable(new BackendStore(new ProcessBackend()))
})

test('with revocations a copied cookie is worthless after a logout, of one and of all sessions', async () => {
  const { app, close } = revocable(secret, redis.url)
  const [ada, thief] = [testClient(app), testClient(app)]
  const steal = () => thief.cookies.set('__Host-session', ada.cookies.get('__Host-session')!.value)
  for (const end of ['/logout', '/log-out-everywhere']) {
    await ada.post('/login')
    steal()
    expect(await thief.json('/')).toEqual({ user: 'ada' })
    await ada.post(end)
    expect(await thief.json('/')).toEqual({ user: null })
  }
  await close()
})

test('a store in a few lines keeps a session, and ends it', async () => {
  const table = new Table()
  const client = testClient(tableApp(table))
  await client.post('/')
  expect(await client.json('/')).toEqual({ name: 'ada' })
  await client.post('/logout')
  expect([client.cookies.size, table.size]).toEqual([0, 0])
})

test('a store that keeps the record keeps the user and the messages as well', async () => {
  const client = testClient(tableApp(new Table()))
  await client.post('/login')
  expect(await client.json('/me')).toEqual(['ada', 'Welcome back.'])
  expect(await client.json('/me')).toEqual(['ada', null])
})

test('a store of your own lists and revokes the sessions of a user', async () => {
  const app = listedApp(new Table())
  const [phone, laptop, bob] = [testClient(app), testClient(app), testClient(app)]
  await phone.post('/login/ada')
  await laptop.post('/login/ada')
  await bob.post('/login/bob')
  const listed = await laptop.json<{ handle: string; isCurrent: boolean }[]>('/sessions')
  expect(listed.filter(({ isCurrent }) => isCurrent)).toHaveLength(1)
  expect(listed).toHaveLength(2)
  const other = listed.find(({ isCurrent }) => !isCurrent)!
  const revoke = async (handle: string) => (await bob.delete(`/sessions/${handle}`)).json()
  expect(await revoke(other.handle)).toEqual({ wasThere: false })
  expect(await (await laptop.delete(`/sessions/${other.handle}`)).json()).toEqual({
    wasThere: true,
  })
  const users = await Promise.all([phone, laptop, bob].map((each) => each.get('/me')))
  expect(await Promise.all(users.map((each) => each.text()))).toEqual(['nobody', 'ada', 'bob'])
})

test('a store of your own revokes the other sessions of a user, and all of them', async () => {
  const table = new Table()
  const app = listedApp(table)
  const [phone, laptop] = [testClient(app), testClient(app)]
  await phone.post('/login/ada')
  await laptop.post('/login/ada')
  expect(await (await laptop.post('/sessions/revoke-others')).json()).toEqual({ revoked: 1 })
  expect(await (await phone.get('/me')).text()).toBe('nobody')
  expect(await (await laptop.post('/sessions/revoke-all')).json()).toEqual({ revoked: 1 })
  expect([laptop.cookies.size, table.size]).toEqual([0, 0])
})

test('a server-side store is injected with its backend', async () => {
  const client = testClient(injected)
  await client.post('/')
  await Promise.all(Array.from({ length: 10 }, () => client.post('/')))
  expect(await (await client.post('/')).json()).toBe(12)
})
