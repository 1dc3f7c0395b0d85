import { Readable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'

import { Hooks, App, Reply, route } from '../../../src/http/index.js'
import { open, ways } from './ways.js'

const running: App[] = []
afterEach(async () => {
  for (const app of running.splice(0)) await app.close()
})

/** An application whose route `/` gives what `make` makes. */
function streaming(make: () => unknown, routes = [route.get('/', make)]) {
  const reported: unknown[] = []
  const app = new App({
    routes,
    onError: (error, { path }) => void reported.push([path, (error as Error).message]),
  })
  running.push(app)
  return { app, reported }
}

async function* broken() {
  yield 'first'
  throw new Error('the source failed')
}

function brokenStream(): ReadableStream<Uint8Array> {
  return ReadableStream.from(broken()).pipeThrough(new TextEncoderStream())
}

describe('a stream that fails when its head has left', () => {
  test.each([
    ['an iterable', broken],
    ['a stream', brokenStream],
    ['a Response', () => new Response(brokenStream())],
  ])('is told to onError once: %s', async (_, make) => {
    const { app, reported } = streaming(make)
    const response = await app.fetch(new Request('http://localhost/'))
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('the source failed')
    expect(reported).toEqual([['/', 'the source failed']])
  })

  test('is reported once, and its hooks hear of it too', async () => {
    const ends: unknown[] = []
    const handler = route.get('/', [Hooks], (hooks) => {
      hooks.afterResponse(({ ok }) => void ends.push(ok))
      return broken()
    })
    const { app, reported } = streaming(broken, [handler])
    const response = await app.fetch(new Request('http://localhost/'))
    await expect(response.text()).rejects.toThrow('the source failed')
    await app.close()
    expect(reported).toEqual([['/', 'the source failed']])
    expect(ends).toEqual([false])
  })

  test('is reported once over a socket, and the connection is cut', async () => {
    const { app, reported } = streaming(broken)
    const { url } = await app.listen({ port: 0, hostname: '127.0.0.1' })
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow(
      /terminated|fetch failed/,
    )
    expect(reported).toEqual([['/', 'the source failed']])
  })
})

describe.each(ways)('a chunk of a stream, by %s', (way) => {
  type Chunks = Iterable<unknown> | AsyncIterable<unknown>
  const sources = {
    'a stream': (chunks: Chunks) => ReadableStream.from(chunks),
    'a Response': (chunks: Chunks) => new Response(ReadableStream.from(chunks) as ReadableStream),
    'an async iterable': (chunks: Chunks) => Readable.from(chunks),
  }
  const kinds = Object.keys(sources) as (keyof typeof sources)[]

  test.each(kinds)('is text or bytes, mixed as they come: %s [B4]', async (kind) => {
    const { ask, failures } = await open(way, {
      routes: [route.get('/', () => sources[kind](['grö', Buffer.from('ße'), '', 'r']))],
    })
    expect(await (await ask('/')).text()).toBe('größer')
    expect(failures).toEqual([])
  })

  test.each(
    kinds.flatMap((kind) =>
      [5, { a: 1 }, new Uint16Array(2), new ArrayBuffer(2)].map((bad) => [kind, bad] as const),
    ),
  )('of another kind is a 500 that says so: %s, %o [B4]', async (kind, bad) => {
    const { ask, failures } = await open(way, {
      routes: [route.get('/', () => sources[kind]([bad, 'never sent']))],
    })
    const response = await ask('/')
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ title: 'Internal Server Error', status: 500 })
    expect(failures.map(String)).toEqual([
      `TypeError: A handler's stream gave a ${typeof bad}; its chunks are strings or Uint8Arrays`,
    ])
  })

  test.each(kinds)(
    'of another kind ends its source, told once, when it is not the first: %s [B4]',
    async (kind) => {
      let isEnded = false
      async function* source() {
        try {
          yield 'good'
          yield 5
          yield 'never sent'
        } finally {
          isEnded = true
        }
      }
      const { app, ask, failures } = await open(way, {
        routes: [route.get('/', () => sources[kind](source()))],
      })
      const cut = ask('/').then((response) => response.text())
      await expect(cut).rejects.toThrow(/gave a number|terminated|fetch failed/)
      await app.close()
      expect(failures.map(String)).toEqual([
        "TypeError: A handler's stream gave a number; its chunks are strings or Uint8Arrays",
      ])
      expect(isEnded).toBe(true)
    },
  )
})

describe('nothing is reported', () => {
  test('when the reader leaves', async () => {
    const { app, reported } = streaming(broken)
    const response = await app.fetch(new Request('http://localhost/'))
    await response.body?.cancel()
    expect(reported).toEqual([])
  })

  test('when a stream ends well, with its status and headers', async () => {
    const { app, reported } = streaming(broken, [
      route.get('/', [Reply], (reply) => {
        reply.set('x-kind', 'stream')
        return new Response('whole', { status: 203, headers: { 'x-own': 'yes' } })
      }),
    ])
    const response = await app.fetch(new Request('http://localhost/'))
    expect(response.status).toBe(203)
    expect([response.headers.get('x-kind'), response.headers.get('x-own')]).toEqual([
      'stream',
      'yes',
    ])
    expect(await response.text()).toBe('whole')
    expect(reported).toEqual([])
  })
})
