import { expect, onTestFinished, test, vi } from 'vitest'
import { Param, route } from '../../../src/http/index.js'
import { Session, sessions } from '../../../src/sessions/index.js'
import { Load } from './load.js'
import { CountingStore } from './counting-store.js'
import { gate, serve } from './wire.js'

const GET = ['GET / HTTP/1.1', 'Host: localhost']

test('closing under load ends every request that began, and each with its dump [PR-01]', async () => {
  const store = new CountingStore()
  store.beforeDump = () => new Promise((resolve) => setImmediate(resolve))
  let started = 0
  const busy = gate()
  const { server, failures } = await serve({
    components: [sessions(store)],
    routes: [
      route.post('/:n', [Session, Param('n')], (session, n) => {
        if (++started === 200) busy.open()
        session.set('n', n)
        return n
      }),
    ],
  })
  const load = new Load(server.url, 20)
  await busy.opened
  const before = performance.now()
  await server.close()
  expect(performance.now() - before).toBeLessThan(2000)
  await load.over
  expect(load.bodies).toHaveLength(started)
  const stored = [...store.records.values()].map((record) => (record as { n: string }).n)
  expect(stored.sort()).toEqual(load.bodies.sort())
  expect(failures).toEqual([])
})

test('closing waits neither for silent connections nor for idle ones nor for half a head [PR-02]', async () => {
  const { server, open } = await serve({ routes: [route.get('/', () => 'x')] })
  const idle = open().send(...GET, '', '')
  await idle.until(/x$/)
  const wires = [open(), open(), open().send('GET / HTT'), open().send(...GET, 'X-Half: 1')]
  await fetch(server.url)
  const before = performance.now()
  await server.close()
  expect(performance.now() - before).toBeLessThan(1000)
  for (const wire of [idle, ...wires]) await wire.rest()
})

test.each(['/', 'http://localhost/', '*'])(
  'a plain response to %s that is sent while closing says that its connection ends [PR-01]',
  async (target) => {
    const [started, mayEnd] = [gate(), gate()]
    const handler = async () => {
      started.open()
      await mayEnd.opened
      return 'last'
    }
    const { server, open } = await serve({
      routes: [route.options('/', handler), route.options('/*', handler)],
    })
    const wire = open().send(`OPTIONS ${target} HTTP/1.1`, 'Host: localhost', '', '')
    await started.opened
    const closing = server.close()
    mayEnd.open()
    const response = await wire.rest()
    await closing
    expect(response).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n[^]*last$/)
  },
)

test('a response that is sent while closing says that its connection ends [PR-01]', async () => {
  const [started, mayEnd] = [gate(), gate()]
  const { server, open } = await serve({
    routes: [
      route.get('/', async () => {
        started.open()
        await mayEnd.opened
        return new Response('last', {
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        })
      }),
    ],
  })
  const silent = open()
  // The second arrives before the server closes, and still gets no response.
  const wire = open()
    .send(...GET, '', '')
    .send(...GET, '', '')
  await started.opened
  const closing = server.close()
  // Silent connections end first, however long this request takes.
  await silent.rest()
  mayEnd.open()
  const response = await wire.rest()
  await closing
  expect(response.match(/HTTP\/1\.1 200/g)).toHaveLength(1)
  expect(response).toMatch(/set-cookie: a=1\r\nset-cookie: b=2\r\n[^]*\r\nConnection: close\r\n/)
  expect(response).toMatch(/\r\n\r\n[^]*last/)
})

test('no deadline moves with the wall clock [PR-06]', async () => {
  const clock = vi.spyOn(Date, 'now')
  onTestFinished(() => void vi.restoreAllMocks())
  const [started, mayEnd] = [gate(), gate()]
  const { server, open } = await serve(
    {
      components: [sessions(new CountingStore(), { deadline: 60_000 })],
      routes: [
        route.get('/', [Session], async (session) => {
          session.set('a', 1)
          started.open()
          await mayEnd.opened
          return 'in time'
        }),
      ],
    },
    { headerTimeout: 300, idleTimeout: 60_000, drainTimeout: 60_000 },
  )
  const today = Date.now()
  const wire = open().send(...GET, '', '')
  await started.opened
  clock.mockReturnValue(today + 86_400_000)
  const closing = server.close()
  clock.mockReturnValue(today - 86_400_000)
  mayEnd.open()
  expect(await wire.rest()).toMatch(/in time/)
  await closing
})

test('slow heads are cut in time when the clock goes back a day [PR-06]', async () => {
  const { open } = await serve({ routes: [] }, { headerTimeout: 300 })
  const wire = open().send(...GET)
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 86_400_000)
  onTestFinished(() => void vi.restoreAllMocks())
  expect(await wire.rest()).toMatch(/^HTTP\/1\.1 408 /)
})

test('a store that never responds is abandoned in time when the clock goes back a day [PR-06]', async () => {
  const store = new CountingStore()
  store.beforeDump = () => new Promise(() => {})
  const { ask } = await serve({
    components: [sessions(store, { deadline: 100 })],
    routes: [route.get('/', [Session], (session) => void session.set('a', 1))],
  })
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 86_400_000)
  onTestFinished(() => void vi.restoreAllMocks())
  const before = performance.now()
  expect(await ask(...GET, 'Connection: close')).toMatch(/^HTTP\/1\.1 503 /)
  expect(performance.now() - before).toBeGreaterThan(95)
})

test('a connection that cannot be accepted is a warning, and not the end of the process [PR-09]', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  onTestFinished(() => void vi.restoreAllMocks())
  const { server } = await serve({
    routes: [
      route.get('/', [Request], (request) => {
        const { runtime } = request as unknown as NodeRequest
        runtime.node.req.socket.server.emit('error', Object.assign(new Error(), { code: 'EMFILE' }))
        return 'alive'
      }),
    ],
  })
  expect(await (await fetch(server.url)).text()).toBe('alive')
  expect(warned.mock.calls).toEqual([['a connection failed: EMFILE', 'HttpWarning']])
})

/** The part of a srvx request that this test needs. */
interface NodeRequest {
  readonly runtime: {
    readonly node: { readonly req: { readonly socket: { readonly server: NodeJS.EventEmitter } } }
  }
}
