import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import {
  Body,
  Cookie,
  Cookies,
  Exchange,
  Header,
  Next,
  redirect,
  Reply,
  route,
} from '../../../src/http/index.js'
import { MemoryStore, Session, SessionView, sessions } from '../../../src/sessions/index.js'
import { CountingStore } from './counting-store.js'
import { bodyOf, serve, statusOf } from './wire.js'

const END = 'Connection: close'
const HOST = 'Host: localhost'

const bytes = (text: string) => new TextEncoder().encode(text)

async function* letters() {
  yield 'a'
  yield bytes('b')
}

/** Every kind of response, with the body that arrives. */
const RESPONSES: readonly [
  name: string,
  respond: (reply: Reply) => unknown,
  status: number,
  body: string,
][] = [
  ['a text', () => 'text', 200, 'text'],
  ['a long text', () => 'x'.repeat(300_000), 200, 'x'.repeat(300_000)],
  ['JSON', () => ({ a: 1 }), 200, '{"a":1}'],
  ['bytes', () => bytes('bytes'), 200, 'bytes'],
  ['a Blob', () => new Blob(['blob']), 200, 'blob'],
  ['a stream', () => new Response('stream').body, 200, 'stream'],
  ['an async iterable', () => letters(), 200, 'ab'],
  ['an empty stream', () => new ReadableStream({ start: (it) => it.close() }), 200, ''],
  ['a Response', () => new Response('own', { status: 201 }), 201, 'own'],
  ['nothing', () => undefined, 204, ''],
  ['204', () => new Response(null, { status: 204 }), 204, ''],
  ['205', () => new Response(null, { status: 205 }), 205, ''],
  ['304', () => new Response(null, { status: 304 }), 304, ''],
  ['304 by Reply', (reply) => ((reply.status = 304), 'not sent'), 304, ''],
  ['a redirect', () => redirect('/next'), 303, ''],
  ['a redirect with read-only headers', () => Response.redirect('http://x/next', 302), 302, ''],
  [
    'an own Content-Length',
    () => new Response('abc', { headers: { 'content-length': '3' } }),
    200,
    'abc',
  ],
]

describe('a handler that writes its session', () => {
  test.each(RESPONSES)(
    'and returns %s: one dump, one Set-Cookie in the head, the whole body [HT-03, HT-04, HT-09, HT-10]',
    async (_, respond, status, body) => {
      const store = new CountingStore()
      const { ask, failures } = await serve({
        components: [sessions(store, { onWarning: () => {} })],
        routes: [
          route.get('/', [Session, Reply], (session, reply) => {
            session.set('a', 1)
            return respond(reply)
          }),
        ],
      })
      const text = await ask('GET / HTTP/1.0', HOST)
      expect(statusOf(text)).toBe(status)
      expect(text.match(/\r\nset-cookie: sid=/g)).toHaveLength(1)
      expect(bodyOf(text)).toBe(body)
      expect([store.loads, store.dumps, failures]).toEqual([1, 1, []])
    },
  )

  test.each(RESPONSES)(
    'and returns %s to HEAD: the head of GET, without the body [HT-01]',
    async (_, respond, status) => {
      const store = new CountingStore()
      const { open, failures } = await serve({
        components: [sessions(store, { onWarning: () => {} })],
        routes: [
          route.get('/', [Session, Reply], (session, reply) => {
            session.set('a', 1)
            return respond(reply)
          }),
          route.get('/next', () => 'next'),
        ],
      })
      const wire = open().send('HEAD / HTTP/1.1', HOST, '', '')
      // Bytes of a body would stand before the next response.
      wire.send('GET /next HTTP/1.1', HOST, END, '', '')
      const [head = '', next = ''] = (await wire.rest()).split(/(?<=\r\n\r\n)(?=HTTP)/)
      expect(statusOf(head)).toBe(status)
      expect(head.match(/\r\nset-cookie: sid=/g)).toHaveLength(1)
      expect([statusOf(next), bodyOf(next)]).toEqual([200, 'next'])
      expect([store.dumps, failures]).toEqual([1, []])
    },
  )

  test('one dump and the right cookie, on whichever side of the session a middleware wraps the body [HT-20]', async () => {
    const shouting = inject([Next], async (next) => {
      const { body, headers, status } = await next()
      const upper = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, to) => to.enqueue(bytes(new TextDecoder().decode(chunk).toUpperCase())),
      })
      headers.set('etag', '"1"')
      headers.delete('content-length')
      return new Response(body?.pipeThrough(upper) ?? null, { headers, status })
    })
    const visiting = inject([Session, Next], (session, next) => {
      session.set('visited', true)
      return next()
    })
    for (const middleware of [
      [shouting, visiting],
      [visiting, shouting],
    ]) {
      const store = new CountingStore()
      const { ask } = await serve({
        components: [sessions(store, { onWarning: () => {} })],
        middleware,
        routes: [route.get('/', [Session], (session) => (session.set('a', 1), 'text'))],
      })
      const text = await ask('GET / HTTP/1.0', HOST)
      expect(text).toMatch(/\r\netag: "1"\r\n[^]*\r\n\r\nTEXT$/)
      expect(text.match(/\r\nset-cookie: /g)).toHaveLength(1)
      expect(store.dumps).toBe(1)
    }
  })
})

const VISITORS = [
  route.post('/name', [Session, Body(String)], (session, name) => {
    session.set('name', name)
    return name
  }),
  route.get('/name', [SessionView], (session) => session.get('name') ?? 'nobody'),
  route.get('/slow', [SessionView], async (session) => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    return session.get('name') ?? 'nobody'
  }),
]

/** Logs in, and returns the cookie of the session. */
async function cookieOf(name: string, url: string): Promise<string> {
  const response = await fetch(`${url}/name`, { method: 'POST', body: name })
  return response.headers.getSetCookie()[0]!.split(';')[0]!
}

test('pipelined requests of two users on one connection get their responses in order, each with its own session [HT-16]', async () => {
  const { server, open } = await serve({
    components: [sessions(new MemoryStore(), { onWarning: () => {} })],
    routes: VISITORS,
  })
  const ada = await cookieOf('ada', server.url)
  const bob = await cookieOf('bob', server.url)
  const wire = open()
  const expected: string[] = []
  for (let round = 0; round < 10; round++) {
    wire.send('GET /slow HTTP/1.1', HOST, `Cookie: ${ada}`, '', '')
    wire.send('GET /name HTTP/1.1', HOST, `Cookie: ${bob}`, '', '')
    wire.send('GET /name HTTP/1.1', HOST, '', '')
    expected.push('ada', 'bob', 'nobody')
  }
  wire.send('GET /name HTTP/1.1', HOST, `Cookie: ${ada}`, END, '', '')
  const responses = (await wire.rest()).split(/(?=HTTP\/1\.1)/)
  expect(responses.map(bodyOf)).toEqual([...expected, 'ada'])
  expect(responses.filter((response) => response.includes('set-cookie'))).toEqual([])
})

test('100 Continue carries no cookie, the final head does [HT-06]', async () => {
  const { server, open } = await serve({
    components: [sessions(new MemoryStore(), { onWarning: () => {} })],
    routes: VISITORS,
  })
  const wire = open()
  wire.send('POST /name HTTP/1.1', HOST, 'Content-Length: 3', 'Expect: 100-continue', END, '', '')
  expect(await wire.until(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  wire.socket.write('ada')
  expect(await wire.rest()).toMatch(
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [^]*\r\nset-cookie: /,
  )
  expect(await (await fetch(`${server.url}/name`)).text()).toBe('nobody')
})

test('a request to upgrade gets an ordinary response: with its session, its Origin to check, no late cookie [HT-07]', async () => {
  const { server, open } = await serve({
    components: [sessions(new MemoryStore(), { onWarning: () => {} })],
    routes: [
      ...VISITORS,
      route.get('/socket', [SessionView, Header('origin')], (session, origin) =>
        [session.get('name'), origin].join(' from '),
      ),
    ],
  })
  const cookie = await cookieOf('ada', server.url)
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
  const wire = open().send('GET /socket HTTP/1.1', HOST, `Cookie: ${cookie}`, ...upgrade)
  wire.send('', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Origin: http://evil.test', '', '')
  const response = await wire.until(/ from .*$/)
  expect([statusOf(response), bodyOf(response)]).toEqual([200, 'ada from http://evil.test'])
  wire.leave()
})

test('several Set-Cookie are several lines, those of a Response, of Reply and of the session', async () => {
  const { ask } = await serve({
    components: [sessions(new MemoryStore(), { onWarning: () => {} })],
    routes: [
      route.get('/', [Session, Reply], (session, reply) => {
        session.set('a', 1)
        reply.cookie(new Cookie('one', '1')).cookie(new Cookie('two', '2'))
        return new Response('x', {
          headers: [
            ['set-cookie', 'own=0'],
            ['set-cookie', 'more=0'],
          ],
        })
      }),
    ],
  })
  const lines = (await ask('GET / HTTP/1.1', HOST, END)).match(/(?<=\r\nset-cookie: )[^=]+/g)
  expect(lines).toEqual(['own', 'more', 'one', 'two', '__Host-session'])
})

describe('odd requests get a response, and nothing is reported [HT-17]', () => {
  test.each([
    ['GET  HTTP/1.1', HOST, 400],
    ['GET // HTTP/1.1', HOST, 404],
    ['GET //evil.test/ HTTP/1.1', HOST, 404],
    ['GET * HTTP/1.1', HOST, 404],
    ['OPTIONS * HTTP/1.1', HOST, 404],
    ['GET /../ HTTP/1.1', HOST, 400],
    ['GET /%00 HTTP/1.1', HOST, 404],
    ['GET /% HTTP/1.1', HOST, 404],
    ['GET /\x01 HTTP/1.1', HOST, 400],
    ['GET /#a HTTP/1.1', HOST, 400],
    ['GET ?a HTTP/1.1', HOST, 400],
    ['GET http://other.test/ HTTP/1.1', HOST, 200],
    ['GET http://other.test:99999/ HTTP/1.1', HOST, 400],
    ['GET ftp://other.test/ HTTP/1.1', HOST, 400],
    [`GET /${'x'.repeat(8192)} HTTP/1.1`, HOST, 404],
    ['GET / HTTP/1.1', 'Accept: */*', 400],
    ['GET / HTTP/1.1', 'Host:', 400],
    ['GET / HTTP/1.1', 'Host: a b', 400],
    ['GET / HTTP/1.1', 'Host: 1.2.3.999', 400],
    ['GET / HTTP/1.1', 'Host: localhost:99999', 400],
    ['GET / HTTP/1.1', 'Host: evil.test/path?a', 400],
    ['GET / HTTP/1.1', 'Host: user@evil.test', 400],
    ['GET / HTTP/1.1', 'Host: [::1', 400],
    ['GET / HTTP/1.1', `${HOST}\r\nhost: localhost`, 400],
    ['GET / HTTP/1.1', 'Host: [::1]:80', 200],
    ['GET / HTTP/1.0', 'Accept: */*', 200],
    ['POST / HTTP/1.1', `${HOST}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked`, 400],
    ['POST / HTTP/1.1', `${HOST}\r\nContent-Length: x`, 400],
    ['HELLO', 'there', 400],
  ])('%s %s', async (line, header, status) => {
    const { ask, failures } = await serve({
      components: [sessions(new MemoryStore(), { onWarning: () => {} })],
      routes: [route.get('/', [Session, URL], (session, url) => (session.set('a', 1), url.host))],
    })
    expect(statusOf(await ask(line, header, END))).toBe(status)
    expect(failures).toEqual([])
  })
})

test.each([
  ['TRACE', 405],
  ['PROPFIND', 405],
  ['PURGE', 405],
  ['FOO', 400],
  ['get', 400],
  ['CONNECT', NaN],
])('%s is rejected, and echoes nothing [HT-18]', async (method, status) => {
  const { ask, failures } = await serve({ routes: [route.get('/', () => 'root')] })
  const response = await ask(`${method} / HTTP/1.1`, HOST, 'X-Secret: secret', END)
  expect(statusOf(response)).toBe(status)
  expect(response).not.toContain('secret')
  expect(failures).toEqual([])
})

test('lines of one header come together, cookies as one header and others as a list, whatever their case', async () => {
  const { ask } = await serve({
    routes: [
      route.get('/', [Cookies, Exchange], (cookies, exchange) => {
        return [...cookies, exchange.header('x-tag'), exchange.header('cook-ie')]
      }),
    ],
  })
  const response = await ask('GET / HTTP/1.1', HOST, 'COOKIE: a=1', 'cookie: b=2', ...TAGS, END)
  expect(JSON.parse(bodyOf(response))).toEqual([['a', '1'], ['b', '2'], 'one, two', null])
})

const TAGS = ['X-Tag: one', 'x-tag: two']
