import {
  App,
  BackendStore,
  CookieStore,
  CsrfToken,
  csrfTokenGuard,
  DIError,
  MemoryBackend,
  MemoryStore,
  route,
  Session,
  sessions,
  token,
  type Component,
  type Middleware,
  type Routes,
} from 'ingot'
import { RedisStore } from 'ingot/redis'
import { testClient } from 'ingot/testing'
import { describe, expect, test } from 'vitest'
import { newSecret } from './secrets.js'
import { MapStore } from './session-app.js'

class AdminSession extends Session {}

const byName = token<Session>('adminSession')

async function mistakesOf(
  components: readonly Component[],
  more: { middleware?: Middleware[]; routes?: Routes } = {},
): Promise<readonly string[]> {
  const app = new App({ components: [...components], routes: [], ...more })
  const error: unknown = await app.ready().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error === undefined) return []
  expect(error).toBeInstanceOf(DIError)
  // The line of the route in this file is not what is tested.
  return (error as DIError).errors.map(({ message }) => message.replace(/, test\/[^)]+\)/, ')'))
}

const stores = {
  memory: () => new MemoryStore(),
  backend: () => new BackendStore(new MemoryBackend()),
  redis: () => new RedisStore(),
  cookie: () => new CookieStore({ secret: newSecret() }),
}

const SAME_COOKIE = (first: string, second: string, cookie = "the cookie '__Host-session'") =>
  `DI_SESSIONS: both set ${cookie}, and the browser keeps one: the other session is lost.
  sessions(${first})
  └─ sessions(${second})
Give the store of the second a cookie of its own: new MemoryStore({ name: '__Host-admin' }).`

describe('two sessions() in one application', () => {
  const pairs = Object.keys(stores).flatMap((one) =>
    Object.keys(stores).map((other) => [one, other] as const),
  )
  test.each(pairs)('with one cookie name are refused: %s and %s [A13]', async (one, other) => {
    const [first, second] = [
      stores[one as keyof typeof stores](),
      stores[other as keyof typeof stores](),
    ]
    expect(await mistakesOf([sessions(first), sessions(second, { as: AdminSession })])).toEqual([
      SAME_COOKIE(first.constructor.name, second.constructor.name),
    ])
  })

  test('with one name that is not the default are refused [A13]', async () => {
    const store = () => new MemoryStore({ name: '__Host-shop' })
    expect(
      await mistakesOf([
        sessions(store(), { as: AdminSession }),
        sessions(new MemoryStore()),
        sessions(store(), { as: byName }),
      ]),
    ).toEqual([SAME_COOKIE('MemoryStore', 'MemoryStore', "the cookie '__Host-shop'")])
  })

  test('over one store are refused, also over one class of stores [A13]', async () => {
    const store = new MapStore()
    expect(await mistakesOf([sessions(store), sessions(store, { as: AdminSession })])).toEqual([
      SAME_COOKIE('MapStore', 'MapStore', 'the same cookie'),
    ])
    expect(
      await mistakesOf([sessions(MapStore), sessions(MapStore, { as: AdminSession })]),
    ).toEqual([SAME_COOKIE('MapStore', 'MapStore', 'the same cookie')])
  })

  test('of a store of your own are refused when it tells its cookie [A13]', async () => {
    class Told extends MapStore {
      override readonly cookieName = '__Host-session'
    }
    expect(
      await mistakesOf([sessions(new MemoryStore()), sessions(new Told(), { as: AdminSession })]),
    ).toEqual([SAME_COOKIE('MemoryStore', 'Told')])
  })

  test('that provide the same type are refused [A13]', async () => {
    const named = new MemoryStore({ name: '__Host-admin' })
    const shadowed = (
      provided: string,
    ) => `DI_SESSIONS: both provide ${provided}, so the second would never be used.
  sessions(CookieStore)
  └─ sessions(MemoryStore)
Let handlers ask for the second by a token of its own: class AdminSession extends Session {} and sessions(store, { as: AdminSession }).`
    expect(await mistakesOf([sessions(stores.cookie()), sessions(named)])).toEqual([
      shadowed('Session'),
    ])
    expect(
      await mistakesOf([
        sessions(stores.cookie(), { as: AdminSession }),
        sessions(named, { as: AdminSession }),
      ]),
    ).toEqual([shadowed('AdminSession')])
  })

  test('that provide the same type are told of once, and not in a note as well [A13]', async () => {
    const components = [
      sessions(stores.cookie()),
      sessions(new MemoryStore({ name: '__Host-admin' })),
    ]
    const app = new App({ components, routes: [route.get('/', [Session], (one) => one.size)] })
    await expect(app.ready()).rejects.toMatchObject({
      message: `The application cannot be wired: 1 problem.

1. DI_SESSIONS: both provide Session, so the second would never be used.
     sessions(CookieStore)
     └─ sessions(MemoryStore)
   Let handlers ask for the second by a token of its own: class AdminSession extends Session {} and sessions(store, { as: AdminSession }).`,
    })
  })

  test('with names and types of their own are accepted [A13]', async () => {
    const named = new MemoryStore({ name: '__Host-admin' })
    const other = new MemoryStore({ name: '__Host-other' })
    expect(
      await mistakesOf([
        sessions(stores.cookie()),
        sessions(named, { as: AdminSession }),
        sessions(other, { as: byName }),
      ]),
    ).toEqual([])
  })
})

describe('csrfTokenGuard and two kinds of session', () => {
  const components = () => [
    sessions(new MemoryStore()),
    sessions(new MemoryStore({ name: '__Host-admin' }), { as: AdminSession }),
  ]
  const approve = route.post('/approve', [AdminSession], (session) => {
    session.set('approved', true)
  })

  test('a route of the other kind is refused at start-up [S12]', async () => {
    expect(
      await mistakesOf(components(), { middleware: [csrfTokenGuard()], routes: [approve] }),
    ).toEqual([
      `DI_CSRF_TOKEN (POST /approve): csrfTokenGuard checks no token of AdminSession: a visitor with that session alone passes without one.
  csrfTokenGuard
  └─ AdminSession
Guard the route with csrfTokenGuard({ as: AdminSession }) instead.`,
    ])
  })

  test('a route that changes nothing, and an exempt one, are accepted [S12]', async () => {
    const middleware = [csrfTokenGuard({ exempt: ['POST /approve'] })]
    const read = route.get('/approvals', [AdminSession], (session) => session.toObject())
    expect(await mistakesOf(components(), { middleware, routes: [approve, read] })).toEqual([])
  })

  test('a guard without the kind of its session is refused at start-up [S12]', async () => {
    const [, admins] = components()
    const [mistake] = await mistakesOf([admins as Component], {
      middleware: [csrfTokenGuard()],
      routes: [approve],
    })
    expect(mistake).toContain('nothing provides Session')
  })

  test.each([
    ['a class', AdminSession],
    ['a token', byName],
  ])('a guard of the kind asks for its token: %s [S12]', async (_, as) => {
    const app = new App({
      components: [
        sessions(new MemoryStore()),
        sessions(new MemoryStore({ name: '__Host-admin' }), { as }),
      ],
      middleware: [csrfTokenGuard({ as })],
      routes: [
        route.post('/login', [as], (session) => {
          session.bind('root')
          return new CsrfToken(session).value
        }),
        route.post('/approve', [as], (session) => void session.set('approved', true)),
        route.post('/form', [as, FormData], (session, form) => {
          session.set('note', form.get('note'))
          return form.get('note')
        }),
      ],
    })
    const admin = testClient(app)
    const csrf = await (await admin.post('/login')).text()
    expect((await admin.post('/approve')).status).toBe(403)
    const headers = { 'x-csrf-token': csrf }
    expect((await admin.post('/approve', undefined, { headers })).status).toBe(204)
    const body = new URLSearchParams({ _csrf: csrf, note: 'read twice, parsed once' })
    const sent = await app.fetch(new Request('https://app.test/form', { method: 'POST', body }))
    // Without the session nothing binds the token, so the form reaches the handler.
    expect(await sent.text()).toBe('read twice, parsed once')
  })
})

test('a form of a session is parsed once, by the guard and the handler together [S12]', async () => {
  const app = new App({
    components: [sessions(new MemoryStore())],
    middleware: [csrfTokenGuard()],
    routes: [
      route.post('/login', [Session, CsrfToken], (session, csrf) => {
        session.bind('ada')
        return csrf.value
      }),
      route.post('/form', [Session, FormData], (_, form) => form.get('note')),
    ],
  })
  const login = await app.fetch(new Request('https://app.test/login', { method: 'POST' }))
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] as string
  const csrf = await login.text()
  const body = new URLSearchParams({ _csrf: csrf, note: 'tea' })
  const request = new Request('https://app.test/form', {
    method: 'POST',
    body,
    headers: { cookie },
  })
  const response = await app.fetch(request)
  // A body can be read once: a second parse would be a 500.
  expect([response.status, await response.text()]).toEqual([200, 'tea'])
})
