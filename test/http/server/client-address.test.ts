import { connect } from 'node:net'
import { serve as serveByFetch } from 'srvx'
import { expect, onTestFinished, test, vi } from 'vitest'
import { App, ClientAddress, route, type ListenOptions } from '../../../src/http/index.js'
import { bodyOf, serve, Wire } from '../under-fire/wire.js'

type Trust = NonNullable<ListenOptions['trustProxy']>

const ROUTES = [route.get('/', [ClientAddress], (client) => `${client}|${client.ip}`)]
const HEAD = ['GET / HTTP/1.1', 'Host: shop.test', 'Connection: close']

async function seen(trustProxy: Trust, ...lines: string[]): Promise<string> {
  const { ask } = await serve({ routes: ROUTES }, { trustProxy })
  return bodyOf(await ask(...HEAD, ...lines)).split('|')[0]!
}

test('is that of the socket, whatever a visitor sends, unless a proxy is trusted [B15]', async () => {
  for (const trust of [false, 0, [], ['10.0.0.0/8', '128.0.0.0/1']]) {
    expect(await seen(trust, 'X-Forwarded-For: 8.8.8.8')).toBe('127.0.0.1')
    expect(await seen(trust, 'X-Real-IP: 8.8.8.8', 'Forwarded: for=8.8.8.8')).toBe('127.0.0.1')
  }
})

test.each<[Trust, string[], string]>([
  [['127.0.0.1'], [], '127.0.0.1'],
  [['127.0.0.1'], ['8.8.8.8'], '8.8.8.8'],
  // What the visitor has written themselves stands before what the proxy saw.
  [['127.0.0.1'], ['1.1.1.1, 8.8.8.8'], '8.8.8.8'],
  [['127.0.0.1', '10.0.0.0/8'], ['1.1.1.1, 8.8.8.8, 10.0.0.1'], '8.8.8.8'],
  [['127.0.0.1', '10.0.0.0/8'], ['10.0.0.2, 8.8.8.8', '10.0.0.1'], '8.8.8.8'],
  [['127.0.0.1', '10.0.0.0/8'], ['10.0.0.3, 10.0.0.2'], '10.0.0.3'],
  [1, ['1.1.1.1, 8.8.8.8'], '8.8.8.8'],
  [2, ['1.1.1.1, 8.8.8.8, 10.0.0.1'], '8.8.8.8'],
  [2, ['8.8.8.8'], '8.8.8.8'],
  [1, [], '127.0.0.1'],
  [true, ['1.1.1.1, 8.8.8.8'], '1.1.1.1'],
])('trusting %j, with X-Forwarded-For %j, is %s [B15]', async (trust, lines, address) => {
  // `true` warns; trusted-proxies.test.ts holds the text.
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  onTestFinished(() => void vi.restoreAllMocks())
  expect(await seen(trust, ...lines.map((line) => `X-Forwarded-For: ${line}`))).toBe(address)
  expect(warned).toHaveBeenCalledTimes(trust === true ? 1 : 0)
})

test.each([
  ['8.8.8.8:51234', '8.8.8.8'],
  ['[2001:DB8::1]:443', '2001:db8::1'],
  ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
  ['::ffff:8.8.8.8', '8.8.8.8'],
  ['fe80::1%eth0', 'fe80::1'],
  ['unknown', 'unknown'],
  ['_hidden', 'unknown'],
  ['8.8.8.8.8', 'unknown'],
  ['<script>', 'unknown'],
  ['', 'unknown'],
])('%j is read as %s, so that no client has two spellings [B15]', async (given, address) => {
  expect(await seen(1, `X-Forwarded-For: ${given}`)).toBe(address)
})

test('is undefined where nobody tells, and that of srvx where it serves `fetch` [B15]', async () => {
  const app = new App({ routes: ROUTES })
  const plain = new Request('http://shop.test/', { headers: { 'x-forwarded-for': '8.8.8.8' } })
  expect(await (await app.fetch(plain)).text()).toBe('unknown|undefined')
  const where = { port: 0, hostname: '127.0.0.1', silent: true, gracefulShutdown: false }
  const server = serveByFetch({ fetch: app.fetch, ...where })
  await server.ready()
  onTestFinished(() => server.close(true))
  const wire = new Wire(connect(Number(new URL(server.url!).port), '127.0.0.1'))
  expect(bodyOf(await wire.send(...HEAD, '', '').rest())).toBe('127.0.0.1|127.0.0.1')
})

test('of an IPv4 client of an IPv6 socket is IPv4 [B15]', async () => {
  const app = new App({ routes: ROUTES })
  onTestFinished(() => app.close())
  const { port } = await app.listen({ port: 0 })
  const response = await fetch(`http://127.0.0.1:${port}/`)
  expect(await response.text()).toBe('127.0.0.1|127.0.0.1')
})
