import { randomBytes } from 'node:crypto'
import {
  AllSessions,
  App,
  CookieStore,
  inject,
  MemoryStore,
  route,
  Session,
  sessions,
  value,
  type Component,
} from 'ingot'
import { RedisStore } from 'ingot/redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SessionStore } from '../../../src/sessions/store/session-store.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { listen } from '../events/event-world.js'
import { newSecret } from '../secrets.js'
import { ScriptedUsersStore } from './scripted-users-store.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

interface OpenedStore {
  readonly store: SessionStore
  readonly components?: readonly Component[]
  readonly close?: () => void
}

const stores: Record<string, () => OpenedStore> = {
  MemoryStore: () => ({ store: new MemoryStore() }),
  RedisStore: () => {
    const client = new Redis(server.port)
    return {
      store: new RedisStore({ prefix: `${randomBytes(6).toString('hex')}:` }),
      components: [value(Redis, client)],
      close: () => client.disconnect(),
    }
  },
}

function world({ store, components = [], close = () => {} }: OpenedStore) {
  const login = inject([Session, Request], (session, { url }) =>
    session.bind(new URL(url).searchParams.get('user')!),
  )
  const app = new App({
    components: [sessions(store), ...components],
    routes: [route.post('/login', login), route.get('/', [Session], ({ userId }) => ({ userId }))],
  })
  const send = (method: string, path: string, cookie = '') =>
    app.fetch(new Request(`https://shop.test${path}`, { method, headers: { cookie } }))
  return {
    app,
    login: async (user: string) => {
      const response = await send('POST', `/login?user=${user}`)
      return response.headers.getSetCookie()[0]!.split(';')[0]!
    },
    userOf: async (cookie: string) => (await (await send('GET', '/', cookie)).json()) as object,
    [Symbol.asyncDispose]: async () => {
      await app.close()
      close()
    },
  }
}

describe.each(Object.entries(stores))('outside of a request, with %s', (_, open) => {
  test('the sessions of a user are listed, counted and revoked, and those of others stay', async () => {
    await using shop = world(open())
    const [first, second, other] = [
      await shop.login('ada'),
      await shop.login('ada'),
      await shop.login('bob'),
    ]
    const listed = await shop.app.run([AllSessions], (all) => all.list('ada'))
    expect(listed.map(({ isCurrent }) => isCurrent)).toEqual([false, false])
    const [{ handle } = { handle: '' }] = listed
    expect(await shop.app.run([AllSessions], (all) => all.revoke('bob', handle))).toBe(false)
    expect(await shop.app.run([AllSessions], (all) => all.revoke('ada', handle))).toBe(true)
    expect(await shop.app.run([AllSessions], (all) => all.count('ada'))).toBe(1)
    expect(await shop.app.run([AllSessions], (all) => all.revokeAll('ada'))).toBe(1)
    for (const cookie of [first, second]) expect(await shop.userOf(cookie)).toEqual({})
    expect(await shop.userOf(other)).toEqual({ userId: 'bob' })
  })

  test('each goes through all of 1,100 sessions, of which list gives 1,000', async () => {
    await using shop = world(open())
    for (let round = 0; round < 11; round++)
      await Promise.all(Array.from({ length: 100 }, () => shop.login('ada')))
    const handles = await shop.app.run([AllSessions], async (all) => {
      const found = new Set<string>()
      for await (const { handle } of all.each('ada')) found.add(handle)
      return found
    })
    expect(handles.size).toBe(1100)
    expect(await shop.app.run([AllSessions], (all) => all.list('ada'))).toHaveLength(1000)
    expect(await shop.app.run([AllSessions], (all) => all.count('ada'))).toBe(1100)
  })
})

test('a revocation by an administrator is told as an event', async () => {
  using listening = listen()
  await using shop = world({ store: new MemoryStore() })
  await shop.login('ada')
  listening.heard()
  await shop.app.run([AllSessions], (all) => all.revokeAll('ada'))
  expect(listening.heard()).toEqual(['destroyed/revoked'])
})

test('a user id that is missing is refused, and revokes nothing', async () => {
  await using shop = world({ store: new MemoryStore() })
  const missing = undefined as unknown as string
  const running = shop.app.run([AllSessions], (all) => all.revokeAll(missing))
  await expect(running).rejects.toThrow(
    new TypeError(
      'AllSessions.revokeAll needs the id of a user, as session.bind() was given it, not undefined.',
    ),
  )
})

test('a store of one’s own that finds the sessions of a user has them outside of a request too', async () => {
  const listed = [{ handle: 'one' }, { handle: 'two' }]
  const store = new ScriptedUsersStore(() => listed)
  await using app = new App({ components: [sessions(store)], routes: [] })
  expect(await app.run([AllSessions], (all) => all.list('ada'))).toEqual(listed)
  expect(await app.run([AllSessions], (all) => all.count('ada'))).toBe(2)
})

test('an error of the store is a 503, and its text goes nowhere', async () => {
  const store = new ScriptedUsersStore(() => {
    throw new Error('cannot reach the row of a-secret-id')
  })
  await using app = new App({ components: [sessions(store)], routes: [] })
  const failure: unknown = await app
    .run([AllSessions], (all) => all.count('ada'))
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ status: 503, cause: { reason: 'error' } })
  expect(String((failure as Error).cause)).not.toContain('a-secret-id')
})

test('with a store that cannot find them, whoever asks is told before anything runs', async () => {
  const store = new CookieStore({ secret: newSecret() })
  await using app = new App({ components: [sessions(store)], routes: [] })
  await expect(app.run([AllSessions], (all) => all.count('ada'))).rejects.toMatchObject({
    code: 'DI_ERROR',
  })
})
