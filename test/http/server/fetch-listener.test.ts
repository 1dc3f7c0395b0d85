import { expect, test } from 'vitest'
import type { ListenOptions } from '../../../src/http/index.js'
import { Door } from '../../../src/http/request/door.js'
import type { Exchange } from '../../../src/http/request/exchange.js'
import { fetchListener, refuseOffNode } from '../../../src/http/server/fetch-listener.js'
import { RequestGate } from '../../../src/http/server/request-gate.js'
import type { TrustProxy } from '../../../src/http/server/trusted-proxies.js'

/** What a handler sees of a request that a server of Bun or Deno passes, which knows the address of the socket. */
async function seen(
  trustProxy: TrustProxy,
  { url = 'http://shop.test/cart?n=1', headers = {} }: { url?: string; headers?: object },
): Promise<unknown> {
  const door = new Door({ lines: [], onRefusal: () => {}, allowedHosts: ['shop.test'] })
  const gate = new RequestGate({ door, headerLineLimit: 128, trustProxy })
  const handle = (exchange: Exchange): Response =>
    Response.json({
      https: exchange.isHttps,
      url: exchange.request.url,
      ip: exchange.clientAddress.ip,
    })
  const request = new Request(url, { headers: { ...headers } })
  const response = await fetchListener(
    { handle },
    door,
    gate,
  )(Object.assign(request, { ip: '10.0.0.7' }))
  return response.status === 200 ? response.json() : response.status
}

const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' }

test('a trusted proxy says where there is no Node, too, that the visitor came over https, and from where', async () => {
  const expected = { https: true, url: 'https://shop.test/cart?n=1', ip: '203.0.113.9' }
  expect(await seen(['10.0.0.0/8'], { headers: FORWARDED })).toEqual(expected)
  expect(await seen(1, { headers: FORWARDED })).toEqual(expected)
})

test('nobody else does', async () => {
  const expected = { https: false, url: 'http://shop.test/cart?n=1', ip: '10.0.0.7' }
  expect(await seen(false, { headers: FORWARDED })).toEqual(expected)
  expect(await seen(['192.0.2.0/24'], { headers: FORWARDED })).toEqual(expected)
  const planted = { ...FORWARDED, 'x-forwarded-proto': 'https, http' }
  expect(await seen(1, { headers: planted })).toMatchObject({ https: false })
})

test('a server of its own certificate is https, whatever a header says', async () => {
  const headers = { 'x-forwarded-proto': 'http' }
  const url = 'https://shop.test/'
  expect(await seen(1, { url, headers })).toEqual({ https: true, url, ip: '10.0.0.7' })
})

test('a host that is not served is refused', async () => {
  expect(await seen(false, { url: 'http://evil.test/' })).toBe(421)
})

test.each<ListenOptions>([
  { port: 0, headerLimit: 8_192 },
  { port: 0, idleTimeout: 1 },
  { port: 0, connectionLimit: 9 },
  { path: '/run/shop.sock' },
  { fd: 3 },
])('what only the server of Node can do is refused on another: %o', (options) => {
  const name = Object.keys(options).at(-1)
  expect(() => refuseOffNode(options, 'bun')).toThrow(
    `listen: ${name} works with the server of Node, and this is that of bun. Leave it out, and set it in the proxy in front.`,
  )
})

test('what every server can do is not refused', () => {
  const closing = { beforeClose: 1, drainTimeout: 1, closeOn: ['SIGTERM'] } as const
  const options = { port: 0, hostname: '::1', trustProxy: 1, ...closing }
  expect(() => refuseOffNode(options, 'deno')).not.toThrow()
})
