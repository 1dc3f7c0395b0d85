import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import nodeFetch, { Response as NodeFetchResponse } from 'node-fetch'
import { fetch as undiciFetch, Response as UndiciResponse } from 'undici'
import { describe, expect, test } from 'vitest'
import { App, Reply, route } from '../../../src/http/index.js'
import { bodyOf, serve } from '../under-fire/wire.js'
import { open, upstream, ways } from './ways.js'

const TEXT = 'a text that packs well, '.repeat(50)

const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }

/** Packs with the coding that the path names. */
const packing = () =>
  upstream((req, res) => {
    const coding = req.url!.slice(1) as keyof typeof packers
    const packed = packers[coding](TEXT)
    res.writeHead(203, 'From Elsewhere', {
      'content-type': 'text/plain',
      'content-encoding': coding,
      'content-length': packed.length,
      'set-cookie': ['a=1', 'b=2'],
      connection: 'x-hop, close',
      'keep-alive': 'timeout=3',
      'x-hop': '1',
      'x-own': '1',
    })
    res.end(packed)
  })

const fetchers: Record<string, (url: string) => Promise<unknown>> = {
  fetch,
  'fetch of the package undici': undiciFetch,
  'node-fetch': nodeFetch,
}

describe.each(ways)('a fetched response that a handler returns, by %s', (way) => {
  const codings = Object.keys(packers).flatMap((coding) =>
    Object.keys(fetchers).map((fetcher) => [coding, fetcher] as const),
  )
  test.each(codings)('arrives whole when it was packed by %s: %s [B1] [B2]', async (...how) => {
    const [coding, fetcher] = how
    const other = await packing()
    const { ask } = await open(way, {
      routes: [route.get('/', () => fetchers[fetcher]!(`${other}/${coding}`))],
    })
    const response = await ask('/')
    expect(await response.text()).toBe(TEXT)
    expect([response.status, response.headers.get('x-own')]).toEqual([203, '1'])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    for (const name of ['content-encoding', 'content-length', 'x-hop'])
      expect([name, response.headers.get(name)]).toEqual([name, null])
    expect(response.headers.get('keep-alive') ?? '').not.toBe('timeout=3')
  })

  test('keeps a length that is right, and a coding that fetch does not undo [B1]', async () => {
    const other = await upstream((req, res) => {
      const coding = req.url === '/odd' ? { 'content-encoding': 'x-odd' } : {}
      res.writeHead(200, { 'content-length': 3, ...coding }).end('abc')
    })
    const { ask } = await open(way, {
      routes: [
        route.get('/plain', () => fetch(`${other}/`)),
        route.get('/odd', () => fetch(`${other}/odd`)),
      ],
    })
    const plain = await ask('/plain')
    expect([plain.headers.get('content-length'), await plain.text()]).toEqual(['3', 'abc'])
    expect((await ask('/odd')).headers.get('content-encoding')).toBe('x-odd')
  })

  test('has no length of a body that it does not have [B1]', async () => {
    const other = await upstream((_, res) => res.writeHead(200, { 'content-length': 99 }).end())
    const { ask } = await open(way, {
      routes: [route.get('/', () => fetch(other, { method: 'HEAD' }))],
    })
    const responses = [await ask('/'), await ask('/', { method: 'HEAD' }), await ask('/')]
    expect(await Promise.all(responses.map((response) => response.text()))).toEqual(['', '', ''])
  })
})

test.each([
  [
    'longer',
    'HTTP/1.1 200 OK\r\n\r\nforged',
    2,
    /^HTTP\/1\.1 500 [^]*\}HTTP\/1\.1 200 OK\r\n[^]*the real one$/,
  ],
  ['shorter', 'x', 30, /^$/],
])(
  'a body %s than its own Content-Length does not become a second response [B1]',
  async (_, text, length, received) => {
    const { open: connect } = await serve({
      routes: [
        route.get('/', () => new Response(text, { headers: { 'content-length': `${length}` } })),
        route.get('/next', () => 'the real one'),
      ],
    })
    const wire = connect().send('GET / HTTP/1.1', 'Host: a', '', '')
    wire.send('GET /next HTTP/1.1', 'Host: a', 'Connection: close', '', '')
    const all = await wire.rest()
    expect(all).toMatch(received)
    expect(all).not.toContain('forged')
  },
)

test('no handler decides about the transfer: beside a length it would smuggle a response [B1]', async () => {
  const { ask } = await serve({
    routes: [
      route.get(
        '/response',
        () => new Response('abc', { headers: { 'transfer-encoding': 'gzip' } }),
      ),
      route.get('/reply', [Reply], (reply) => {
        reply.headers.set('transfer-encoding', 'chunked')
        return 'abc'
      }),
    ],
  })
  for (const path of ['/response', '/reply']) {
    const response = await ask(`GET ${path} HTTP/1.1`, 'Host: a', 'Connection: close')
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(response).not.toMatch(/transfer-encoding: gzip/i)
    expect(/transfer-encoding/i.test(response) && /content-length/i.test(response)).toBe(false)
    expect(bodyOf(response)).toContain('abc')
  }
})

describe.each(ways)('a Response of another class, by %s', (way) => {
  const classes = {
    'the package undici': (body: string) =>
      new UndiciResponse(body, {
        status: 201,
        headers: [
          ['x-a', '1'],
          ['set-cookie', 'a=1'],
        ],
      }),
    'node-fetch': (body: string) =>
      new NodeFetchResponse(body, {
        status: 201,
        headers: [
          ['x-a', '1'],
          ['set-cookie', 'a=1'],
        ],
      }),
  }
  test.each(Object.entries(classes))('is sent as it is: %s [B2]', async (_, make) => {
    const { ask } = await open(way, { routes: [route.get('/', () => make('whole'))] })
    const response = await ask('/')
    expect([response.status, response.headers.get('x-a')]).toEqual([201, '1'])
    expect(response.headers.getSetCookie()).toEqual(['a=1'])
    expect(await response.text()).toBe('whole')
  })

  test('is an error when its body was read [B2]', async () => {
    const { ask, failures } = await open(way, {
      routes: [
        route.get('/', async () => {
          const used = new UndiciResponse('x')
          await used.text()
          return used
        }),
      ],
    })
    expect((await ask('/')).status).toBe(500)
    expect(String(failures[0])).toContain('whose body was already read')
  })
})

describe.each(ways)('a value that JSON would write as {}, by %s', (way) => {
  class Private {
    readonly #inside = 1
    get inside(): number {
      return this.#inside
    }
  }
  const lost: Record<string, [value: unknown, message: RegExp]> = {
    Map: [new Map([['a', 1]]), /a Map, which JSON writes as \{\}\. Return Object\.fromEntries/],
    Set: [new Set([1]), /a Set, which JSON writes as \{\}\. Return \[\.\.\.set\]/],
    Headers: [new Headers({ a: '1' }), /a Headers/],
    Error: [new Error('secret'), /returned an Error\. Throw it/],
    'Error with fields': [Object.assign(new Error('secret'), { code: 'E' }), /Throw it/],
    WeakMap: [new WeakMap(), /a WeakMap/],
    RegExp: [/a/, /a RegExp/],
    'private fields': [new Private(), /a Private.*toJSON/],
    nested: [{ items: [new Map()] }, /contains a Map/],
    'a promise inside': [{ later: Promise.resolve(1) }, /a Promise.*Await/],
    Request: [new Request('http://localhost'), /a Request/],
  }
  test.each(Object.entries(lost))('is a 500 that says what to return: %s [B2]', async (_, one) => {
    const [value, message] = one
    const { ask, failures } = await open(way, { routes: [route.get('/', () => value)] })
    expect((await ask('/')).status).toBe(500)
    expect(String(failures[0])).toMatch(message)
    expect(String(failures[0])).not.toContain('secret')
  })

  const kept: [unknown, string][] = [
    [{}, '{}'],
    [Object.create(null), '{}'],
    [{ a: {}, b: [[]] }, '{"a":{},"b":[[]]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['{}', '{}'],
    [{ text: '{}' }, '{"text":"{}"}'],
  ]
  test('is JSON when nothing is lost [B2]', async () => {
    const { ask } = await open(way, {
      routes: kept.map(([value], index) => route.get(`/${index}`, () => value)),
    })
    for (const [index, [, text]] of kept.entries())
      expect(await (await ask(`/${index}`)).text()).toBe(text)
  })

  test('is a form when it is URLSearchParams or FormData [B2]', async () => {
    const form = new FormData()
    form.append('a', 'ü')
    form.append('file', new File(['x'], 'x.txt'))
    const { ask } = await open(way, {
      routes: [
        route.get('/parameters', () => new URLSearchParams({ a: 'b c', d: 'ü' })),
        route.get('/form', () => form),
      ],
    })
    const parameters = await ask('/parameters')
    expect(parameters.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(await parameters.text()).toBe('a=b+c&d=%C3%BC')
    // oxlint-disable-next-line typescript/no-deprecated -- a small form, read by the runtime and not by us
    const read = await (await ask('/form')).formData()
    expect([read.get('a'), (read.get('file') as File).name]).toEqual(['ü', 'x.txt'])
  })
})

test('one redirect that a handler returns each time carries nothing of one visitor to the next [B1]', async () => {
  const shared = Response.redirect('http://localhost/next', 302)
  let visits = 0
  const app = new App({
    routes: [
      route.get('/', [Reply], (reply) => {
        if (visits++ === 0) reply.headers.set('x-visitor', 'first')
        return shared
      }),
    ],
  })
  const first = await app.fetch(new Request('http://localhost/'))
  const second = await app.fetch(new Request('http://localhost/'))
  expect([first.headers.get('x-visitor'), second.headers.get('x-visitor')]).toEqual(['first', null])
})
