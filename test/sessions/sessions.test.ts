import { describe, expect, it } from 'vitest'
import { Inject, noteInjectable, singleton, token, value, type Token } from '../../src/di/index.js'
import {
  App,
  Cookie,
  Cookies,
  HttpError,
  Reply,
  route,
  type AppOptions,
} from '../../src/http/index.js'
import { SessionState } from '../../src/sessions/session/session-state.js'
import { stateOf } from '../../src/sessions/session/session-view.js'
import {
  CookieStore,
  MemoryStore,
  Session,
  sessionIfAvailable,
  sessions,
  SessionReadOnlyError,
  SessionStore,
  SessionView,
  type CookieStoreOptions,
  type SessionsOptions,
} from '../../src/sessions/index.js'
import { testClient } from '../../src/testing/index.js'
import { newSecret } from './secrets.js'

interface Shop {
  user?: string
  cart?: string[]
}

/** A store in ten lines, as an application would write one. */
class MapStore extends SessionStore {
  readonly records = new Map<string, object>()
  readonly calls: string[] = []

  @Inject(Cookies)
  override async load(cookies: Cookies): Promise<Session> {
    this.calls.push('load')
    const id = cookies.get('sid')
    const record = id === undefined ? undefined : this.records.get(id)
    return id === undefined || !record ? Session.empty() : new Session(id, record)
  }

  @Inject(Session)
  override async dump(session: Session): Promise<Cookie | undefined> {
    this.calls.push('dump')
    if (session.previousId !== undefined) this.records.delete(session.previousId)
    if (session.isDestroyed) return Cookie.expired('sid')
    if (!session.isChanged) return undefined
    this.records.set(session.id, session.toObject())
    return new Cookie('sid', session.id)
  }
}

function world(
  options: Partial<AppOptions> & { store?: SessionStore; policy?: SessionsOptions } = {},
) {
  const { store = new MapStore(), policy, ...rest } = options
  const errors: unknown[] = []
  const app = new App({
    components: [sessions(store, policy)],
    onError: (error) => errors.push(error),
    ...rest,
    routes: [
      route.get('/read', [Session], (session: Session<Shop>) => session.toObject()),
      route.get('/plain', () => 'plain'),
      route.post('/write', [Session], (session: Session<Shop>) => void session.set('user', 'ada')),
      route.post('/logout', [Session], (session) => session.destroy()),
      route.post('/regenerate', [Session], (session) => session.regenerate()),
      ...(rest.routes ? [rest.routes] : []),
    ],
  })
  return { app, client: testClient(app), store: store as MapStore, errors }
}

describe('sessions()', () => {
  it('loads before the handler and dumps after it, when a handler asks', async () => {
    const { client, store } = world()
    await client.post('/write')
    expect(store.calls).toEqual(['load', 'dump'])
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    expect(store.calls).toEqual(['load', 'dump', 'load', 'dump'])
  })

  it('a route that does not ask neither loads nor dumps [HT-02, ER-07]', async () => {
    const { client, store } = world()
    const response = await client.get('/plain')
    await client.send('OPTIONS', '/write')
    await client.get('/absent')
    expect(store.calls).toEqual([])
    expect(response.headers.get('vary')).toBeNull()
    expect(response.headers.get('cache-control')).toBeNull()
  })

  it('one session for all who ask in a request, and one dump [CU-12]', async () => {
    const seen: unknown[] = []
    const { client, store } = world({
      middleware: [],
      routes: [
        route.get('/twice', [Session, SessionView, Session], (one, view, other) => {
          seen.push(one === other)
          one.set('user', 'ada')
          seen.push(view.get('user'))
        }),
      ],
    })
    await client.get('/twice')
    expect(seen).toEqual([true, 'ada'])
    expect(store.calls).toEqual(['load', 'dump'])
  })

  it('SessionView alone loads the session and cannot change it', async () => {
    const { client } = world({
      routes: [
        route.get('/view', [SessionView], (view: SessionView<Shop>) => {
          view.get('cart')?.push('mug')
          return view.toObject()
        }),
        route.post(
          '/cart',
          [Session],
          (session: Session<Shop>) => void session.set('cart', ['tea']),
        ),
      ],
    })
    await client.post('/cart')
    expect(await client.json('/view')).toEqual({ cart: ['tea'] })
    expect(await client.json('/read')).toEqual({ cart: ['tea'] })
  })

  it('a store class is built with what its constructor asks for', async () => {
    const Prefix = token<string>('prefix')
    const made: string[] = []

    @Inject(Prefix)
    class ClassStore extends MapStore {
      constructor(prefix: string) {
        super()
        made.push(prefix)
      }
    }
    const app = new App({
      components: [sessions(ClassStore), value(Prefix, 'shop:')],
      routes: [route.get('/', [Session], (session) => session.isNew)],
    })
    await app.ready()
    expect(made).toEqual(['shop:'])
    expect(await testClient(app).json('/')).toBe(true)
    expect(made).toEqual(['shop:'])
  })

  it('a store that asks for something missing is refused at start-up', async () => {
    class Redis {
      declare readonly connection: string
    }
    class NeedyStore extends SessionStore {
      @Inject(Cookies, Redis)
      override load(_cookies: Cookies, _redis: Redis): Session {
        return Session.empty()
      }

      @Inject(Session, Redis)
      override dump(_session: Session, _redis: Redis): undefined {}
    }
    const { app } = world({ store: new NeedyStore() })
    await expect(app.ready()).rejects.toThrow(/NeedyStore\.load[\s\S]*Redis/)
    await expect(app.ready()).rejects.toThrow(/NeedyStore\.dump/)
  })

  it('a session injected into a singleton is refused at start-up [CU-08]', async () => {
    class Kept {}
    const { app } = world({
      components: [sessions(new MapStore()), singleton(Kept, [Session], () => new Kept())],
      routes: [route.get('/kept', [Kept], () => 'kept')],
    })
    await expect(app.ready()).rejects.toThrow('DI_CAPTIVE')
  })

  it('refuses options that cannot work', () => {
    const store = new MapStore()
    expect(() => sessions(store, { deadline: 0 })).toThrow(
      "the session option 'deadline' must be a whole number of milliseconds from 1 to 60000, not 0.",
    )
    expect(() => sessions(store, { save: 'never' as 'always' })).toThrow(
      "the session option 'save' must be 'always' or 'success'.",
    )
  })

  it('a synchronous store works [CU-07]', async () => {
    const store = new CookieStore({ secret: newSecret() })
    const { client } = world({ store })
    await client.post('/write')
    expect(await client.json('/read')).toEqual({ user: 'ada' })
  })

  it('two branches of one request both win, in one dump [RA-17]', async () => {
    const { client, store } = world({
      routes: [
        route.post('/branches', [Session], async (session) => {
          const write = async (key: string) => {
            await Promise.resolve()
            session.set(key, key)
          }
          await Promise.all([write('a'), write('b')])
        }),
      ],
    })
    await client.post('/branches')
    expect(await client.json('/read')).toEqual({ a: 'a', b: 'b' })
    expect(store.calls.filter((call) => call === 'dump')).toHaveLength(2)
  })

  it('an invented id is not adopted, wherever it comes from [FX-01, FX-06]', async () => {
    const { client, store, app } = world()
    client.cookies.set('sid', 'invented')
    await client.post('/write?sid=invented', undefined, {
      headers: { cookie: 'sid=invented', 'x-session-id': 'invented' },
    })
    expect([...store.records.keys()]).toEqual([client.cookies.get('sid')!.value])
    expect(store.records.has('invented')).toBe(false)
    expect(await testClient(app).json('/read?sid=invented')).toEqual({})
  })

  it('regenerate and destroy make the old id worthless [FX-04, LO-01]', async () => {
    const { client, store } = world()
    await client.post('/write')
    const first = client.cookies.get('sid')!.value
    await client.post('/regenerate')
    const second = client.cookies.get('sid')!.value
    expect(second).not.toBe(first)
    expect([...store.records]).toEqual([[second, { user: 'ada' }]])
    await client.post('/logout')
    expect(client.cookies.has('sid')).toBe(false)
    expect(store.records.size).toBe(0)
  })
})

describe('two kinds of sessions in one application', () => {
  interface Admin {
    role?: string
  }
  class AdminSession extends Session<Admin> {}

  const secret = newSecret()
  const twoKinds = (as: Token<Session<Admin>>) => {
    const app = new App({
      components: [
        sessions(new MapStore()),
        sessions<Admin>(new CookieStore({ secret, name: '__Host-admin' }), { as }),
      ],
      routes: [
        route.post('/write', [Session, as], (shop: Session<Shop>, admin: Session<Admin>) => {
          shop.set('user', 'ada')
          admin.set('role', 'root')
        }),
        route.post('/leave', [as], (admin: Session<Admin>) => admin.destroy()),
        route.get('/read', [Session, as], (shop: Session<Shop>, admin: Session<Admin>) => [
          shop.toObject(),
          admin.toObject(),
          admin instanceof AdminSession,
        ]),
      ],
    })
    return testClient(app)
  }

  it.each([
    ['a subclass', AdminSession, true],
    ['a named token', token<Session<Admin>>('admin'), false],
  ])('keep apart data and cookies, asked for by %s [CU-11]', async (_, as, isInstance) => {
    const client = twoKinds(as)
    const response = await client.post('/write')
    expect(response.headers.getSetCookie()).toHaveLength(2)
    expect(await client.json('/read')).toEqual([{ user: 'ada' }, { role: 'root' }, isInstance])
    await client.post('/leave')
    expect(await client.json('/read')).toEqual([{ user: 'ada' }, {}, isInstance])
  })

  it('work with a class of stores that is injected', async () => {
    const Greeting = token<string>('greeting')
    const seen: unknown[] = []
    class ClassStore extends SessionStore {
      @Inject(Cookies)
      override load(_cookies: Cookies): Session {
        return Session.empty()
      }

      @Inject(Greeting, Session)
      override dump(greeting: string, session: Session): undefined {
        seen.push(greeting, session instanceof AdminSession, session.toObject())
      }
    }
    noteInjectable(ClassStore)
    const app = new App({
      components: [sessions(ClassStore, { as: AdminSession }), value(Greeting, 'hello')],
      routes: [route.get('/', [AdminSession], (admin) => void admin.set('role', 'root'))],
    })
    await testClient(app).get('/')
    expect(seen).toEqual(['hello', true, { role: 'root' }])
  })
})

describe('what a session does to caching', () => {
  const answering = (headers: Record<string, string>, path: 'write' | 'read' = 'write') =>
    route.post('/answer', [Session], (session) => {
      if (path === 'write') session.set('user', 'ada')
      return new Response('x', { headers })
    })

  it('no-store goes with its cookie, whatever the application said [CE-13]', async () => {
    const { client } = world({ routes: [answering({ 'cache-control': 'public, s-maxage=60' })] })
    const response = await client.post('/answer')
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('also when the application said it by Reply [CE-13]', async () => {
    const { client } = world({
      routes: [
        route.post('/answer', [Session, Reply], (session, reply) => {
          session.set('user', 'ada')
          reply.headers.set('cache-control', 'public')
        }),
      ],
    })
    expect((await client.post('/answer')).headers.get('cache-control')).toBe('no-store')
  })

  it('no-store is on the page of a known visitor, unless the application says otherwise [LO-09]', async () => {
    const { client } = world({ routes: [answering({ 'cache-control': 'private' }, 'read')] })
    expect((await client.get('/read')).headers.get('cache-control')).toBeNull()
    await client.post('/write')
    expect((await client.get('/read')).headers.get('cache-control')).toBe('no-store')
    expect((await client.post('/answer')).headers.get('cache-control')).toBe('private')
  })

  it.each([
    [undefined, 'Cookie'],
    ['Accept-Encoding', 'Accept-Encoding, Cookie'],
    ['cookie', 'cookie'],
    ['*', '*'],
  ])('Vary %s becomes %s [CE-15]', async (given, expected) => {
    const { client } = world({ routes: [answering(given ? { vary: given } : {}, 'read')] })
    expect((await client.post('/answer')).headers.get('vary')).toBe(expected)
  })
})

describe('a handler that fails', () => {
  const failing = [
    route.post('/throw', [Session], (session) => {
      session.set('user', 'eve')
      throw new Error('broken')
    }),
    route.post('/refuse', [Session], (session) => {
      session.set('user', 'eve')
      throw new HttpError(409, 'no')
    }),
    route.post('/answer-500', [Session], (session) => {
      session.set('user', 'eve')
      return new Response('broken', { status: 500 })
    }),
    route.post('/logout-and-throw', [Session], (session) => {
      session.destroy()
      throw new Error('broken')
    }),
    route.post('/login-and-throw', [Session], (session) => {
      session.regenerate()
      session.set('user', 'eve')
      throw new Error('broken')
    }),
  ]

  it.each(['/throw', '/refuse', '/answer-500'])(
    'keeps what it wrote until then (%s), by default [ER-02]',
    async (path) => {
      const { client } = world({ routes: failing })
      await client.post('/write')
      expect((await client.post(path)).ok).toBe(false)
      expect(await client.json('/read')).toEqual({ user: 'eve' })
    },
  )

  it.each(['/throw', '/refuse', '/answer-500'])(
    "drops what it wrote (%s), with save: 'success' [ER-02]",
    async (path) => {
      const { client } = world({ routes: failing, policy: { save: 'success' } })
      await client.post('/write')
      expect((await client.post(path)).ok).toBe(false)
      expect(await client.json('/read')).toEqual({ user: 'ada' })
    },
  )

  it('sets the cookie of a new session on an error response', async () => {
    const { client } = world({ routes: failing })
    const response = await client.post('/throw')
    expect(response.status).toBe(500)
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('vary')).toBe('Cookie')
  })

  it.each(['always', 'success'] as const)('never undoes destroy (save: %s)', async (save) => {
    const { client, store } = world({ routes: failing, policy: { save } })
    await client.post('/write')
    expect((await client.post('/logout-and-throw')).status).toBe(500)
    expect(store.records.size).toBe(0)
    expect(client.cookies.has('sid')).toBe(false)
  })

  it("never undoes regenerate, and drops the rest with save: 'success'", async () => {
    const { client } = world({ routes: failing, policy: { save: 'success' } })
    await client.post('/write')
    const before = client.cookies.get('sid')!.value
    await client.post('/login-and-throw')
    expect(client.cookies.get('sid')!.value).not.toBe(before)
    expect(await client.json('/read')).toEqual({ user: 'ada' })
  })

  it.each(['CookieStore', 'MemoryStore'])('is treated alike by a %s [ER-02]', async (name) => {
    for (const [save, user] of [
      ['always', 'eve'],
      ['success', 'ada'],
    ] as const) {
      const secure = { name: 'sid', secure: false }
      const store =
        name === 'CookieStore'
          ? new CookieStore({ secret: newSecret(), ...secure })
          : new MemoryStore(secure)
      const { client } = world({ store, routes: failing, policy: { save } })
      await client.post('/write')
      expect((await client.post('/throw')).status).toBe(500)
      expect(await client.json('/read')).toEqual({ user })
    }
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'gives a stream that fails',
      () => new ReadableStream({ start: (stream) => stream.error(new Error('broken')) }),
    ],
  ])('sets no cookie and stores nothing when it %s untouched [ER-01]', async (_, fails) => {
    const { client, store } = world({ routes: [route.get('/broken', [Session], fails)] })
    await client.post('/write')
    const before = new Map(store.records)
    const write = store.records.set.bind(store.records)
    let writes = 0
    store.records.set = (...given) => (writes++, write(...given))
    const response = await client.get('/broken')
    expect(response.headers.getSetCookie()).toEqual([])
    await response.text().catch(() => {})
    expect([writes, store.records]).toEqual([0, before])
  })
})

/** A store whose two methods do as they are told. */
class CountingStore extends SessionStore {
  constructor(
    readonly whatLoads: () => unknown,
    readonly whatDumps: (session: Session) => unknown = () => undefined,
  ) {
    super()
  }

  @Inject()
  override load(): Session {
    return this.whatLoads() as Session
  }

  @Inject(Session)
  override dump(session: Session): Cookie | undefined {
    return this.whatDumps(session) as Cookie | undefined
  }
}

// oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what a careless store does
const rejectedText = (text: string) => Promise.reject(text)
const never = () => new Promise<never>(() => {})

/** Fires at once: nobody has to wait for a deadline. */
const impatient = {
  set: (run: () => void) => setImmediate(run),
  clear: (handle: unknown) => clearImmediate(handle as NodeJS.Immediate),
}

class RedisError extends Error {
  override readonly name = 'RedisError'
  readonly code = 'ECONNREFUSED'
  readonly command = { args: ['sess:secret-key', 'secret-data'] }
}

describe('a store that fails to load', () => {
  it.each([
    [
      'throws',
      () => {
        throw new RedisError('secret-message')
      },
    ],
    ['rejects', () => Promise.reject(new RedisError('secret-message'))],
    ['rejects with no error', () => rejectedText('secret-message')],
    ['never settles', never],
    ['gives undefined', () => undefined],
    ['gives null', () => null],
    ['gives a string', () => 'secret-message'],
    ['gives an array', () => []],
    ['gives a look-alike', () => ({ ...Session.empty(), get: () => 'secret-message' })],
    ['gives a proxy of a session', () => new Proxy(Session.empty(), {})],
    ['gives a promise of nothing', async () => undefined],
    ['gives a view', () => new SessionView(stateOf(Session.empty()))],
  ])(
    'and %s makes a 503, without the handler and without a cookie [CU-02, ER-04]',
    async (_, load) => {
      let hasRun = false
      const { client, errors } = world({
        store: new CountingStore(load),
        policy: { timer: impatient },
        routes: [route.get('/run', [Session], () => (hasRun = true))],
      })
      const response = await client.get('/run')
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('1')
      expect(response.headers.getSetCookie()).toEqual([])
      expect(hasRun).toBe(false)
      expect(await response.text()).not.toContain('secret')
      expect(errors).toHaveLength(1)
    },
  )

  it('and hands one session to two requests makes a 503 of the second [CU-03]', async () => {
    const kept = Session.empty()
    const { client, errors } = world({ store: new CountingStore(() => kept) })
    expect((await client.get('/read')).status).toBe(200)
    expect((await client.get('/read')).status).toBe(503)
    expect((errors[0] as Error).cause).toMatchObject({
      code: 'SESSION_STORE',
      reason: 'contract',
      message:
        "the session store's load() gave a value of type object; it has to give each request its own Session",
    })
  })

  it('leaves the routes alone that do not ask [ER-07]', async () => {
    const { client } = world({ store: new CountingStore(() => Promise.reject(new Error('down'))) })
    expect((await client.get('/plain')).status).toBe(200)
  })

  it('is reported without what the client library knows [LG-02, LG-04, CU-14]', async () => {
    const { client, errors } = world({
      store: new CountingStore(() => Promise.reject(new RedisError('secret-message'))),
    })
    const response = await client.get('/read')
    expect(await response.json()).toMatchObject({
      status: 503,
      detail: 'The session could not be loaded.',
      code: 'SESSION_LOAD',
    })
    const { cause } = errors[0] as Error & { cause: Error }
    expect(cause.message).toBe(
      'the session store failed to load: RedisError ECONNREFUSED (its message is not shown)',
    )
    const { inspect } = await import('node:util')
    expect(inspect(errors[0], { depth: 9, showHidden: true })).not.toMatch(/secret/)
    expect(cause.stack).toMatch(/sessions\.test/)
  })

  it('passes an answer on that the store means: an HttpError', async () => {
    const { client } = world({
      store: new CountingStore(() => Promise.reject(new HttpError(403, 'not you'))),
    })
    expect((await client.get('/read')).status).toBe(403)
  })

  it('is given the time that the application says [R7]', async () => {
    const { client, errors } = world({
      store: new CountingStore(never),
      policy: { timer: impatient, deadline: 750 },
    })
    await client.get('/read')
    expect((errors[0] as Error).cause).toMatchObject({
      code: 'SESSION_STORE',
      message: 'the session store did not load within 750 ms',
    })
  })
})

describe('a store that fails to dump', () => {
  const writing = (dump: (session: Session) => unknown) =>
    world({
      store: new CountingStore(() => Session.empty(), dump),
      policy: { timer: impatient },
      routes: [
        route.post('/answer', [Session, Reply], (session, reply) => {
          session.set('user', 'ada')
          reply.headers.set('x-secret', '1')
          return 'secret output'
        }),
      ],
    })

  it.each([
    [
      'throws',
      () => {
        throw new RedisError('secret-message')
      },
    ],
    ['rejects', () => Promise.reject(new RedisError('secret-message'))],
    ['never settles', never],
    ['gives a string', () => 'sid=secret-message'],
    ['gives null', () => null],
  ])('and %s makes a 503 without the output of the handler [R3, CU-04]', async (_, dump) => {
    const { client, errors } = writing(dump)
    const response = await client.post('/answer')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('x-secret')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await response.text()).not.toContain('secret')
    expect(errors).toHaveLength(1)
  })

  it('serves the response when only the activity could not be noted, and reports it [ER-08]', async () => {
    const reported: Error[] = []
    const { client, errors } = world({
      store: new CountingStore(
        () => new Session('an-id', { user: 'ada' }),
        () => Promise.reject(new RedisError('secret-message')),
      ),
      policy: { onWarning: (error) => reported.push(error) },
    })
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    expect(errors).toEqual([])
    expect(reported.map((error) => error.message)).toEqual([
      'the session store failed to dump: RedisError ECONNREFUSED (its message is not shown)',
    ])
  })

  it.each([
    ['CookieStore', 4096, () => new CookieStore({ secret: newSecret() }), '"secret plan" (50'],
    ['MemoryStore', 4000, () => new MemoryStore({ maxSize: 4000 }), 'raise `maxSize`'],
  ])('answers 413 to more than a %s holds; only the operator hears why', async (...row) => {
    const [, limit, store, advice] = row
    const reported: Error[] = []
    const { client, errors } = world({
      store: store(),
      policy: { onWarning: (error) => reported.push(error) },
      routes: [
        route.post('/fill', [Session], (session) => {
          session.set('secret plan', 'x'.repeat(5000))
        }),
      ],
    })
    await client.post('/write')
    const response = await client.post('/fill')
    expect(response.status).toBe(413)
    expect(response.headers.getSetCookie()).toEqual([])
    const problem = (await response.json()) as { detail: string }
    expect(problem).toEqual({
      title: 'Content Too Large',
      status: 413,
      detail: expect.any(String),
      code: 'SESSION_TOO_LARGE',
    })
    expect(problem.detail.replace(/\d{4}/, '5xxx')).toBe(
      `The session would take 5xxx bytes, and ${limit} are allowed. Nothing was stored: send less, or remove something first.`,
    )
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    expect(errors).toEqual([])
    expect(reported).toEqual([expect.objectContaining({ code: 'SESSION_TOO_LARGE' })])
    expect(reported[0]?.message).toContain(advice)
  })

  it('a random source that fails makes a 503, and no weak id [KR-12]', async () => {
    const newId = () => {
      throw new Error('secret-message')
    }
    const { client, errors } = world({ store: new MemoryStore({ newId }) })
    const response = await client.post('/write')
    expect(response.status).toBe(503)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(String((errors[0] as Error).cause)).toBe(
      'SessionStoreError: the session store failed to dump: Error (its message is not shown)',
    )
  })

  it('a value that cannot be stored is the mistake of the application: a 500 [TY-07]', async () => {
    const { client, errors, store } = world({
      routes: [
        route.post('/date', [Session], (session: Session<{ cart: { at?: unknown } }>) => {
          session.set('cart', {})
          session.get('cart')!.at = new Date(0)
        }),
      ],
    })
    expect((await client.post('/date')).status).toBe(500)
    expect(errors[0]).toMatchObject({ code: 'SESSION_VALUE', path: 'cart.at' })
    expect(store.records.size).toBe(0)
  })
})

describe('sessionIfAvailable', () => {
  const page = route.get('/page', [sessionIfAvailable], (session) => ({
    user: session ? session.get('user') : 'unknown',
  }))

  it('gives the session to read', async () => {
    const { client, store } = world({ routes: [page] })
    await client.post('/write')
    expect(await client.json('/page')).toEqual({ user: 'ada' })
    expect(store.calls).toEqual(['load', 'dump', 'load', 'dump'])
  })

  it('gives undefined while the store cannot be reached, and the failure is reported', async () => {
    const reported: Error[] = []
    const { client, errors } = world({
      store: new CountingStore(() => Promise.reject(new RedisError('secret-message'))),
      policy: { onWarning: (error) => reported.push(error) },
      routes: [page],
    })
    const response = await client.get('/page')
    expect(await response.json()).toEqual({ user: 'unknown' })
    expect(response.headers.getSetCookie()).toEqual([])
    expect(errors).toEqual([])
    expect(reported.map((error) => error.message)).toEqual([
      'the session store failed to load: RedisError ECONNREFUSED (its message is not shown)',
    ])
  })

  it('does not swallow an answer of the store, such as a 403', async () => {
    const { client } = world({
      store: new CountingStore(() => Promise.reject(new HttpError(403))),
      routes: [page],
    })
    expect((await client.get('/page')).status).toBe(403)
  })
})

describe('a write through an id that was just replaced, as by a second click on "log in"', () => {
  /** What a request gets that was under way with the old id. */
  const late = async (act: (session: Session<Shop>) => unknown) => {
    const opened = world({
      store: new MemoryStore(),
      routes: [
        route.post('/fill', [Session], (session) => void session.set('cart', ['tea'])),
        route.post('/late', [Session], act),
      ],
    })
    await opened.client.post('/fill')
    const [cookie] = opened.client.cookies
    await opened.client.post('/regenerate')
    const headers = { cookie: `${cookie!.name}=${cookie!.value}` }
    return { ...opened, response: await opened.client.post('/late', undefined, { headers }) }
  }

  it.each<[string, (session: Session<Shop>) => unknown]>([
    ['a method', (session) => session.bind('ada')],
    ['a change inside a value', (session) => void session.get('cart')?.push('secret')],
  ])('is a 409 that asks to send it again, and alarms nobody: %s [RA-08]', async (_, act) => {
    const { response, errors, client } = await late(act)
    expect(response.status).toBe(409)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await response.json()).toEqual({
      title: 'Conflict',
      status: 409,
      detail:
        'Your session got a new id while this request was on its way, and nothing was stored. Send it again.',
      code: 'SESSION_READ_ONLY',
    })
    expect(errors).toEqual([])
    expect(await client.json('/read')).toEqual({ cart: ['tea'] })
  })

  it('is a typed error for a handler that catches it [RA-08]', async () => {
    const { response } = await late((session) => {
      try {
        session.set('user', 'ada')
      } catch (error) {
        return error instanceof SessionReadOnlyError && [error.name, error.code, error.message]
      }
      return 'written'
    })
    expect(await response.json()).toEqual([
      'SessionReadOnlyError',
      'SESSION_READ_ONLY',
      'cannot set "user": the request came with an id that regenerate() has replaced; ' +
        'it can only read. The next request of this visitor brings the new id.',
    ])
  })
})

describe('take', () => {
  const taking = (takeField: () => Promise<string>) =>
    world({
      store: new CountingStore(
        () => new Session(new SessionState({ id: 'an-id', fields: CODE, takeField })),
      ),
      policy: { timer: impatient },
      routes: [route.post('/take', [Session], (session) => session.take('code'))],
    })
  const CODE = new Map([['d:code', '7']])

  it.each([
    ['fails', () => Promise.reject(new RedisError('secret-message'))],
    ['never settles', never],
  ])('a store that %s makes a 503 [R7]', async (_, takeField) => {
    const { client, errors } = taking(takeField)
    const response = await client.post('/take')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect((errors[0] as Error).cause).toMatchObject({ code: 'SESSION_STORE' })
  })

  it('gives what the store gives', async () => {
    const { client } = taking(async () => '8')
    expect(await (await client.post('/take')).json()).toBe(8)
  })
})

describe('a Secure cookie over plain http', () => {
  const writeTo = async (url: string, options: CookieStoreOptions = { secret: newSecret() }) => {
    const reported: string[] = []
    const { app } = world({
      store: new CookieStore(options),
      policy: { onWarning: (error) => reported.push(error.message) },
    })
    const response = await app.fetch(new Request(url, { method: 'POST' }))
    return { cookies: response.headers.getSetCookie(), reported }
  }

  it('is sent all the same, and the reason why browsers drop it is reported [CE-17, PX-07]', async () => {
    const { cookies, reported } = await writeTo('http://shop.test/write')
    expect(cookies[0]).toMatch(/; Secure;/)
    expect(reported).toEqual([
      "the cookie '__Host-session' is Secure, and the request came over plain http: browsers drop it, and every " +
        'visit starts anew. Serve over https. When a proxy in front ends TLS, say which: ' +
        "app.listen({ port, trustProxy: ['10.0.0.0/8'] }).",
    ])
  })

  it.each(['https://shop.test', 'http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:1'])(
    'is no matter at %s',
    async (origin) => {
      const { cookies, reported } = await writeTo(`${origin}/write`)
      expect(cookies).toHaveLength(1)
      expect(reported).toEqual([])
    },
  )

  it('is no matter when the application does not ask for Secure', async () => {
    const options = { secret: newSecret(), name: 'sid', secure: false }
    const { cookies, reported } = await writeTo('http://shop.test/write', options)
    expect(cookies[0]).not.toMatch(/Secure/)
    expect(reported).toEqual([])
  })
})

describe('commit and the end of writing', () => {
  it('commit stores at once; what is written afterwards is dumped at the end', async () => {
    const stored: unknown[] = []
    const { client, store } = world({
      routes: [
        route.post('/commit', [Session], async (session) => {
          session.set('a', 1)
          await session.commit()
          stored.push({ ...store.records.get(session.id) }, session.isNew, session.isChanged)
          session.set('b', 2)
        }),
      ],
    })
    const response = await client.post('/commit')
    expect(stored).toEqual([{ a: 1 }, false, false])
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(await client.json('/read')).toEqual({ a: 1, b: 2 })
  })

  it('the cookie of a commit is sent also when nothing was written afterwards, or the handler fails', async () => {
    const { client } = world({
      routes: [
        route.post('/commit', [Session, Reply], async (session) => {
          session.set('a', 1)
          await session.commit()
          throw new HttpError(400)
        }),
      ],
    })
    expect((await client.post('/commit')).status).toBe(400)
    expect(await client.json('/read')).toEqual({ a: 1 })
  })

  it('two commits at once, and the end, dump one after the other and lose nothing', async () => {
    const open: (() => void)[] = []
    let running = 0
    let most = 0
    const dumped: unknown[] = []
    const { client } = world({
      store: new CountingStore(
        () => Session.empty(),
        async (session) => {
          most = Math.max(most, ++running)
          dumped.push(session.toObject())
          await new Promise<void>((resolve) => open.push(resolve))
          running--
        },
      ),
      routes: [
        route.post('/commit', [Session], (session) => {
          session.set('a', 1)
          void session.commit()
          void session.commit()
          session.set('b', 2)
        }),
      ],
    })
    const answered = client.post('/commit')
    for (let turn = 0; turn < 50; turn++) {
      open.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await answered).status).toBe(204)
    expect(most).toBe(1)
    expect(dumped.at(-1)).toEqual({ a: 1, b: 2 })
  })

  it('a stream may read, but not write once the response has begun [HT-08]', async () => {
    let thrown: unknown
    const { client } = world({
      routes: [
        route.get('/stream', [Session], (session) => {
          session.set('a', 1)
          return new ReadableStream(
            {
              pull(controller) {
                try {
                  session.set('late', 1)
                } catch (error) {
                  thrown = error
                }
                controller.enqueue(new TextEncoder().encode(`a=${session.get('a')}`))
                controller.close()
              },
            },
            { highWaterMark: 0 },
          )
        }),
      ],
    })
    const response = await client.get('/stream')
    expect(await response.text()).toBe('a=1')
    expect(thrown).toMatchObject({ code: 'SESSION_CLOSED', key: 'late' })
    expect(await client.json('/read')).toEqual({ a: 1 })
  })

  it('no byte leaves before the dump is acknowledged [R3]', async () => {
    let acknowledge = () => {}
    const { client } = world({
      store: new CountingStore(
        () => Session.empty(),
        () => new Promise<void>((resolve) => (acknowledge = resolve)),
      ),
    })
    let isAnswered = false
    const answered = client.post('/write').then(() => (isAnswered = true))
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(isAnswered).toBe(false)
    acknowledge()
    await answered
  })

  it('HEAD and 204 dump like everything else [HT-01, HT-04]', async () => {
    const { client } = world({
      routes: [route.get('/visit', [Session], (session) => void session.set('user', 'ada'))],
    })
    const response = await client.send('HEAD', '/visit')
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(await client.json('/read')).toEqual({ user: 'ada' })
  })
})
