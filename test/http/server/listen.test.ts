import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { Agent, request as send, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { ServerRequest } from 'srvx'
import { singleton, token } from '../../../src/di/index.js'
import {
  Hooks,
  App,
  Body,
  Cookies,
  HttpError,
  Param,
  Reply,
  Cookie,
  route,
} from '../../../src/http/index.js'
import { addressOf, printedBy } from '../../support/printed-by.js'
import { gate, serve } from '../under-fire/wire.js'

test('serves on a free port, and tells its address', async () => {
  const { server } = await serve({ routes: [route.get('/:name', [Param('name')], (name) => name)] })
  expect(server.port).toBeGreaterThan(0)
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  expect(await (await fetch(`${server.url}/caf%C3%A9`)).text()).toBe('café')
})

test('tells those who listen to `ingot:listen` which application is served where', async () => {
  const heard: unknown[] = []
  const hear = (message: unknown): void => void heard.push(message)
  subscribe('ingot:listen', hear)
  onTestFinished(() => void unsubscribe('ingot:listen', hear))
  const { app, server } = await serve({ routes: [] })
  expect(heard).toEqual([{ app, url: server.url }])
})

test('takes a port alone, and is then reached as localhost', async () => {
  const app = new App({ routes: [route.get('/', () => 'here')] })
  onTestFinished(() => app.close())
  const server = await app.listen(0)
  expect(server.url).toBe(`http://localhost:${server.port}`)
  expect(await (await fetch(server.url)).text()).toBe('here')
})

test.each(['3000', undefined])(
  'rejects %s in place of a port, with what to write [C21]',
  async (port) => {
    const given = port === undefined ? 'undefined' : `"${port}"`
    await expect(new App({ routes: [] }).listen(port as never)).rejects.toThrow(
      new TypeError(
        `listen takes a port, listen(3000), or options, listen({ port: 3000 }), and not ${given}. A port of the environment is a text: listen(Number(process.env.PORT ?? 3000)).`,
      ),
    )
  },
)

test('rejects a function beside the port, which nobody would call [C21]', async () => {
  const app = new App({ routes: [] })
  onTestFinished(() => app.close())
  // @ts-expect-error -- as for a server of Node
  const listening = app.listen(0, function ready() {})
  await expect(listening).rejects.toThrow(
    new TypeError(
      'listen takes one argument, a port or options, and not the function ready beside it. It gives a promise of the server: const server = await app.listen(3000), and what is to follow stands in the next line.',
    ),
  )
})

test('rejects a port that is taken', async () => {
  const { server } = await serve({ routes: [] })
  const second = new App({ routes: [] })
  const where = { port: server.port, hostname: '127.0.0.1' }
  await expect(second.listen(where)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('does not listen when the wiring is wrong', async () => {
  const missing = token<string>('missing')
  const app = new App({ routes: [route.get('/', [missing], String)] })
  await expect(app.listen(0)).rejects.toThrow("nothing provides token('missing')")
})

test('responds over the wire as fetch does', async () => {
  const { server } = await serve({
    routes: [
      route.get('/', [Reply], (reply) => {
        reply.cookie(new Cookie('a', '1')).cookie(new Cookie('b', '2'))
        return { ok: true }
      }),
      route.post('/', [Body()], (body) => body),
      route.get('/fail', () => {
        throw new HttpError(409, 'No')
      }),
    ],
  })
  const got = await fetch(server.url)
  expect(got.headers.getSetCookie()).toEqual([
    'a=1; Path=/; HttpOnly; Secure; SameSite=Lax',
    'b=2; Path=/; HttpOnly; Secure; SameSite=Lax',
  ])
  expect(got.headers.get('content-length')).toBe('11')
  const head = await fetch(server.url, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  const headers = { 'content-type': 'application/json' }
  const posted = await fetch(server.url, { method: 'POST', headers, body: '{"a":1}' })
  expect(await posted.json()).toEqual({ a: 1 })
  expect((await fetch(`${server.url}/fail`)).headers.get('content-type')).toBe(
    'application/problem+json',
  )
  expect((await fetch(server.url, { method: 'OPTIONS' })).headers.get('allow')).toBe(
    'GET, HEAD, OPTIONS, POST',
  )
})

test('joins Cookie lines, and takes headers named like prototype members [CP-03, CP-23]', async () => {
  const { server } = await serve({
    routes: [route.get('/', [Cookies], (cookies) => cookies.get('sid'))],
  })
  const socket = connect(server.port, '127.0.0.1')
  const lines = ['GET / HTTP/1.1', 'Host: x', 'Cookie: a=1', 'Cookie: sid=good']
  socket.end([...lines, '__proto__: x', 'constructor: y', 'Connection: close', '', ''].join('\r\n'))
  const chunks = await socket.toArray()
  expect(String(Buffer.concat(chunks as Buffer[]))).toMatch(/^HTTP\/1\.1 200 [^]*good$/)
})

test('keeps the body limit over the wire, also for those who read the Request themselves', async () => {
  const { server } = await serve({
    bodyLimit: 10,
    routes: [
      route.post('/body', [Body(String)], (body) => body),
      route.post('/request', [Request], (request) => request.text()),
    ],
  })
  for (const path of ['/body', '/request']) {
    const post = (size: number) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('a'.repeat(size)))
          controller.close()
        },
      })
      const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body }
      return fetch(server.url + path, { ...init, duplex: 'half' })
    }
    expect(await (await post(10)).text()).toBe('a'.repeat(10))
    expect((await post(11)).status).toBe(413)
  }
})

test('closing lets a request in flight end, then its hooks, then the singletons', async () => {
  const log: string[] = []
  const { opened, open } = gate()
  const started = gate()
  const database = token<string>('database')
  const { app, server } = await serve({
    components: [
      singleton(database, [], () => 'db', { dispose: () => void log.push('database closed') }),
    ],
    routes: [
      route.get('/', [Hooks, database], async (hooks) => {
        hooks.afterResponse(async () => {
          await Promise.resolve()
          log.push('hook')
        })
        started.open()
        await opened
        log.push('handler')
        return 'done'
      }),
    ],
  })
  const agent = new Agent({ keepAlive: true })
  const request = send(server.url, { agent }).end()
  const received = once(request, 'response') as Promise<[IncomingMessage]>
  await started.opened
  const closing = app.close()
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  open()
  const [response] = await received
  expect(String(Buffer.concat((await response.toArray()) as Buffer[]))).toBe('done')
  const before = performance.now()
  await closing
  expect(performance.now() - before).toBeLessThan(1500)
  expect(log).toEqual(['handler', 'hook', 'database closed'])
  agent.destroy()
})

test('closing does not wait for idle keep-alive connections', async () => {
  const { app, server } = await serve({ routes: [route.get('/', () => 'x')] })
  const agent = new Agent({ keepAlive: true })
  const [response] = (await once(send(server.url, { agent }).end(), 'response')) as [
    IncomingMessage,
  ]
  await response.toArray()
  const before = performance.now()
  await app.close()
  expect(performance.now() - before).toBeLessThan(1500)
  agent.destroy()
})

test('closing cuts what has not ended in time', async () => {
  const started = gate()
  const { server } = await serve(
    {
      routes: [
        route.get('/', () => {
          started.open()
          return new Promise(() => {})
        }),
      ],
    },
    { drainTimeout: 20 },
  )
  const response = fetch(server.url).catch((error: unknown) => error)
  await started.opened
  await server.close()
  expect(await response).toBeInstanceOf(TypeError)
})

test('closing twice is closing once, and a closed application does not listen again', async () => {
  let disposed = 0
  const thing = token<string>('thing')
  const { app, server } = await serve({
    components: [singleton(thing, [], () => 'x', { dispose: () => void disposed++ })],
    routes: [route.get('/', [thing], (value) => value)],
  })
  await Promise.all([app.close(), server.close()])
  expect(disposed).toBe(1)
  await expect(app.fetch(new Request('http://localhost/'))).rejects.toThrow(
    'The application was closed.',
  )
})

test('closes on a signal of closeOn, and listens to none by default', async () => {
  const before = process.listenerCount('SIGHUP')
  const options = { routes: [route.get('/', () => 'x')] }
  const { app, server } = await serve(options, { closeOn: ['SIGHUP'] })
  await serve({ routes: [] })
  expect(process.listenerCount('SIGHUP')).toBe(before + 1)
  process.emit('SIGHUP', 'SIGHUP')
  expect(process.listenerCount('SIGHUP')).toBe(before)
  await app.close()
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
})

test('a failing source or a leaving client ends the request, and nothing else [ER-06, HT-11, HT-12]', async () => {
  const log: string[] = []
  const finished = gate()
  async function* endless() {
    for (;;) yield 'x'.repeat(1000)
  }
  async function* failing() {
    yield 'x'
    throw new Error('source')
  }
  const errors: unknown[] = []
  const { server } = await serve({
    onError: (error) => void errors.push(error),
    routes: [
      route.get('/endless', [Hooks], (hooks) => {
        hooks.afterResponse(({ ok }) => {
          log.push(`left ${ok}`)
          finished.open()
        })
        return endless()
      }),
      route.get('/failing', [Hooks], (hooks) => {
        hooks.afterResponse(({ ok }) => void log.push(`failed ${ok}`))
        return failing()
      }),
      route.get('/', () => 'alive'),
    ],
  })
  const failed = fetch(`${server.url}/failing`).then((response) => response.text())
  await expect(failed).rejects.toThrow(/terminated|fetch failed/)
  const leaving = new AbortController()
  const { body } = await fetch(`${server.url}/endless`, { signal: leaving.signal })
  await body!.getReader().read()
  leaving.abort()
  await finished.opened
  expect(log).toEqual(['failed false', 'left true'])
  expect(errors).toEqual([new Error('source')])
  expect(await (await fetch(server.url)).text()).toBe('alive')
})

test('closing while it begins to listen leaves no server behind', async () => {
  const app = new App({ routes: [route.get('/', () => 'x')] })
  const early = app.listen(0)
  await app.close()
  await expect(early).rejects.toThrow('The application was closed.')

  const other = new App({ routes: [route.get('/', () => 'x')] })
  await other.ready()
  const late = other.listen(0)
  await Promise.resolve()
  await other.close()
  const reached = await late.then(({ url }) => fetch(url)).catch(() => 'nothing')
  expect(reached).toBe('nothing')
})

test('a handler that responds on the socket itself does no harm', async () => {
  const rejections: unknown[] = []
  const note = (error: unknown) => void rejections.push(error)
  process.on('unhandledRejection', note)
  try {
    const { server } = await serve({
      routes: [
        // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- that it is asynchronous is the point
        route.get('/', [Request], async (request) => {
          ;(request as ServerRequest).runtime?.node?.res?.writeHead(200).end('own')
          return 'x'
        }),
      ],
    })
    expect(await (await fetch(server.url)).text()).toBe('own')
    await new Promise((resolve) => setImmediate(resolve))
    expect(rejections).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
})

test.each([Number.NaN, Infinity, -1, 2 ** 31])(
  'a drainTimeout of %s is rejected: a timer would fire at once',
  async (drainTimeout) => {
    const app = new App({ routes: [] })
    await expect(app.listen({ port: 0, drainTimeout })).rejects.toThrow(
      new RangeError(
        `listen: drainTimeout must be a whole number from 0 to 2147483647, not ${drainTimeout}.`,
      ),
    )
    await app.close()
  },
)

// A process of its own: one object is kept for all servers of a process.
test('one object of process.nextTick stays, so that a quiet hour makes none of the later ones slow', async () => {
  const program = `
    import { executionAsyncResource } from 'node:async_hooks'
    import { App } from '${addressOf('src/index.ts')}'
    const ticks = []
    const { nextTick } = process
    process.nextTick = (callback, ...values) => nextTick(() => {
      ticks.push(new WeakRef(executionAsyncResource()))
      callback(...values)
    })
    const app = new App({ routes: [] })
    await app.listen({ port: 0 })
    for (let times = 0; times < 4; times++) {
      await new Promise((next) => process.nextTick(next))
      await new Promise(setImmediate)
      gc()
    }
    console.log(ticks.length > 4, ticks.filter((tick) => tick.deref()).length)
    await app.close()`
  expect(await printedBy(program, '--expose-gc')).toBe('true 1\n')
}, 60_000)
