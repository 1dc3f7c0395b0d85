import { expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { Hooks, Body, Next, route } from '../../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../../src/sessions/index.js'
import { CountingStore } from './counting-store.js'
import { gate, serve, statusOf } from './wire.js'

const HOST = 'Host: localhost'
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Resolves when the client has left. */
const left = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))

test('what a handler wrote is stored, although the client left before it ended [HT-12]', async () => {
  const store = new CountingStore()
  const [started, finished] = [gate(), gate<boolean>()]
  const { open, failures } = await serve({
    components: [sessions(store)],
    routes: [
      route.get('/', [Session, AbortSignal, Hooks], async (session, signal, hooks) => {
        hooks.afterResponse(({ ok }) => finished.open(ok))
        started.open()
        await left(signal)
        session.set('a', 1)
        return 'for nobody'
      }),
    ],
  })
  const wire = open().send('GET / HTTP/1.1', HOST, '', '')
  await started.opened
  wire.leave()
  expect(await finished.opened).toBe(true)
  expect([...store.records.values()]).toEqual([{ a: 1 }])
  expect([store.dumps, failures]).toEqual([1, []])
})

test('a dump ends, although the client left while it was under way [HT-13]', async () => {
  const store = new CountingStore()
  const [begun, mayEnd, gone, finished] = [gate(), gate(), gate(), gate<boolean>()]
  store.beforeDump = () => {
    begun.open()
    return mayEnd.opened
  }
  const { open, failures } = await serve({
    components: [sessions(store)],
    routes: [
      route.get('/', [Session, AbortSignal, Hooks], (session, signal, hooks) => {
        hooks.afterResponse(({ ok }) => finished.open(ok))
        signal.addEventListener('abort', () => gone.open())
        session.set('a', 1)
        return 'for nobody'
      }),
    ],
  })
  const wire = open().send('GET / HTTP/1.1', HOST, '', '')
  await begun.opened
  wire.leave()
  await gone.opened
  mayEnd.open()
  expect(await finished.opened).toBe(true)
  expect([...store.records.values()]).toEqual([{ a: 1 }])
  expect([store.dumps, failures]).toEqual([1, []])
})

test('a visitor who never got the response to their login keeps reading with the old cookie, and logs in again after the grace [HT-14]', async () => {
  let now = 1_000_000
  const store = new MemoryStore({ regenerateGrace: 10, clock: () => now })
  const [started, finished] = [gate(), gate()]
  const { open, ask, server, failures } = await serve({
    components: [sessions(store)],
    routes: [
      route.post('/cart', [Session], (session) => void session.set('cart', 'tea')),
      route.get('/cart', [Session], (session) => session.get('cart') ?? 'nothing'),
      route.post('/lost', [Session, AbortSignal, Hooks], async (session, signal, hooks) => {
        hooks.afterResponse(() => finished.open())
        started.open()
        await left(signal)
        session.bind('ada')
      }),
      route.post('/login', [Session], (session) => session.bind('ada')),
      route.get('/me', [Session], (session) => session.userId ?? 'nobody'),
    ],
  })
  const cookieOf = (response: string) => /set-cookie: ([^;]+)/.exec(response)?.[1]
  const head = [HOST, 'Connection: close']
  const old = `Cookie: ${cookieOf(await ask('POST /cart HTTP/1.1', ...head))}`
  const wire = open().send('POST /lost HTTP/1.1', HOST, old, '', '')
  await started.opened
  wire.leave()
  await finished.opened
  expect(await ask('GET /cart HTTP/1.1', ...head, old)).toMatch(/tea$/)
  // A write through a replaced id would be lost, so the visitor has to send it again.
  expect(statusOf(await ask('POST /login HTTP/1.1', ...head, old))).toBe(409)
  now += 11_000
  const again = await ask('POST /login HTTP/1.1', ...head, old)
  expect(statusOf(again)).toBe(204)
  const cookie = { cookie: cookieOf(again)! }
  expect(await (await fetch(`${server.url}/me`, { headers: cookie })).text()).toBe('ada')
  expect(failures).toEqual([])
})

test('a handler that never responds blocks nobody else, and its signal fires when the client leaves [HT-15]', async () => {
  const [started, told] = [gate(), gate()]
  const { open, ask, failures } = await serve({
    components: [sessions(new MemoryStore())],
    routes: [
      route.get('/', [Session], (session) =>
        session.update('count', (count: number = 0) => count + 1),
      ),
      route.get('/never', [Session, AbortSignal], (session, signal) => {
        session.set('never', 'stored')
        signal.addEventListener('abort', () => told.open())
        started.open()
        return new Promise(() => {})
      }),
    ],
  })
  const head = [HOST, 'Connection: close']
  const cookie = `Cookie: ${/__Host-session=[^;]+/.exec(await ask('GET / HTTP/1.1', ...head))![0]}`
  const wire = open().send('GET /never HTTP/1.1', HOST, cookie, '', '')
  await started.opened
  expect(await ask('GET / HTTP/1.1', ...head, cookie)).toMatch(/\r\n\r\n2$/)
  wire.leave()
  await told.opened
  expect(await ask('GET / HTTP/1.1', ...head, cookie)).toMatch(/\r\n\r\n3$/)
  expect(failures).toEqual([])
})

test('while a body is on its way the session is loaded once, others use it, and it may expire [HT-19]', async () => {
  let now = 1_000_000
  const clock = () => now
  const store = new MemoryStore({ idleTimeout: 60, clock })
  const loaded = gate()
  const { open, ask, failures } = await serve({
    components: [sessions(store)],
    routes: [
      route.post('/', [Session, Request], async (session, request) => {
        const before = session.get('count')
        loaded.open()
        const text = await request.text()
        return `${before} ${text} ${session.get('count')}`
      }),
      route.get('/', [Session], (session) =>
        session.update('count', (count: number = 0) => count + 1),
      ),
    ],
  })
  const head = [HOST, 'Connection: close']
  const cookie = `Cookie: ${/__Host-session=[^;]+/.exec(await ask('GET / HTTP/1.1', ...head))![0]}`
  const wire = open().send('POST / HTTP/1.1', ...head, cookie, 'Content-Length: 4', '', 'bo')
  await loaded.opened
  expect(await ask('GET / HTTP/1.1', ...head, cookie)).toMatch(/\r\n\r\n2$/)
  now += 61_000
  wire.send('dy')
  expect(await wire.rest()).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n1 body 1$/)
  expect(failures).toEqual([])
})

test.each([
  ['reads it as text', route.post('/', [Request], (request) => request.text())],
  ['reads it as a stream', route.post('/', [Request], (it) => new Response(it.body).text())],
  ['reads it by Body', route.post('/', [Body()], (body) => body)],
])(
  'a client that leaves in the middle of its body is not reported: a handler that %s [HT-12]',
  async (_, upload) => {
    const [gone, finished] = [gate(), gate()]
    const { open, server, failures } = await serve({
      middleware: [
        inject([Request, Hooks, Next], (request, hooks, next) => {
          request.signal.addEventListener('abort', () => gone.open())
          hooks.afterResponse(() => finished.open())
          return next()
        }),
      ],
      routes: [upload, route.get('/', () => 'alive')],
    })
    const lines = ['POST / HTTP/1.1', HOST, 'Content-Type: application/json']
    const wire = open().send(...lines, 'Content-Length: 100', 'Expect: 100-continue', '', '')
    await wire.until(/100 Continue/)
    wire.send('{"a":')
    wire.leave()
    await gone.opened
    await finished.opened
    expect(await (await fetch(server.url)).text()).toBe('alive')
    expect(failures).toEqual([])
  },
)

test('an error for another reason after the client left is reported', async () => {
  const [started, finished] = [gate(), gate()]
  const { open, failures } = await serve({
    routes: [
      route.get('/', [AbortSignal, Hooks], async (signal, hooks) => {
        hooks.afterResponse(() => finished.open())
        started.open()
        await left(signal)
        throw new Error('disk full')
      }),
    ],
  })
  const wire = open().send('GET / HTTP/1.1', HOST, '', '')
  await started.opened
  wire.leave()
  await finished.opened
  expect(failures).toEqual([new Error('disk full')])
})

test('a stream that fails after the head cuts the connection, after one dump [ER-06, HT-11]', async () => {
  const store = new CountingStore()
  const { ask, server, failures } = await serve({
    components: [sessions(store)],
    routes: [
      route.get('/', () => 'alive'),
      route.get('/fails', [Session], (session) => {
        session.set('a', 1)
        return (async function* () {
          yield 'first'
          await settled()
          throw new Error('source')
        })()
      }),
    ],
  })
  const response = await ask('GET /fails HTTP/1.1', HOST)
  expect(response).toMatch(/^HTTP\/1\.1 200 [^]*\r\nset-cookie: sid=[^]*first\r\n$/)
  expect(store.dumps).toBe(1)
  expect(await (await fetch(server.url)).text()).toBe('alive')
  expect(failures).toMatchObject([{ message: 'source' }])
})
