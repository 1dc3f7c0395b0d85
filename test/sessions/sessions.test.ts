import { describe, expect, it } from 'vitest'
import { Inject, noteInjectable, singleton, token, value, type Token } from '../../src/di/index.js'
import { App, Cookies, HttpError, route } from '../../src/http/index.js'
import {
  CookieStore,
  Session,
  sessionIfAvailable,
  sessions,
  SessionStore,
  SessionView,
} from '../../src/sessions/index.js'
import { testClient } from '../../src/testing/index.js'
import { newSecret } from './secrets.js'
import { type Shop, MapStore, sessionApp, ScriptedStore, RedisError } from './session-app.js'

describe('sessions()', () => {
  it('loads before the handler and dumps after it, when a handler asks', async () => {
    const { client, store } = sessionApp()
    await client.post('/write')
    expect(store.calls).toEqual(['load', 'dump'])
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    expect(store.calls).toEqual(['load', 'dump', 'load', 'dump'])
  })

  it('a route that does not ask neither loads nor dumps [HT-02, ER-07]', async () => {
    const { client, store } = sessionApp()
    const response = await client.get('/plain')
    await client.send('OPTIONS', '/write')
    await client.get('/absent')
    expect(store.calls).toEqual([])
    expect(response.headers.get('vary')).toBeNull()
    expect(response.headers.get('cache-control')).toBeNull()
  })

  it('one session for all who ask in a request, and one dump [CU-12]', async () => {
    const seen: unknown[] = []
    const { client, store } = sessionApp({
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
    const { client } = sessionApp({
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
    class NeedyAtTheEnd extends NeedyStore {
      @Inject(Cookies)
      override load(): Session {
        return Session.empty()
      }
    }
    const { app } = sessionApp({ store: new NeedyStore() })
    await expect(app.ready()).rejects.toThrow(/NeedyStore\.load[\s\S]*Redis/)
    const late = sessionApp({ store: new NeedyAtTheEnd() })
    await expect(late.app.ready()).rejects.toThrow(/NeedyAtTheEnd\.dump[\s\S]*Redis/)
  })

  it('a session injected into a singleton is refused at start-up [CU-08]', async () => {
    class Kept {}
    const { app } = sessionApp({
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
      `the session option 'save' must be 'always' or 'success', not "never".`,
    )
  })

  it('a synchronous store works [CU-07]', async () => {
    const store = new CookieStore({ secret: newSecret() })
    const { client } = sessionApp({ store })
    await client.post('/write')
    expect(await client.json('/read')).toEqual({ user: 'ada' })
  })

  it('two branches of one request both win, in one dump [RA-17]', async () => {
    const { client, store } = sessionApp({
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
    const { client, store, app } = sessionApp()
    client.cookies.set('sid', 'invented')
    await client.post('/write?sid=invented', undefined, {
      headers: { cookie: 'sid=invented', 'x-session-id': 'invented' },
    })
    expect([...store.records.keys()]).toEqual([client.cookies.get('sid')!.value])
    expect(store.records.has('invented')).toBe(false)
    expect(await testClient(app).json('/read?sid=invented')).toEqual({})
  })

  it('regenerate and destroy make the old id worthless [FX-04, LO-01]', async () => {
    const { client, store } = sessionApp()
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

describe('sessionIfAvailable', () => {
  const page = route.get('/page', [sessionIfAvailable], (session) => ({
    user: session ? session.get('user') : 'unknown',
  }))

  it('gives the session to read', async () => {
    const { client, store } = sessionApp({ routes: [page] })
    await client.post('/write')
    expect(await client.json('/page')).toEqual({ user: 'ada' })
    expect(store.calls).toEqual(['load', 'dump', 'load', 'dump'])
  })

  it('gives undefined while the store cannot be reached, and the failure is reported', async () => {
    const reported: Error[] = []
    const { client, errors } = sessionApp({
      store: new ScriptedStore(() => Promise.reject(new RedisError('secret-message'))),
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
    const { client } = sessionApp({
      store: new ScriptedStore(() => Promise.reject(new HttpError(403))),
      routes: [page],
    })
    expect((await client.get('/page')).status).toBe(403)
  })
})
