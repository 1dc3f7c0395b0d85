import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { App, Cookies, route, type Cookie } from '../../../src/http/index.js'
import { EncryptedSeal } from '../../../src/sessions/cookie-store/seal.js'
import { KeyRing } from '../../../src/sessions/cookie-store/key-ring.js'
import {
  CookieStore,
  MemoryBackend,
  Session,
  sessions,
  type CookieStoreOptions,
  type SessionBackend,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { testClient } from '../../../src/testing/index.js'
import { polluted } from '../pollution.js'
import { newSecret } from '../secrets.js'

const NAME = '__Host-session'
const secret = newSecret()

/** An application over a cookie store, with a clock that tests move. */
function world(options: Partial<CookieStoreOptions> = {}, policy: SessionsOptions = {}) {
  const time = { now: 1_700_000_000_000 }
  const clock = () => time.now
  const store = new CookieStore({ secret, clock, warn: () => {}, ...options })
  const app = new App({
    components: [sessions(store, policy)],
    routes: [
      route.get('/', () => 'no session here'),
      route.get('/read', [Session], (session) => session.toObject()),
      route.get('/id', [Session], (session) => session.id),
      route.get('/ask', [Session], () => 'asked only'),
      route.post('/write', [Session], (session) => void session.set('user', 'ada')),
      route.post('/big', [Session], (session) => void session.set('big', 'x'.repeat(4000))),
      route.post('/empty', [Session], (session) => session.clear()),
      route.post('/login', [Session], (session) => {
        session.regenerate({ authenticated: true })
        session.set('user', 'ada')
      }),
      route.post('/remember', [Session], (session) => session.remember(30 * 86_400)),
      route.post('/logout', [Session], (session) => session.destroy()),
      route.post('/relogin', [Session], (session) => {
        session.regenerate()
        session.regenerate()
        session.destroy()
        session.set('user', 'eve')
      }),
    ],
    onError: () => {},
  })
  const client = testClient(app, { clock })
  return { app, client, store, time }
}

/** Without revocations the store is synchronous. */
const opened = (store: CookieStore, header = '') => store.load(new Cookies(header)) as Session
const dumped = (store: CookieStore, session: Session) => store.dump(session) as Cookie | undefined

const setCookies = (response: Response) => response.headers.getSetCookie()

describe('CookieStore', () => {
  it('gives back what was set, to that visitor alone', async () => {
    const { app, client } = world()
    await client.post('/write')
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    expect(await testClient(app).json('/read')).toEqual({})
  })

  it('sets the cookie that is documented, of characters that need no encoding [CE-01, CE-18]', async () => {
    const { client } = world()
    const [cookie, ...others] = setCookies(await client.post('/write'))
    expect(cookie).toMatch(/^__Host-session=e[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(others).toEqual([])
  })

  it('sets no cookie when the session was only asked for or read [CP-01, CE-10]', async () => {
    const { client } = world()
    for (const path of ['/', '/ask', '/read', '/id']) {
      expect(setCookies(await client.get(path))).toEqual([])
    }
    await client.post('/write')
    for (const path of ['/', '/ask', '/read', '/id']) {
      expect(setCookies(await client.get(path))).toEqual([])
    }
  })

  it('never seals an unchanged session [CE-19]', async () => {
    const { client } = world()
    await client.post('/write')
    for (let request = 0; request < 100; request++) {
      expect(setCookies(await client.post('/write'))).toEqual([])
    }
  })

  it('sets one cookie, the final state, whatever was called [CE-12]', async () => {
    const { client } = world()
    await client.post('/write')
    const response = await client.post('/relogin')
    expect(setCookies(response)).toHaveLength(1)
    expect(await client.json('/read')).toEqual({ user: 'eve' })
  })

  it('clears the cookie with the same name, path and flags on destroy [LO-01, CE-16]', async () => {
    const { client } = world({
      name: '__Secure-sid',
      path: '/',
      sameSite: 'none',
      partitioned: true,
    })
    await client.post('/write')
    expect(client.cookies.has('__Secure-sid')).toBe(true)
    const response = await client.post('/logout')
    expect(setCookies(response)).toEqual([
      '__Secure-sid=; Max-Age=0; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
    ])
    expect(client.cookies.has('__Secure-sid')).toBe(false)
    expect(await client.json('/read')).toEqual({})
  })

  it('logging out an anonymous visitor sets no cookie [LO-03]', async () => {
    expect(setCookies(await world().client.post('/logout'))).toEqual([])
  })

  it('says that a copied cookie lives until its sealed end [LO-05, FX-10]', async () => {
    const { client, store, time } = world({ idleTimeout: 60 })
    expect(store.capabilities).toEqual({
      isRevocable: false,
      mergesWrites: false,
      takesOnce: false,
    })
    await client.post('/write')
    const copy = client.cookies.get(NAME)!.value
    await client.post('/logout')
    client.cookies.set(NAME, copy)
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    time.now += 60_000
    expect(await client.json('/read')).toEqual({})
  })

  it('keeps a session that was emptied empty [LO-08]', async () => {
    const { client } = world()
    await client.post('/write')
    await client.post('/empty')
    expect(await client.json('/read')).toEqual({})
  })

  it('changes the id on login [FX-03, FX-04]', async () => {
    const { client } = world()
    await client.post('/write')
    const before = await (await client.get('/id')).text()
    expect(await (await client.get('/id')).text()).toBe(before)
    await client.post('/login')
    expect(await (await client.get('/id')).text()).not.toBe(before)
  })

  it('a read-only response cannot undo a write or a login [RA-11, RA-12]', async () => {
    const { client } = world()
    await client.post('/write')
    const slow = client.get('/read')
    await client.post('/login')
    expect(setCookies(await slow)).toEqual([])
  })
})

describe('expiry of a cookie session', () => {
  it('is alive a second before its idle end, again and again, and over at the end [EX-01, EX-02]', async () => {
    const { client, time } = world({ idleTimeout: 60, absoluteTimeout: 600 })
    await client.post('/write')
    for (let request = 0; request < 2; request++) {
      time.now += 59_000
      expect(await client.json('/read')).toEqual({ user: 'ada' })
    }
    time.now += 60_000
    expect(await client.json('/read')).toEqual({})
  })

  it('refuses a replayed cookie after the absolute limit [EX-05]', async () => {
    const { client, time } = world({ idleTimeout: 60, absoluteTimeout: 90 })
    await client.post('/write')
    time.now += 59_000
    await client.get('/read')
    time.now += 30_999
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    time.now += 1
    expect(await client.json('/read')).toEqual({})
  })

  it('notes activity once in a window [EX-10]', async () => {
    const { client, time } = world({ idleTimeout: 600, touchInterval: 60 })
    await client.post('/write')
    const renewals: number[] = []
    for (let second = 1; second <= 150; second++) {
      time.now += 1000
      if (setCookies(await client.get('/ask')).length > 0) renewals.push(second)
    }
    expect(renewals).toEqual([60, 120])
  })

  it('a handler that outlives the session does not revive it [EX-12]', async () => {
    const { time, store } = world({ idleTimeout: 60 })
    const slow = route.get('/slow', [Session], (session) => {
      time.now += 60_000
      session.set('late', true)
    })
    const app = new App({
      components: [sessions(store)],
      routes: [slow, route.post('/write', [Session], (session) => void session.set('user', 'ada'))],
    })
    const client = testClient(app, { clock: () => time.now })
    await client.post('/write')
    const response = await client.get('/slow')
    expect(setCookies(response)).toEqual([
      '__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  it('ends on the server also when the cookie has no Max-Age [EX-15]', async () => {
    const { client, time } = world({ idleTimeout: 60 })
    await client.post('/write')
    expect(client.cookies.get(NAME)!.expires).toBeUndefined()
    time.now += 60_000
    expect(await client.json('/read')).toEqual({})
  })

  it('remember() makes the cookie outlive the browser for as long [EX-17]', async () => {
    const { client, time } = world()
    await client.post('/write')
    await client.post('/remember')
    expect(client.cookies.get(NAME)!.expires).toBe(time.now + 30 * 86_400_000)
    time.now += 29 * 86_400_000
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    time.now += 86_400_000
    expect(await client.json('/read')).toEqual({})
  })

  it('a persistent cookie lives as long as the session may', async () => {
    const { client, time } = world({ persistent: true, idleTimeout: 60, absoluteTimeout: 600 })
    await client.post('/write')
    expect(client.cookies.get(NAME)!.expires).toBe(time.now + 600_000)
  })
})

describe('cookies that are not ours', () => {
  const visit = async (value: string, options?: Partial<CookieStoreOptions>) => {
    const { app } = world(options)
    return app.fetch(new Request('https://shop.test/read', { headers: { cookie: value } }))
  }

  it('are anonymous visits [CP-02, CP-09, CP-11, CP-13 to CP-16, CP-21, CP-22]', async () => {
    const { client } = world()
    await client.post('/write')
    const { value } = client.cookies.get(NAME)!
    const headers = [
      '',
      ';',
      '=',
      NAME,
      `=${NAME}=${value}`,
      `${NAME} =${value}`,
      `${NAME}="${value}"`,
      `${NAME}=%`,
      `${NAME}=%E0%A4%A`,
      `${NAME}=%ZZ`,
      `${NAME}=\u0080\u00ff`,
      `${NAME}=a b`,
      `${NAME}=${value}, other=1`,
      `${NAME}=j:{"id":1}`,
      `${NAME}=`,
      `${NAME}=x`,
      `${NAME}=${value}A`,
      `${NAME}=${value.slice(0, -1)}`,
      `${NAME}[id]=${value}`,
      `${NAME.toUpperCase()}=${value}`,
      `${NAME.toLowerCase()}=${value}`,
      `%5F%5FHost-session=${value}`,
      `${NAME}=${encodeURIComponent(value).replace('e', '%65')}`,
    ]
    for (const header of headers) {
      const response = await visit(header)
      expect([header, response.status, await response.json()]).toEqual([header, 200, {}])
      expect(setCookies(response)).toEqual([])
    }
  })

  it('neither hide the good one nor clear it [CP-05]', async () => {
    const { client } = world()
    await client.post('/write')
    const { value } = client.cookies.get(NAME)!
    for (const header of [`${NAME}=x; ${NAME}=${value}`, `${NAME}=${value}; ${NAME}=x`]) {
      const response = await visit(header)
      expect(await response.json()).toEqual({ user: 'ada' })
      expect(setCookies(response)).toEqual([])
    }
  })

  it('of another cookie name or application are refused [TA-05, CU-11, TA-22]', async () => {
    const { client } = world({ application: 'shop' })
    await client.post('/write')
    const { value } = client.cookies.get(NAME)!
    const same = await visit(`${NAME}=${value}`, { application: 'shop' })
    expect(await same.json()).toEqual({ user: 'ada' })
    const other = await visit(`${NAME}=${value}`, { application: 'admin' })
    expect(await other.json()).toEqual({})
    const renamed = await visit(`sid=${value}`, { application: 'shop', name: 'sid' })
    expect(await renamed.json()).toEqual({})
  })

  it('are refused as plain JSON and base64, and signed ones by an encrypting store [TA-07]', async () => {
    const json = '{"user":"ada"}'
    const { client } = world({ protection: 'signed' })
    await client.post('/write')
    const signed = client.cookies.get(NAME)!.value
    for (const value of [json, Buffer.from(json).toString('base64url'), signed]) {
      expect(await (await visit(`${NAME}=${value}`)).json()).toEqual({})
    }
  })

  it('are refused when they hold something else, although correctly sealed [TA-17]', async () => {
    const purpose = { purpose: 'session-cookie-encrypted', application: '', name: NAME }
    const seal = new EncryptedSeal(new KeyRing(secret, purpose), JSON.stringify(['', NAME]))
    const times = { createdAt: 1_700_000_000_000, seenAt: 1_700_000_000_000 }
    const head = (value: unknown) => `${JSON.stringify(value)}\n`
    const contents = [
      '',
      '[]',
      '"x"',
      '1',
      'null',
      '{',
      head([]),
      head(null),
      head([1, 'id', {}, []]),
      head([1, 'id', { createdAt: 1 }, []]),
      head([1, 'id', { ...times, seenAt: null }, []]),
      head([2, 'id', times, []]),
      head([1, 7, times, []]),
      head([1, 'id', times, [1]]),
      head([1, 'id', times, [-1, 1]]),
      head([1, 'id', times, [1, 1]]),
      `${head([1, 'id', times, []])}x`,
    ]
    for (const content of contents) {
      const response = await visit(`${NAME}=${seal.seal(Buffer.from(content))}`)
      expect([content, response.status, await response.json()]).toEqual([content, 200, {}])
    }
    const good = await visit(
      `${NAME}=${seal.seal(Buffer.from(`${head([1, 'id', times, [3, 1]])}d:a1`))}`,
    )
    expect(await good.json()).toEqual({ a: 1 })
  })

  it('are answered alike, whatever is wrong with them [TA-20]', async () => {
    const { client, time, app } = world({ idleTimeout: 60 })
    await client.post('/write')
    const { value } = client.cookies.get(NAME)!
    time.now += 60_000
    const answers = []
    for (const sent of [value, `${value.slice(0, -2)}AA`, 'x', world().store && 'eAAAAAAAAAA']) {
      const headers = { cookie: `${NAME}=${sent}` }
      const response = await app.fetch(new Request('https://shop.test/read', { headers }))
      answers.push([response.status, [...response.headers], await response.text()])
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  it('load never throws [R10]', () => {
    const { store } = world()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(opened(store, `${NAME}=${value}`).isNew).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

describe('rotation of secrets', () => {
  it('seals again what an old secret sealed, also when the session was only read [KR-04]', async () => {
    const [older, newer] = [newSecret(), newSecret()]
    const before = world({ secret: older })
    await before.client.post('/write')
    const both = world({ secret: [newer, older] })
    both.client.cookies.set(NAME, before.client.cookies.get(NAME)!.value)
    expect(setCookies(await both.client.get('/read'))).toHaveLength(1)
    expect(setCookies(await both.client.get('/read'))).toEqual([])
    const after = world({ secret: newer })
    after.client.cookies.set(NAME, both.client.cookies.get(NAME)!.value)
    expect(await after.client.json('/read')).toEqual({ user: 'ada' })
  })

  it('a removed secret makes anonymous visits of its cookies [KR-06]', async () => {
    const before = world({ secret: newSecret() })
    await before.client.post('/write')
    const after = world()
    after.client.cookies.set(NAME, before.client.cookies.get(NAME)!.value)
    expect(await after.client.json('/read')).toEqual({})
  })
})

describe('the size of a cookie session', () => {
  it('more than 4,096 bytes of name and value is an error that names the large keys [CE-05]', async () => {
    const { store } = world()
    const session = opened(store)
    session.set('small', 1)
    session.set('cart', 'x'.repeat(2500))
    session.set('notes', 'ä'.repeat(600))
    expect(() => dumped(store, session)).toThrow(
      /^the session needs \d{4} bytes, and 4096 are allowed\. Its largest keys: "cart" \(2508 bytes\), "notes" \(1209 bytes\), "small" \(8 bytes\)\. Keep less in it, or use a server-side store\.$/,
    )
  })

  it('names the first 40 characters of a large key, for a visitor may have chosen it', () => {
    const { store } = world()
    const session = opened(store)
    session.set(`${'k'.repeat(40)}!`, 'x'.repeat(4000))
    expect(() => dumped(store, session)).toThrow(`Its largest keys: "${'k'.repeat(40)}" (`)
  })

  it('4,096 bytes are sent, one more is not, and the old cookie stays [CE-05]', async () => {
    const { client, store } = world()
    const sizeWith = (length: number) => {
      const session = opened(store)
      session.set('a', 'x'.repeat(length))
      return String(dumped(store, session)).split(';')[0]!.length - 1
    }
    let length = 2000
    while (sizeWith(length) < 4094) length++
    expect(sizeWith(length)).toBeLessThanOrEqual(4096)
    expect(() => sizeWith(length + 3)).toThrow('and 4096 are allowed')
    await client.post('/write')
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warned.mockRestore())
    const response = await client.post('/big')
    expect(response.status).toBe(413)
    expect(warned).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('Its largest keys: "big" (4007 bytes)'),
      'SessionWarning',
    )
    expect(setCookies(response)).toEqual([])
    expect(await client.json('/read')).toEqual({ user: 'ada' })
  })

  it('refuses what is far too large, before any cryptography of it is sent [TY-10]', () => {
    const { store } = world()
    const long = opened(store)
    long.set('text', 'x'.repeat(10_000_000))
    expect(() => dumped(store, long)).toThrow('and 4096 are allowed')
    const many = opened(store)
    for (let key = 0; key < 100_000; key++) many.set(`key${key}`, key)
    expect(() => dumped(store, many)).toThrow('and 4096 are allowed')
    expect(() => many.set('x'.repeat(1_000_000), 1)).toThrow('it is longer than 1024 characters')
  })

  it('says once that 80 % are reached, and what a proxy needs [B16]', () => {
    const warnings: string[] = []
    const { store } = world({ warn: (message) => warnings.push(message) })
    for (let visit = 0; visit < 3; visit++) {
      const session = opened(store)
      session.set('cart', 'x'.repeat(2300))
      dumped(store, session)
    }
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(
      /^A session takes 3\d\d\d of the 4096 bytes that its cookie '__Host-session' may have\. Its largest keys: "cart" \(2308 bytes\)\. Keep less in it, or use a server-side store\. A proxy in front has to take such a head: nginx answers 502 until it is told `proxy_buffer_size 8k`\.$/,
    )
  })
})

describe('what a cookie store carries', () => {
  it('every JSON value under every well-formed key [R12, TA-21]', () => {
    const { store } = world()
    const key = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => text !== 'id')
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }), (given) => {
        const data = JSON.parse(JSON.stringify(given)) as Record<string, unknown>
        const session = opened(store)
        for (const [name, value] of Object.entries(data)) session.set(name, value)
        const cookie = dumped(store, session)?.toString() ?? ''
        expect(opened(store, cookie.split(';')[0]).toObject()).toEqual(data)
      }),
    )
  })

  it('with a serializer, what JSON cannot [TY-01]', async () => {
    const serializer = {
      stringify: (value: unknown) =>
        value instanceof Date ? `date:${+value}` : JSON.stringify(value),
      parse: (text: string) =>
        text.startsWith('date:') ? new Date(Number(text.slice(5))) : JSON.parse(text),
    }
    const { store } = world({ serializer })
    const session = opened(store)
    session.set('at', new Date(7))
    const cookie = dumped(store, session)!.toString().split(';')[0]
    const again = opened(store, cookie)
    expect(again.get('at')).toEqual(new Date(7))
    expect(dumped(store, again)).toBeUndefined()
  })

  it('a planted "__proto__" without inheriting anything [PP-03]', () => {
    const { store } = world()
    const session = opened(store)
    session.set('user', JSON.parse('{"__proto__":{"isAdmin":true}}'))
    const again = opened(store, dumped(store, session)!.toString().split(';')[0])
    expect((again.get('user') as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})

describe('options of a cookie store', () => {
  const refusal = (options: object) => {
    try {
      return String(new CookieStore({ secret, ...options }))
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`
    }
  }

  it.each([
    ['CE-02', { domain: 'shop.test' }, '__Host- needs path / and no domain'],
    ['CE-02', { path: '/shop' }, '__Host- needs path / and no domain'],
    ['CE-02', { secure: false }, '__Host- needs secure'],
    ['CE-03', { name: '__Secure-sid', secure: false }, '__Secure- needs secure'],
    ['CE-03', { name: 'sid', sameSite: 'none', secure: false }, 'sameSite none needs secure'],
    ['CE-03', { name: 'sid', partitioned: true, secure: false }, 'partitioned needs secure'],
    [
      'CE-07',
      { name: 'sid', path: `/${'x'.repeat(1024)}` },
      'its path must be a path that starts with /, has at most 1024 bytes, and no comma, semicolon or control character',
    ],
  ])('%s: %j is refused', (_, options, rule) => {
    const name = (options as { name?: string }).name ?? NAME
    expect(refusal(options)).toBe(
      `SESSION_OPTION: the session option 'cookie' makes a cookie that browsers refuse. ` +
        `The cookie "${name}" is refused: ${rule}.`,
    )
  })

  it.each(['Host__sid', '__host-sid', '__Host_sid', '', 'a b', 'a;b', 'a\u0000', 'ä'])(
    'the name %j is refused [CE-04, CE-08]',
    (name) => {
      expect(refusal({ name })).toMatch(
        /^SESSION_OPTION: the session option 'cookie' makes a cookie/,
      )
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
