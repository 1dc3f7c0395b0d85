import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { App, Cookies, route } from '../../../src/http/index.js'
import {
  CookieStore,
  MemoryBackend,
  Session,
  sessions,
  type CookieStoreOptions,
  type SessionBackend,
} from '../../../src/sessions/index.js'
import { testClient } from '../../../src/testing/index.js'
import { polluted } from '../pollution.js'
import { NAME, secret, world, setCookies } from './cookie-world.js'

const SECURE_NAME = " Give it a name without `__Host-`: name: '__Secure-session'."
const OVER_HTTP =
  " For developing over plain http write secure: 'auto'; without https in production, too, give it a name without a prefix: name: 'session'."

describe('options of a cookie store', () => {
  const refusal = (options: object) => {
    try {
      return String(new CookieStore({ secret, ...options }))
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`
    }
  }

  it.each([
    ['CE-02', 'domain', { domain: 'shop.test' }, '__Host- needs path / and no domain', SECURE_NAME],
    ['CE-02', 'path', { path: '/shop' }, '__Host- needs path / and no domain', SECURE_NAME],
    ['CE-02', 'secure', { secure: false }, '__Host- needs secure', OVER_HTTP],
    [
      'CE-03',
      'secure',
      { name: '__Secure-sid', secure: false },
      '__Secure- needs secure',
      OVER_HTTP,
    ],
    [
      'CE-03',
      'secure',
      { name: 'sid', sameSite: 'none', secure: false },
      'sameSite none needs secure',
      '',
    ],
    [
      'CE-03',
      'secure',
      { name: 'sid', partitioned: true, secure: false },
      'partitioned needs secure',
      '',
    ],
    [
      'CE-07',
      'path',
      { name: 'sid', path: `/${'x'.repeat(1024)}` },
      'its path must be a path that starts with /, has at most 1024 bytes, and no comma, semicolon or control character',
      '',
    ],
  ])('%s: the option %s of %j is refused', (_, option, options, rule, remedy) => {
    const name = (options as { name?: string }).name ?? NAME
    expect(refusal(options)).toBe(
      `SESSION_OPTION: the session option '${option}' does not fit. ` +
        `The cookie "${name}" is refused: ${rule}.${remedy}`,
    )
  })

  it.each(['Host__sid', '__host-sid', '__Host_sid', '', 'a b', 'a;b', 'a\u0000', 'ä'])(
    'the name %j is refused [CE-04, CE-08]',
    (name) => {
      expect(refusal({ name })).toMatch(/^SESSION_OPTION: the session option 'name' does not fit\./)
    },
  )

  it('CR, LF and separators are refused in every attribute [CE-08]', () => {
    for (const bad of ['\r\nSet-Cookie: a=b', '\n', '\u0000', ';', ',']) {
      for (const option of ['name', 'path', 'domain', 'sameSite']) {
        expect(refusal({ name: 'sid', [option]: `/${bad}` })).toMatch(/^SESSION_OPTION/)
      }
    }
  })

  it('an idle time of nothing is refused [EX-16]', () => {
    expect(refusal({ idleTimeout: 0 })).toBe(
      "SESSION_OPTION: the session option 'idleTimeout' must be a whole number of seconds from 1 to 34560000 (400 days), not 0.",
    )
  })

  it('options are not taken from a polluted Object.prototype [PP-09]', async () => {
    await polluted({ secure: false, persistent: true, idleTimeout: 1e9, secret: 'x' }, async () => {
      expect(refusal({})).toBe('[object Object]')
      expect(() => new CookieStore({} as CookieStoreOptions)).toThrow(
        "the session option 'secret' is missing",
      )
      const [cookie] = setCookies(await world().client.post('/write'))
      expect(cookie).toMatch(/Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    })
  })

  it('the store shows no secret [KR-11]', () => {
    const { store } = world()
    const shown = [
      inspect(store, { depth: 9, showHidden: true }),
      JSON.stringify(store),
      String(store),
    ]
    expect(shown.join()).not.toContain(secret)
  })
})

describe('a cookie store with revocations', () => {
  /** Two browsers of one user, and what a thief kept of the first. */
  async function stolen(revocations: SessionBackend) {
    const time = { now: 1_700_000_000_000 }
    const store = new CookieStore({ secret, clock: () => time.now, revocations })
    const app = new App({
      components: [sessions(store)],
      routes: [
        route.get('/user', [Session], (session) => ({ user: session.userId ?? null })),
        route.post('/login', [Session], (session) => session.bind('ada')),
        route.post('/logout', [Session], (session) => session.destroy()),
        route.post('/renew', [Session], (session) => session.regenerate()),
        route.post('/password', [Session], async (session) => {
          await store.revokeUser('ada')
          session.bind('ada')
        }),
      ],
      onError: () => {},
    })
    const [client, other, thief] = [testClient(app), testClient(app), testClient(app)]
    await client.post('/login')
    await other.post('/login')
    thief.cookies.set(NAME, client.cookies.get(NAME)!.value)
    expect(await thief.json('/user')).toEqual({ user: 'ada' })
    time.now += 1000
    return { client, other, thief, store, time }
  }

  it('refuses a copy after logout, and leaves the other sessions of the user alone [LO-05]', async () => {
    const { client, other, thief, store } = await stolen(new MemoryBackend())
    expect(store.capabilities.isRevocable).toBe(true)
    await client.post('/logout')
    expect(await thief.json('/user')).toEqual({ user: null })
    expect(await other.json('/user')).toEqual({ user: 'ada' })
  })

  it('refuses a copy after regenerate [FX-10]', async () => {
    const { client, thief } = await stolen(new MemoryBackend())
    await client.post('/renew')
    expect(await thief.json('/user')).toEqual({ user: null })
    expect(await client.json('/user')).toEqual({ user: 'ada' })
  })

  it('refuses all cookies of a user that were made before their epoch, and not the one made with it', async () => {
    const { client, other, thief } = await stolen(new MemoryBackend())
    await client.post('/password')
    expect(await thief.json('/user')).toEqual({ user: null })
    expect(await other.json('/user')).toEqual({ user: null })
    expect(await client.json('/user')).toEqual({ user: 'ada' })
    await other.post('/login')
    expect(await other.json('/user')).toEqual({ user: 'ada' })
  })

  it('answers 503 while the backend cannot be asked, and keeps the cookie [R1]', async () => {
    const backend = new MemoryBackend()
    const { client } = await stolen(backend)
    backend.read = () => Promise.reject(new Error('down'))
    const response = await client.get('/user')
    expect(response.status).toBe(503)
    expect(setCookies(response)).toEqual([])
  })

  it('does not ask for a visitor without a cookie of ours [CP-01]', async () => {
    const backend = new MemoryBackend()
    backend.read = () => Promise.reject(new Error('not to be asked'))
    const store = new CookieStore({ secret, revocations: backend })
    expect((await store.load(new Cookies(`${NAME}=forged`))).isNew).toBe(true)
  })

  it('cannot revoke a user without a backend', async () => {
    await expect(world().store.revokeUser('ada')).rejects.toThrow(
      "the session option 'revocations' is needed to revoke cookies.",
    )
  })
})
