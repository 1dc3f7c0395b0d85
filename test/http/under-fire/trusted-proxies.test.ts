import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  App,
  Cookie,
  crossOriginGuard,
  redirect,
  Reply,
  route,
  type ListenOptions,
} from '../../../src/http/index.js'
import { bodyOf, serve, statusOf } from './wire.js'

type Trust = NonNullable<ListenOptions['trustProxy']>

const ROUTES = [
  route.get('/', [URL], (url) => url.origin),
  route.get('/request', [Request], (request) => request.url),
  route.get('/away', [URL, Reply], (url, reply) => {
    reply.cookie(new Cookie('a', '1'))
    return redirect(new URL('/here', url).href)
  }),
]

/** The URL that a handler sees. */
async function seen(trustProxy: Trust, ...lines: string[]): Promise<string> {
  const { ask } = await serve({ routes: ROUTES }, { trustProxy })
  return bodyOf(await ask('GET / HTTP/1.1', 'Host: shop.test', 'Connection: close', ...lines))
}

const HTTP = 'http://shop.test'
const HTTPS = 'https://shop.test'

describe('X-Forwarded-Proto', () => {
  test.each<[string, Trust]>([
    ['nobody is trusted', false],
    ['no proxy is counted', 0],
    ['nobody is named', []],
    ['others are trusted', ['10.0.0.0/8', '128.0.0.0/1', '::1', '127.0.0.2', '127.1.0.0/16']],
  ])('of an untrusted peer is ignored: %s [PX-01]', async (_, trustProxy) => {
    expect(await seen(trustProxy, 'X-Forwarded-Proto: https')).toBe(HTTP)
    const forwarded = 'X-Forwarded-For: 127.0.0.1, 10.0.0.1'
    expect(await seen(trustProxy, 'X-Forwarded-Proto: https', forwarded)).toBe(HTTP)
  })

  test.each<[string, Trust]>([
    ['its address', ['127.0.0.1']],
    ['a range', ['10.0.0.0/8', '127.0.0.0/8']],
    ['the number of proxies', 1],
  ])(
    'of a proxy that is trusted by %s is what it saw, the last of a list [PX-02]',
    async (_, trust) => {
      for (const [said, origin] of [
        ['https', HTTPS],
        ['HTTPS', HTTPS],
        [' https ', HTTPS],
        ['http', HTTP],
        ['http, https', HTTPS],
        ['https,http', HTTP],
        [' https , http ', HTTP],
      ]) {
        expect(await seen(trust, `X-Forwarded-Proto: ${said}`), said).toBe(origin)
      }
    },
  )

  test('of a chain of proxies is what the outermost trusted one saw [PX-02]', async () => {
    const chain = 'X-Forwarded-Proto: http, https, http'
    expect(await seen(2, chain)).toBe(HTTPS)
    expect(await seen(3, chain)).toBe(HTTP)
    // Proxies that overwrite the header leave one value.
    expect(await seen(2, 'X-Forwarded-Proto: https')).toBe(HTTPS)
    const named = ['127.0.0.1', '10.0.0.0/8']
    expect(await seen(named, chain, 'X-Forwarded-For: 8.8.8.8, 10.1.2.3')).toBe(HTTPS)
    expect(await seen(named, chain, 'X-Forwarded-For: 10.1.2.3, 8.8.8.8')).toBe(HTTP)
    const all = 'X-Forwarded-For: 10.0.0.9, 10.0.0.8, 10.1.2.3'
    expect(await seen(named, 'X-Forwarded-Proto: https, http, http', all)).toBe(HTTPS)
  })

  test('is read through IPv6 sockets, too [PX-02]', async () => {
    const app = new App({ routes: ROUTES })
    onTestFinished(() => app.close())
    const { port } = await app.listen({ port: 0, hostname: '::', trustProxy: ['127.0.0.1'] })
    const headers = { 'x-forwarded-proto': 'https' }
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers })
    expect(await response.text()).toBe(`https://127.0.0.1:${port}`)
  })

  test.each<[string, string[], string]>([
    ['is that address alone', ['::2', '::', '::1:0:0:0:0', '::1:1'], 'http'],
    ['in another spelling is that address', ['0:0:0:0:0:0:0:1'], 'https'],
    ['with a prefix is a range', ['::/127'], 'https'],
    ['with a prefix ends where the prefix ends', ['::2/127'], 'http'],
  ])('an IPv6 address %s [PX-02]', async (_, trustProxy, scheme) => {
    const app = new App({ routes: ROUTES })
    onTestFinished(() => app.close())
    const { port } = await app.listen({ port: 0, hostname: '::1', trustProxy })
    const headers = { 'x-forwarded-proto': 'https' }
    const response = await fetch(`http://[::1]:${port}/`, { headers })
    expect(await response.text()).toBe(`${scheme}://[::1]:${port}`)
  })

  test.each([
    ['twice, in conflict', ['X-Forwarded-Proto: http', 'X-Forwarded-Proto: https']],
    ['twice, in conflict the other way', ['x-forwarded-proto: https', 'X-Forwarded-Proto: http']],
    ['as nothing', ['X-Forwarded-Proto:']],
    ['as an open list', ['X-Forwarded-Proto: https,']],
    ['as garbage', ['X-Forwarded-Proto: https://']],
    ['as another scheme', ['X-Forwarded-Proto: wss']],
    ['as the name of a property', ['X-Forwarded-Proto: __proto__']],
  ])('%s is insecure [PX-03]', async (_, lines) => {
    expect(await seen(1, ...lines)).toBe(HTTP)
    expect(await seen(['127.0.0.1'], ...lines)).toBe(HTTP)
  })

  test('sent twice with the same value is one [PX-03]', async () => {
    expect(await seen(1, 'X-Forwarded-Proto: https', 'X-Forwarded-Proto: HTTPS')).toBe(HTTPS)
  })

  test('reaches the Request itself, with its path and query', async () => {
    const { ask } = await serve({ routes: ROUTES }, { trustProxy: 1 })
    for (const target of ['/request?a=http:', 'http://other.test/request?a=1']) {
      const head = [`GET ${target} HTTP/1.1`, 'Host: shop.test', 'Connection: close']
      const response = bodyOf(await ask(...head, 'X-Forwarded-Proto: https'))
      expect(response).toBe(new URL(target, HTTPS).href.replace(/^http:/, 'https:'))
    }
  })
})

test('X-Forwarded-Proto reaches a clone of the Request', async () => {
  const routes = [route.get('/', [Request], (request) => request.clone().url)]
  const { ask } = await serve({ routes }, { trustProxy: 1 })
  const head = ['GET / HTTP/1.1', 'Host: shop.test', 'Connection: close']
  expect(bodyOf(await ask(...head, 'X-Forwarded-Proto: https'))).toBe('https://shop.test/')
})

test.each([
  'Forwarded: proto=https;host=evil.test',
  'X-Forwarded-Ssl: on',
  'Front-End-Https: on',
  'X-Forwarded-Protocol: https',
  'X-Url-Scheme: https',
])('%s is ignored [PX-04]', async (line) => {
  expect(await seen(1, line)).toBe(HTTP)
  expect(await seen(['127.0.0.1'], line)).toBe(HTTP)
})

test('X-Forwarded-Host changes neither the URL nor a redirect nor a cookie [PX-05]', async () => {
  const { ask } = await serve({ routes: ROUTES }, { trustProxy: ['127.0.0.1'] })
  const evil = ['X-Forwarded-Host: evil.test', 'X-Forwarded-Port: 1', 'X-Forwarded-Proto: https']
  const response = await ask('GET /away HTTP/1.1', 'Host: shop.test', 'Connection: close', ...evil)
  expect(statusOf(response)).toBe(303)
  expect(response).toContain('location: https://shop.test/here\r\n')
  expect(response).toContain('set-cookie: a=1; Path=/; HttpOnly; Secure; SameSite=Lax\r\n')
  expect(response).not.toContain('evil')
})

test('X-Forwarded-Host does not make the Origin of another page that of the application [PX-05]', async () => {
  const { ask } = await serve(
    { middleware: [crossOriginGuard()], routes: [route.post('/', () => 'done')] },
    { trustProxy: ['127.0.0.1'] },
  )
  const proxied = ['Connection: close', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: evil.test']
  const post = (origin: string) =>
    ask('POST / HTTP/1.1', 'Host: shop.test', 'Content-Length: 0', ...proxied, `Origin: ${origin}`)
  expect(statusOf(await post('https://evil.test'))).toBe(403)
  expect(statusOf(await post('https://shop.test'))).toBe(200)
})

test('trustProxy: true trusts everybody, takes the first of a list, and warns once [PX-06]', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  onTestFinished(() => void vi.restoreAllMocks())
  expect(await seen(true, 'X-Forwarded-Proto: https, http')).toBe(HTTPS)
  expect(warned.mock.calls).toEqual([
    [
      'trustProxy: true believes the X-Forwarded-Proto and X-Forwarded-For of whoever reaches the port. ' +
        "Name the proxies: trustProxy: ['10.0.0.0/8'], or how many there are: trustProxy: 1.",
      'HttpWarning',
    ],
  ])
  warned.mockClear()
  await seen(1)
  await seen(['127.0.0.1'])
  expect(warned).not.toHaveBeenCalled()
})

describe('a list that cannot be read is rejected', () => {
  const listen = (trustProxy: Trust) => new App({ routes: [] }).listen({ port: 0, trustProxy })

  test.each([
    'proxy.test',
    '',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '1.2.3.4/x',
    '/8',
    '::/1234',
    '10.0.0.0/12x',
    '10.0.0.0/1234',
    '10.0.0.0/0008',
    '::/0064',
    '10.0.0.0/-8',
    '10.0.0.0/ 8',
    '10.0.0.0/1e1',
    '10.0.0.0/8/8',
    '10.0.0.0/0/x',
    '10.0.0.0/255.0.0.0',
    '10.0.0.1 ',
    '[::1]',
    '::1/8.5',
  ])('%j', async (address) => {
    await expect(listen(['127.0.0.1', address])).rejects.toThrow(
      new TypeError(
        `listen: trustProxy names '${address}', which is neither an address nor a range. ` +
          "Write an address, as in '10.0.0.1', or a range, as in '10.0.0.0/8'.",
      ),
    )
  })

  test.each([-1, 1.5, NaN])('%d proxies', async (count) => {
    await expect(listen(count)).rejects.toThrow(
      new TypeError(`listen: trustProxy must be a whole number of proxies, not ${count}.`),
    )
  })
})
