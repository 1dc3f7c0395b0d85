import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunningServer } from 'ingot'
import { expect, onTestFinished, test } from 'vitest'
import { createApp, serveBehindProxies, serveUntilToldToStop, serveUploads } from './serving.js'

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
  const { url } = await until(serveUntilToldToStop(createApp('http://reports.test'), 0))
  process.emit('SIGTERM', 'SIGTERM')
  expect(process.listenerCount('SIGTERM')).toBe(before)
  await expect.poll(() => fetch(url).then(String, () => 'closed')).toBe('closed')
})
