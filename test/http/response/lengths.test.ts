import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { Hooks, HttpError, Next, Reply, route, type AppOptions } from '../../../src/http/index.js'
import { serve } from '../under-fire/wire.js'
import { open, ways } from './ways.js'

const sized = (body: string | ReadableStream | null, length: string) =>
  new Response(body, { headers: { 'content-length': length } })

async function* parts(...all: string[]): AsyncGenerator<Uint8Array> {
  for (const one of all) {
    yield Buffer.from(one)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const stream = (...all: string[]) => ReadableStream.from(parts(...all))

describe.each(ways)('a Content-Length that a handler gives, by %s', (way) => {
  test.each<[string, () => Response]>([
    ['a text that is longer', () => sized('longer', '3')],
    ['a text that is longer than nothing', () => sized('longer', '0')],
    ['an empty text that has to be longer', () => sized('', '5')],
    ['a stream whose first chunk is longer', () => sized(stream('longer', 'more'), '5')],
  ])('is not that of %s: a 500 that onError hears of [B1, B4]', async (_, make) => {
    const { ask, failures } = await open(way, { routes: [route.get('/', make)] })
    const response = await ask('/')
    expect([response.status, await response.json()]).toMatchObject([500, { status: 500 }])
    expect(failures.map(String)).toEqual([
      `TypeError: The body of a response is not of the ${make().headers.get('content-length')} bytes that its Content-Length says`,
    ])
  })

  test.each<[string, () => unknown]>([
    ['longer in the end', () => sized(stream('ab', 'cd'), '3')],
    ['shorter', () => sized(stream('ab', 'cd'), '5')],
    ['shorter than a text', () => sized('text', '30')],
  ])('is not that of a body that is %s: cut, and told once [B1, B4]', async (_, make) => {
    const { ask, failures, app } = await open(way, { routes: [route.get('/', make)] })
    const read = ask('/').then((response) => response.text())
    await expect(read).rejects.toThrow(/Content-Length|terminated|fetch failed/)
    await app.close()
    expect(failures.map(String)).toEqual([
      expect.stringMatching(/^TypeError: The body of a response is not of the \d+ bytes/),
    ])
  })

  test('is right, and is sent [B1]', async () => {
    const { ask, failures } = await open(way, {
      routes: [
        route.get('/text', () => sized('text', '4')),
        route.get('/stream', () => sized(stream('ab', 'cd'), '4')),
        route.get('/reply', [Reply], (reply) => {
          reply.headers.set('content-length', '4')
          return ReadableStream.from(parts('ab', 'cd'))
        }),
        route.get('/none', () => sized(null, '0')),
      ],
    })
    for (const path of ['/text', '/stream', '/reply']) {
      const response = await ask(path)
      expect([path, response.headers.get('content-length')]).toEqual([path, '4'])
      expect((await response.text()).length).toBe(4)
    }
    expect(await (await ask('/none')).text()).toBe('')
    const head = await ask('/text', { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['4', ''])
    expect(failures).toEqual([])
  })

  test.each(['close', '', '-1', '1.5', '0x4', '4, 4', '+4', '4e0'])(
    'of %j is refused where it is given (RFC 9110 8.6) [B1, B6]',
    async (length) => {
      const late = inject([Next], async (next) => {
        const response = await next()
        response.headers.set('content-length', length)
        return response
      })
      const { ask, failures } = await open(way, {
        routes: [
          route.get('/response', () => sized('text', length)),
          route.get('/reply', [Reply], (reply) => {
            reply.headers.set('content-length', length)
            return stream('text')
          }),
          route.get('/hook', [Hooks], (hooks) => {
            hooks.afterHandler(({ response }) => response.headers.set('content-length', length))
            return stream('text')
          }),
          route.get('/middleware', () => stream('text'), { middleware: [late] }),
        ],
      })
      const paths = ['/response', '/reply', '/hook', '/middleware']
      for (const [index, path] of paths.entries()) {
        expect([path, (await ask(path)).status]).toEqual([path, 500])
        expect(String(failures[index])).toMatch(/the header "content-length" cannot be sent/)
      }
    },
  )

  test('beside a value whose bytes are counted is not sent [B1]', async () => {
    const { ask, failures } = await open(way, {
      routes: ['text', { a: 1 }, Buffer.from('bytes'), undefined].map((value, index) =>
        route.get(`/${index}`, [Reply], (reply) => {
          reply.headers.set('content-length', '99')
          return value
        }),
      ),
    })
    for (const [index, text] of ['text', '{"a":1}', 'bytes', ''].entries()) {
      const response = await ask(`/${index}`)
      expect(response.headers.get('content-length')).not.toBe('99')
      expect(await response.text()).toBe(text)
    }
    expect(failures).toEqual([])
  })
})

test.each<[string, Partial<AppOptions>]>([
  ['problem+json', {}],
  ['a page', { errorPages: { html: () => '<h1>', json: () => 1 } }],
])('an HttpError does not frame its response, which is %s [B1]', async (_, options) => {
  const headers = {
    'Content-Length': '3',
    'Transfer-Encoding': 'chunked',
    'content-type': 'x/y',
    'x-own': '1',
  }
  const { ask, open: connect } = await serve({
    ...options,
    routes: [
      route.get('/', () => {
        throw new HttpError(409, 'taken', { headers })
      }),
    ],
  })
  const response = await ask('GET / HTTP/1.1', 'Host: a', 'Connection: close')
  expect(response).toMatch(/^HTTP\/1\.1 409 Conflict\r\n[^]*x-own: 1\r\n/)
  expect(response.match(/^(?:content-length|transfer-encoding):/gim)).toHaveLength(1)
  expect(response).not.toMatch(/x\/y|content-length: 3\r/i)
  // The next response of the connection begins where this one ends.
  const wire = connect().send('GET / HTTP/1.1', 'Host: a', '', '')
  await wire.until(/409/)
  wire.send('GET / HTTP/1.1', 'Host: a', 'Connection: close', '', '')
  expect((await wire.rest()).match(/HTTP\/1\.1 409/g)).toHaveLength(2)
})
