import { connect } from 'node:net'
import { serve as serveByFetch } from 'srvx'
import { Door } from '../../../src/http/request/door.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { App, Exchange, Param, Reply, route, type AppOptions } from '../../../src/http/index.js'
import { bodyOf, gate, serve, statusOf, Wire } from '../under-fire/wire.js'

const END = 'Connection: close'
const HOST = 'Host: shop.test'

/** What was reached, and the parameter of the path. */
const ROUTES = [
  route.get('/admin', () => 'admin'),
  route.get('/café', () => 'coffee'),
  route.get('/a%2fb', () => 'one segment'),
  route.get('/public/:name', [Param('name')], (name) => `public ${name}`),
]

/** The same application through `listen`, and through `fetch` behind a server of srvx. */
async function bothWays(options: Partial<AppOptions> = {}) {
  const { app, server, failures } = await serve({ routes: ROUTES, ...options })
  const general = serveByFetch({
    fetch: app.fetch,
    port: 0,
    hostname: '127.0.0.1',
    silent: true,
    gracefulShutdown: false,
  })
  await general.ready()
  onTestFinished(() => general.close(true))
  const ports = [server.port, Number(new URL(general.url!).port)]
  const ask = async (...lines: string[]) => {
    const answers = ports.map((port) => {
      return new Wire(connect(port, '127.0.0.1')).send(...lines, END, '', '').rest()
    })
    return Promise.all(answers)
  }
  return { app, ask, failures }
}

const get = (target: string) => [`GET ${target} HTTP/1.1`, HOST] as const

describe('a target that a proxy could read in another way is a 400 on both ways in, before routing [S4]', () => {
  test.each([
    ['/public\\..\\admin', 'The path has a backslash: percent-encode it as %5C'],
    ['/public/\\admin', 'The path has a backslash: percent-encode it as %5C'],
    ['/public/../admin', "The path has a segment '.' or '..'"],
    ['/public/./x', "The path has a segment '.' or '..'"],
    ['/public/..', "The path has a segment '.' or '..'"],
    ['/.', "The path has a segment '.' or '..'"],
    ['/a/%2e%2e/admin', "The path has a segment '.' or '..'"],
    ['/a/%2E./admin', "The path has a segment '.' or '..'"],
    ['/a/.%2e/admin', "The path has a segment '.' or '..'"],
    ['/a%2f..%2fadmin', "The path has a segment '.' or '..'"],
    ['/a%2F%2e%2E%2fadmin?x=1', "The path has a segment '.' or '..'"],
    ['/a%5c..%5Cadmin', "The path has a segment '.' or '..'"],
    ['/public/..%2fadmin', "The path has a segment '.' or '..'"],
    ['/admin#/public', "The target has a '#': percent-encode it as %23"],
    ['/admin?a=1#', "The target has a '#': percent-encode it as %23"],
    ['http://shop.test/public/../admin', "The path has a segment '.' or '..'"],
    ['http://shop.test/public\\..\\admin', 'The path has a backslash: percent-encode it as %5C'],
  ])('%s', async (target, detail) => {
    const { ask, failures } = await bothWays()
    for (const response of await ask(...get(target))) {
      expect(statusOf(response)).toBe(400)
      expect(JSON.parse(bodyOf(response))).toEqual({ title: 'Bad Request', status: 400, detail })
    }
    expect(failures).toEqual([])
  })

  test.each(['\t', '\f', '\x01', '\x1f', '\x7f', '\x80', 'é', '\xff'])(
    'with %j [S4]',
    async (odd) => {
      const { ask } = await bothWays()
      for (const target of [`/admin${odd}`, `/${odd}/admin`, `/admin?${odd}`]) {
        for (const response of await ask(...get(target))) expect(statusOf(response)).toBe(400)
      }
    },
  )

  test('in a Request that no server made, where the URL still shows it', async () => {
    const app = new App({ routes: ROUTES })
    for (const path of ['/admin#x', '/a%2f..%2fadmin', '/a/..%5cadmin']) {
      const response = await app.fetch(new Request(`http://shop.test${path}`))
      expect(response.status, path).toBe(400)
    }
    const refused = await app.fetch(new Request('http://shop.test/#x', { method: 'HEAD' }))
    expect([refused.status, await refused.text()]).toEqual([400, ''])
  })

  test('and what is behind such a request on its connection has no effect', async () => {
    let effects = 0
    const { open } = await serve({ routes: [route.post('/', () => `${++effects}`)] })
    const wire = open().send(...get('/../'), '', '')
    wire.send('POST / HTTP/1.1', HOST, 'Content-Length: 0', '', '')
    expect((await wire.rest()).match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(effects).toBe(0)
  })
})

test.each([
  ['/public/%5C', 200, 'public \\'],
  ['/public/a%23b', 200, 'public a#b'],
  ['/public/a%2Fb', 200, 'public a/b'],
  ['/public/...', 200, 'public ...'],
  ['/public/a..b', 200, 'public a..b'],
  ['/public/.env', 200, 'public .env'],
  ['/public/%252e%252e', 200, 'public %2e%2e'],
  ['/public/x?back=\\..\\&to=/../', 200, 'public x'],
  ['/public/x?', 200, 'public x'],
])('%s is one reading only, and is served on both ways in [S4]', async (target, status, body) => {
  const { ask } = await bothWays()
  for (const response of await ask(...get(target)))
    expect([statusOf(response), bodyOf(response)]).toEqual([status, body])
})

test.each([
  ['/%61dmin', 'admin'],
  ['/%61%64%6D%69%6e', 'admin'],
  ['/caf%C3%A9', 'coffee'],
  ['/caf%c3%a9', 'coffee'],
  ['/a%2Fb', 'one segment'],
  ['/a%2fb', 'one segment'],
  ['/%70ublic/%7Eada', 'public ~ada'],
  ['/public/~ada', 'public ~ada'],
])('%s takes the route of its equal spelling: %s [S4]', async (target, body) => {
  const { ask } = await bothWays()
  for (const response of await ask(...get(target))) expect(bodyOf(response)).toBe(body)
})

test('two spellings of one path are one route, and the second is refused [S4]', async () => {
  const same = [route.get('/caf%c3%a9', () => ''), route.get('/caf%C3%A9', () => '')]
  await expect(new App({ routes: same }).ready()).rejects.toThrow('/caf%C3%A9')
  await expect(
    new App({ routes: [route.get('/~a', () => ''), route.get('/%7ea', () => '')] }).ready(),
  ).rejects.toThrow('/%7ea')
})

describe('transfer codings', () => {
  const BODY = ['', '1', 'a', '0', '', '']
  const post = [route.post('/', [Request], (request) => request.text())]

  test.each([
    ['gzip, chunked'],
    ['identity\r\nTransfer-Encoding: chunked'],
    ['chunked\r\nTransfer-Encoding:'],
    ['identity'],
    ['xchunked'],
    [', chunked'],
    ['"chunked"'],
    ['chunked;q=1'],
  ])('%j are a 501, and the connection ends (RFC 9112 6.1) [S14]', async (coding) => {
    const { open, failures } = await serve({ routes: post })
    const head = ['POST / HTTP/1.1', HOST, `Transfer-Encoding: ${coding}`]
    const response = await open()
      .send(...head, ...BODY)
      .rest()
    expect(statusOf(response)).toBe(501)
    expect(response).toMatch(/\r\nConnection: close\r\n/i)
    expect(failures).toEqual([])
  })

  test.each(['chunked', 'CHUNKED', ' chunked '])('%j is served [S14]', async (coding) => {
    const { open } = await serve({ routes: post })
    const head = [
      'POST / HTTP/1.1',
      HOST,
      END,
      'TE: trailers, gzip',
      `Transfer-Encoding: ${coding}`,
    ]
    expect(
      bodyOf(
        await open()
          .send(...head, ...BODY)
          .rest(),
      ),
    ).toMatch(/a/)
  })

  test.each(['chunked', 'gzip, chunked'])(
    'HTTP/1.0 with %s is a 400, and the connection ends (RFC 9112 6.1) [S14]',
    async (coding) => {
      const { open } = await serve({ routes: post })
      const head = ['POST / HTTP/1.0', HOST, 'Connection: keep-alive']
      const wire = open().send(...head, `Transfer-Encoding: ${coding}`, ...BODY)
      wire.send('POST / HTTP/1.1', HOST, 'Content-Length: 1', '', 'b')
      const response = await wire.rest()
      expect(response.match(/HTTP\/1\.1 400/g)).toHaveLength(1)
      expect(response.match(/HTTP\/1\.1/g)).toHaveLength(1)
    },
  )
})

describe('bytes after an Upgrade', () => {
  const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket']

  test.each([
    ['a handler that responds at once', () => undefined],
    ['a handler that waits', () => new Promise((resolve) => setImmediate(resolve))],
  ])('are not read as a request, behind %s [S14]', async (_, work) => {
    const reached: string[] = []
    const routes = ['/socket', '/smuggled'].map((path) =>
      route.get(path, async () => {
        reached.push(path)
        await work()
        return path
      }),
    )
    const { open } = await serve({ routes })
    const wire = open().send('GET /socket HTTP/1.1', HOST, ...UPGRADE, '', '')
    wire.send(...get('/smuggled'), '', '')
    const response = await wire.rest()
    expect(response.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(response).toMatch(/\r\nConnection: close\r\n/i)
    expect(bodyOf(response)).toContain('/socket')
    expect(reached).toEqual(['/socket'])
  })

  test('are its body, when it has one [S14]', async () => {
    const { open } = await serve({
      routes: [route.post('/', [Request], (request) => request.text())],
    })
    // Java's HttpClient asks for HTTP/2 with each request.
    const asks = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'Content-Length: 3']
    const response = await open()
      .send('POST / HTTP/1.1', HOST, ...asks, '', 'adaX')
      .rest()
    expect(response).toMatch(/ada/)
    expect(response.match(/HTTP\/1\.1/g)).toHaveLength(1)
  })
})

test('what comes behind a request that says Connection: close has no effect', async () => {
  let effects = 0
  const mayEnd = gate()
  const { open } = await serve({
    routes: [
      route.get('/', async () => {
        await mayEnd.opened
        return 'first'
      }),
      route.post('/', () => `${++effects}`),
    ],
  })
  const wire = open().send('GET / HTTP/1.0', HOST, '', '')
  wire.send('POST / HTTP/1.1', HOST, 'Content-Length: 0', '', '')
  mayEnd.open()
  expect((await wire.rest()).match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(effects).toBe(0)
})

describe('the host is one', () => {
  const HOSTS = [
    route.get('/', [URL, Exchange, Request], (url, exchange, request) => {
      return [url.host, exchange.host, new URL(request.url).host].join(' ')
    }),
  ]

  test.each([
    ['/', 'shop.test', 'shop.test'],
    ['/', 'Shop.Test:80', 'shop.test'],
    ['/', 'SHOP.test:8080', 'shop.test:8080'],
    ['/', '[::0001]', '[::1]'],
    ['http://other.test/', 'shop.test', 'other.test'],
    ['http://OTHER.test:80/?x=1', 'shop.test', 'other.test'],
    ['http://other.test', 'shop.test', 'other.test'],
    ['http://other.test?x', 'other.test', 'other.test'],
    ['https://other.test/', 'shop.test', 'other.test'],
  ])('%s with Host: %s is for %s (RFC 9112 3.2.2) [S14]', async (target, host, seen) => {
    const { ask } = await serve({ routes: HOSTS })
    const response = await ask(`GET ${target} HTTP/1.1`, `Host: ${host}`, END)
    expect(bodyOf(response)).toBe([seen, seen, seen].join(' '))
  })

  test('also where a proxy ends TLS: the port that goes is that of https [S14]', async () => {
    const { ask } = await serve({ routes: HOSTS }, { trustProxy: 1 })
    const lines = ['X-Forwarded-Proto: https', END]
    expect(bodyOf(await ask('GET / HTTP/1.1', 'Host: a.test:443', ...lines))).toBe(
      'a.test a.test a.test',
    )
    expect(bodyOf(await ask('GET / HTTP/1.1', 'Host: a.test:80', ...lines))).toBe(
      'a.test:80 a.test:80 a.test:80',
    )
  })

  test('and a Request that comes with another Host header is for that of its URL [S14]', async () => {
    const app = new App({ routes: HOSTS })
    const request = new Request('http://a.test/', { headers: { host: 'b.test' } })
    expect(await (await app.fetch(request)).text()).toBe('a.test a.test a.test')
  })

  test.each(['http://user@other.test/', 'http://a b/', 'http:///x', 'http://[::1/', 'http://a:b/'])(
    '%s is a 400 [S14]',
    async (target) => {
      const { ask } = await serve({ routes: HOSTS })
      expect(statusOf(await ask(`GET ${target} HTTP/1.1`, HOST, END))).toBe(400)
    },
  )

  test('no second Host is taken from a header of four letters, or from a text that says so', async () => {
    const { ask } = await serve({ routes: HOSTS })
    const lines = ['From: host', 'Link: x', 'X: host', 'Hose: evil.test', END]
    expect(bodyOf(await ask('GET / HTTP/1.1', HOST, ...lines))).toBe(
      'shop.test shop.test shop.test',
    )
  })
})

test('what cannot stand in a line of a log is written as its code [S14]', () => {
  const paths: string[] = []
  const door = new Door({ lines: [], onRefusal: ({ path }) => void paths.push(path) })
  door.refuse({ method: 'GET', target: '/a\x1f\nb é~!?q' }, 400)
  expect(paths).toEqual(['/a%1f%0ab%20%e9~!'])
})

describe('allowedHosts', () => {
  const allowedHosts = [
    'shop.test',
    '*.Shop.test',
    'local.test:3000',
    '[::1]',
    'plain.test:80',
    '*.plain.test:80',
  ]
  const options = {
    allowedHosts,
    routes: [
      route.get('/', [Reply], (reply) => {
        reply.headers.set('x-reached', 'yes')
        return 'reached'
      }),
    ],
  }

  test.each([
    ['shop.test', 200],
    ['SHOP.test:8080', 200],
    ['a.shop.test', 200],
    ['a.b.shop.test:1', 200],
    ['local.test:3000', 200],
    ['[::1]:3000', 200],
    ['plain.test', 200],
    ['a.plain.test', 200],
    ['a.plain.test:80', 200],
    ['local.test', 421],
    ['local.test:3001', 421],
    ['evilshop.test', 421],
    ['shop.test.evil.test', 421],
    ['127.0.0.1', 421],
  ])('%s is a %d on both ways in (RFC 9110 7.4) [S14]', async (host, status) => {
    const { ask, failures } = await bothWays(options)
    for (const response of await ask('GET / HTTP/1.1', `Host: ${host}`)) {
      expect(statusOf(response)).toBe(status)
      expect(response.includes('x-reached')).toBe(status === 200)
    }
    expect(failures).toEqual([])
  })

  test('are compared with the host of an absolute target, not with the Host beside it [S14]', async () => {
    const { ask } = await bothWays(options)
    for (const response of await ask('GET http://evil.test/ HTTP/1.1', HOST))
      expect(statusOf(response)).toBe(421)
    for (const response of await ask('GET http://shop.test/ HTTP/1.1', 'Host: evil.test'))
      expect(statusOf(response)).toBe(200)
  })

  test('include the name with a dot at its end, which is the same [S14]', async () => {
    const { ask } = await serve(options)
    expect(statusOf(await ask('GET / HTTP/1.1', 'Host: shop.test.:8080', END))).toBe(200)
  })

  test('refuse a request that names no host, and one after an allowed one [S14]', async () => {
    const { open, ask } = await serve(options)
    expect(statusOf(await ask('GET / HTTP/1.0'))).toBe(421)
    const wire = open().send('GET / HTTP/1.1', HOST, '', '')
    await wire.until(/reached$/)
    expect(await wire.send('GET / HTTP/1.1', 'Host: evil.test', '', '').rest()).toMatch(
      /HTTP\/1\.1 421 /,
    )
  })

  test.each(['', 'http://shop.test', 'shop.test/', '*', 'a b'])(
    'that are none, such as %j, are refused where they are given [S14]',
    (host) => {
      expect(() => new App({ routes: [], allowedHosts: [host] })).toThrow(
        new TypeError(
          `App: allowedHosts names '${host}', which is no host. Write 'shop.example', 'localhost:3000' or '*.shop.example'.`,
        ),
      )
    },
  )
})
