import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunningServer } from 'ingot'
import { expect, onTestFinished, test } from 'vitest'
import {
  createApp,
  createShop,
  serveBehindProxies,
  serveUntilToldToStop,
  serveUploads,
  serveWhereToldTo,
} from './serving.js'

/** A service of reports that responds when the test says so. */
async function reports() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => server.close().closeAllConnections())
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function until(running: Promise<RunningServer>): Promise<RunningServer> {
  const server = await running
  onTestFinished(() => server.close())
  return server
}

test('a report ends when its reader leaves', async () => {
  const { server: service, url } = await reports()
  const { url: shop } = await until(serveUploads(createApp(url), 0))
  const reader = new AbortController()
  const asked = fetch(`${shop}/report`, { signal: reader.signal }).catch(() => 'left')
  const [request, response] = await once(service, 'request')
  reader.abort()
  await once(response, 'close')
  expect(request.url).toBe('/')
  expect(await asked).toBe('left')
})

test('a path that no route has runs the middleware, too', async () => {
  const { url } = await until(serveUploads(createApp('http://reports.test'), 0))
  const response = await fetch(`${url}/nowhere/at/all`)
  expect([response.status, await response.text()]).toEqual([404, 'This shop has no such page.'])
  expect(response.headers.get('x-shop')).toBe('open')
})

test('a machine that is no proxy is not trusted', async () => {
  const { url } = await until(serveBehindProxies(createApp('http://reports.test'), 0))
  const headers = { 'x-forwarded-proto': 'https' }
  const scheme = await fetch(`${url.replace('localhost', '127.0.0.1')}/scheme`, { headers })
  expect(await scheme.text()).toBe('http:')
})

test('a signal closes the application', async () => {
  const before = process.listenerCount('SIGTERM')
  const { url } = await until(serveUntilToldToStop(createApp('http://reports.test'), 0, 0))
  process.emit('SIGTERM', 'SIGTERM')
  expect(process.listenerCount('SIGTERM')).toBe(before)
  await expect.poll(() => fetch(url).then(String, () => 'closed')).toBe('closed')
})

test('the address of a visitor is that of the connection where nobody is trusted', async () => {
  const { url } = await until(serveBehindProxies(createApp('http://reports.test'), 0))
  const headers = { 'x-forwarded-for': '8.8.8.8' }
  const response = await fetch(`${url.replace('localhost', '127.0.0.1')}/who`, { headers })
  expect(await response.text()).toBe('You are 127.0.0.1.')
})

test('a clock ends when the application closes', async () => {
  const server = await until(serveUploads(createApp('http://reports.test'), 0))
  const response = await fetch(`${server.url}/clock`)
  const reader = response.body!.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toMatch(/^data: \S+\n\n$/)
  await server.close()
  expect((await reader.read()).done).toBe(true)
})

test('a shop does not serve the host of somebody else', async () => {
  const shop = createShop()
  const statusOf = async (url: string) => (await shop.fetch(new Request(url))).status
  expect(await statusOf('http://www.shop.example/who')).toBe(200)
  expect(await statusOf('http://evil.example/who')).toBe(421)
})

test('a place is a port or the file of a socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-serving-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'shop.sock')
  const at = await until(serveWhereToldTo(createShop(), path))
  expect([at.url, at.port]).toEqual([`unix:${path}`, 0])
  expect((await until(serveWhereToldTo(createShop(), '0'))).port).toBeGreaterThan(0)
})
