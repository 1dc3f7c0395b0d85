import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { singleton, token } from '../../../src/di/index.js'
import { Reply, route, type AppOptions } from '../../../src/http/index.js'
import { gate, serve, statusOf, type AtPort } from '../under-fire/wire.js'

const HOST = 'Host: shop.test'
const Database = token<string>('database')

/** An application that notes what ends, with a singleton that its streams use. */
async function world(
  routes: (log: string[], started: () => void) => AppOptions['routes'],
  where: Partial<AtPort> = {},
) {
  const log: string[] = []
  const { opened, open: started } = gate()
  const database = singleton(Database, [], () => 'db', {
    dispose: () => void log.push('database closed'),
  })
  const served = await serve(
    { components: [database], routes: routes(log, () => started()) },
    { drainTimeout: 30_000, ...where },
  )
  return { ...served, log, opened }
}

/** A route of an event stream. */
const events = (source: (signal: AbortSignal) => AsyncIterable<string>) =>
  route.get('/', [Reply, AbortSignal, Database], (reply, signal) => {
    reply.headers.set('content-type', 'text/event-stream')
    return source(signal)
  })

describe('an open event stream', () => {
  test('is told by its signal when the application closes, and ends before the singletons [B14]', async () => {
    const { server, open, log, opened, failures } = await world((notes, started) => [
      events(async function* (signal) {
        yield 'data: hello\n\n'
        started()
        if (!signal.aborted) await once(signal, 'abort')
        yield 'data: bye\n\n'
        notes.push('stream ended')
      }),
    ])
    const wire = open().send('GET / HTTP/1.1', HOST, '', '')
    await opened
    await server.close()
    expect(log).toEqual(['stream ended', 'database closed'])
    // It ended, and was not cut.
    expect(await wire.rest()).toMatch(/data: hello\n\n[^]*data: bye\n\n\r\n0\r\n\r\n$/)
    expect(failures).toEqual([])
  })

  test.each([
    [
      'throws the reason of its signal',
      async function* (signal: AbortSignal) {
        yield 'data: hello\n\n'
        await once(new EventTarget(), 'never', { signal })
      },
    ],
    [
      'knows no signal and waits in between',
      async function* () {
        for (;;) {
          yield 'data: hello\n\n'
          await new Promise((resolve) => setImmediate(resolve))
        }
      },
    ],
  ])('ends when its source %s, and nothing is reported [B14]', async (_, source) => {
    const { server, open, log, failures } = await world((notes) => [
      events(async function* (signal) {
        try {
          yield* source(signal)
        } finally {
          await Promise.resolve()
          notes.push('stream ended')
        }
      }),
    ])
    const wire = open().send('GET / HTTP/1.1', HOST, '', '')
    await wire.until(/hello/)
    const before = performance.now()
    await server.close()
    expect(performance.now() - before).toBeLessThan(5000)
    expect(log).toEqual(['stream ended', 'database closed'])
    expect(failures).toEqual([])
    await wire.rest()
  })

  test('of a returned Response, told by the signal of its Request, ends as well [B14]', async () => {
    const { server, open, log } = await world((notes) => [
      route.get('/', [Request, Database], (request) => {
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('data: hello\n\n'))
            request.signal.addEventListener('abort', () => void notes.push('told'))
          },
          cancel: () => void notes.push('stream ended'),
        })
        return new Response(body, {
          headers: { 'content-type': 'text/event-stream; charset=utf-8' },
        })
      }),
    ])
    const wire = open().send('GET / HTTP/1.1', HOST, '', '')
    await wire.until(/hello/)
    await server.close()
    expect(log.toSorted()).toEqual(['database closed', 'stream ended', 'told'])
    expect(log.at(-1)).toBe('database closed')
    await wire.rest()
  })

  test('whose source never ends does not keep the application open [B14]', async () => {
    const { server, open, log } = await world((_notes) => [
      events(async function* () {
        yield 'data: hello\n\n'
        await new Promise(() => {})
      }),
    ])
    const wire = open().send('GET / HTTP/1.1', HOST, '', '')
    await wire.until(/hello/)
    const before = performance.now()
    await server.close()
    expect(performance.now() - before).toBeLessThan(5000)
    expect(log).toEqual(['database closed'])
  })
})

test('a download is not told: it may end [B14]', async () => {
  const mayEnd = gate()
  const { server, open, log } = await world((notes) => [
    route.get('/', [AbortSignal, Database], async function* (signal) {
      signal.addEventListener('abort', () => void notes.push('told'))
      yield 'first'
      await mayEnd.opened
      yield 'last'
      notes.push('stream ended')
    }),
  ])
  const wire = open().send('GET / HTTP/1.1', HOST, '', '')
  await wire.until(/first/)
  const closing = server.close()
  mayEnd.open()
  await closing
  expect(await wire.rest()).toMatch(/last\r\n0\r\n\r\n$/)
  expect(log).toEqual(['stream ended', 'database closed'])
})

test('a stream that is cut after drainTimeout ends before the singletons, too [B14]', async () => {
  const { server, open, log } = await world(
    (notes) => [
      route.get('/', [AbortSignal, Database], async function* (signal) {
        try {
          yield 'first'
          await once(signal, 'abort')
        } finally {
          await Promise.resolve()
          notes.push('stream ended')
        }
      }),
    ],
    { drainTimeout: 20 },
  )
  const wire = open().send('GET / HTTP/1.1', HOST, '', '')
  await wire.until(/first/)
  await server.close()
  expect(log).toEqual(['stream ended', 'database closed'])
  await wire.rest()
})

test('new requests are served until beforeClose is over, and told that their connection ends [B14]', async () => {
  const { app, server, open } = await world(() => [route.get('/', () => 'served')], {
    beforeClose: 1000,
  })
  const before = performance.now()
  const closing = app.close()
  const response = await open().send('GET / HTTP/1.1', HOST, '', '').rest()
  expect(statusOf(response)).toBe(200)
  expect(response).toMatch(/\r\nConnection: close\r\n/)
  await closing
  expect(performance.now() - before).toBeGreaterThan(990)
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
})

test('an event stream that begins while the application closes is told at once [B14]', async () => {
  const { app, open, log } = await world(
    (notes) => [
      events(async function* (signal) {
        yield 'data: hello\n\n'
        if (!signal.aborted) await once(signal, 'abort')
        notes.push('stream ended')
      }),
    ],
    { beforeClose: 1000 },
  )
  const closing = app.close()
  await open().send('GET / HTTP/1.1', HOST, '', '').rest()
  expect(log).toEqual(['stream ended'])
  await closing
})

test.each([NaN, -1, 1.5])('a beforeClose of %s is refused [B14]', async (beforeClose) => {
  await expect(serve({ routes: [] }, { beforeClose })).rejects.toThrow(
    `listen: beforeClose must be a whole number from 0 to 2147483647, not ${beforeClose}.`,
  )
})
