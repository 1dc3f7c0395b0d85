import { expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { App, Hooks, Next, route } from '../../../src/http/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  MemoryStore,
  Session,
  sessionIfAvailable,
  sessions,
  type SessionStore,
} from '../../../src/sessions/index.js'
import { testClient } from '../../../src/testing/index.js'
import { eventWorld } from '../events/event-world.js'
import { newSecret } from '../secrets.js'
import { idOf } from '../server-store/server-store-suite.js'
import { sessionApp, ScriptedStore } from '../session-app.js'
import { expectWarnings } from '../expect-warnings.js'

/** A backend that refuses writes when the test says so. */
class FailingBackend extends MemoryBackend {
  isDown = false

  override async replace(...given: Parameters<MemoryBackend['replace']>) {
    if (this.isDown) throw new Error('down')
    return super.replace(...given)
  }
}

test.each<[string, (session: Session) => void]>([
  ['bind', (session) => session.bind('ada')],
  ['regenerate', (session) => session.regenerate()],
])(
  'the cookie of a committed %s reaches the browser with the 503 of a later write [A3]',
  async (_, act) => {
    const backend = new FailingBackend()
    const world = eventWorld(new BackendStore(backend, { regenerateGrace: 0 }))
    const { cookie } = await world.visit(undefined, (session) => session.set('a', 1))
    const answered = await world.visit(cookie, async (session) => {
      act(session)
      await session.commit()
      backend.isDown = true
      session.set('a', 2)
    })
    backend.isDown = false
    expect(answered.status).toBe(503)
    expect(idOf(answered.cookie)).not.toBe(idOf(cookie))
    const next = await world.visit(answered.cookie, (session) => session.toObject())
    expect(JSON.parse(next.body)).toEqual({ result: { a: 1 } })
    await world.stop()
  },
)

test.each([
  [
    'a value that cannot be stored',
    (session: Session) => (session.get('list') as unknown[]).push(1n),
    500,
  ],
  ['a session that is too large', (session: Session) => session.set('a', 'x'.repeat(9000)), 413],
] as const)('the cookie of a commit() is sent with %s [A3]', async (_, act, status) => {
  const expected = status === 413 ? ['SESSION_TOO_LARGE'] : []
  const policy = { onWarning: expectWarnings(...expected) }
  const world = eventWorld(new MemoryStore({ maxSize: 4000 }), policy)
  const answered = await world.visit(undefined, async (session) => {
    session.set('list', [])
    await session.commit()
    act(session)
  })
  expect(answered.status).toBe(status)
  const next = await world.visit(answered.cookie, (session) => session.toObject())
  expect(JSON.parse(next.body)).toEqual({ result: { list: [] } })
  await world.stop()
})

test('the cookie of a stored session is sent although a hook of somebody else fails later [A3]', async () => {
  const failing = inject([Hooks, Next], (hooks, next) => {
    hooks.afterHandler(() => {
      throw new Error('a hook that fails')
    })
    return next()
  })
  const { client, errors } = sessionApp({ store: new MemoryStore(), middleware: [failing] })
  const response = await client.post('/write')
  expect([response.status, errors.length]).toEqual([500, 1])
  expect(response.headers.getSetCookie()).toHaveLength(1)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

const down = () => Promise.reject(new Error('down'))
const stores: readonly [name: string, store: () => SessionStore, status: number][] = [
  ['a load that fails', () => new ScriptedStore(down), 503],
  ['a dump that fails', () => new ScriptedStore(() => Session.empty(), down), 503],
  ['a session that is too large', () => new MemoryStore({ maxSize: 3 }), 413],
  ['a cookie that is too large', () => new CookieStore({ secret: newSecret() }), 413],
]

test.each(stores)(
  '%s says that the response depends on the cookie [A18]',
  async (_, store, status) => {
    const { client } = sessionApp({
      store: store(),
      policy: { onWarning: () => {} },
      routes: [
        route.post('/fill', [Session], (session) => void session.set('a', 'x'.repeat(5000))),
      ],
    })
    const response = await client.post('/fill')
    expect([response.status, response.headers.get('vary')]).toEqual([status, 'Cookie'])
  },
)

test('a page without its session says so as well, and so does the error of a handler [A18]', async () => {
  const { client } = sessionApp({
    store: new ScriptedStore(down),
    policy: { onWarning: () => {} },
    routes: [route.get('/page', [sessionIfAvailable], () => 'a page')],
  })
  const page = await client.get('/page')
  expect([page.status, page.headers.get('vary')]).toEqual([200, 'Cookie'])
  const failing = sessionApp({
    store: new MemoryStore(),
    routes: [
      route.get('/fail', [Session], () => {
        throw new Error('of a handler')
      }),
    ],
  })
  const failed = await failing.client.get('/fail')
  expect([failed.status, failed.headers.get('vary')]).toEqual([500, 'Cookie'])
})

test('two kinds of sessions each say what they have to, also when one fails [A3, A18]', async () => {
  class AdminSession extends Session {}
  const app = new App({
    components: [
      sessions(new MemoryStore()),
      sessions(new ScriptedStore(() => Session.empty(), down), { as: AdminSession }),
    ],
    routes: [
      route.post('/', [Session, AdminSession], async (session, admin) => {
        session.set('a', 1)
        await session.commit()
        admin.set('a', 1)
      }),
    ],
    onError: () => {},
  })
  const response = await testClient(app).post('/')
  expect([response.status, response.headers.get('vary')]).toEqual([503, 'Cookie'])
  expect(response.headers.getSetCookie()).toHaveLength(1)
})

test.each([
  ['a stream', (ended: () => void) => new ReadableStream({ cancel: ended })],
  ['a response', (ended: () => void) => new Response(new ReadableStream({ cancel: ended }))],
  [
    'a generator',
    (ended: () => void): AsyncIterable<string> => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 'x' }),
        return: async () => {
          ended()
          return { done: true, value: undefined }
        },
      }),
    }),
  ],
])('%s of a handler is cancelled when its session cannot be stored [A17]', async (_, make) => {
  let count = 0
  const { app, client } = sessionApp({
    store: new ScriptedStore(() => Session.empty(), down),
    routes: [
      route.get('/stream', [Session], (session) => {
        session.set('a', 1)
        return make(() => (count += 1))
      }),
    ],
  })
  expect((await client.get('/stream')).status).toBe(503)
  await expect.poll(() => count).toBe(1)
  const { url, close } = await app.listen(0)
  expect((await fetch(new URL('/stream', url))).status).toBe(503)
  await expect.poll(() => count).toBe(2)
  await close()
})
