import { afterEach, describe, expect, test } from 'vitest'

import { Hooks, App, Reply, route } from '../../../src/http/index.js'

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
