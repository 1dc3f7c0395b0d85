import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { App, MemoryStore, route, Session, sessions } from '../../src/index.js'
import { launchChromium } from '../support/chromium.js'

let browser: Browser
// A name in the network, as a colleague or a phone uses it; Chromium trusts only localhost over plain http.
beforeAll(async () => {
  browser = await launchChromium('--host-resolver-rules=MAP my-machine 127.0.0.1')
})
afterAll(() => browser?.close())

/** Counts the visits of each session; the result is the port. */
async function openCounter(secure: true | 'auto'): Promise<number> {
  const counter = route.get('/', [Session], (session: Session<{ visits: number }>) => {
    return String(session.update('visits', (visits = 0) => visits + 1))
  })
  const app = new App({
    components: [sessions(new MemoryStore({ secure }), { onWarning: () => {} })],
    routes: [counter],
  })
  onTestFinished(() => app.close())
  const { port } = await app.listen({ port: 0, trustProxy: ['127.0.0.1', '::1'] })
  return port
}

/** Ends TLS in front of a port, as a proxy does; the result is its port. */
async function endTls(port: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=localhost',
  ]
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const proxy = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (from, to) => {
    const headers = {
      ...from.headers,
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '192.0.2.1',
    }
    const onward = request({ port, path: from.url, method: from.method, headers })
    onward.on('response', (answer: IncomingMessage) => {
      to.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(to)
    })
    from.pipe(onward)
  }).listen(0)
  onTestFinished(() => proxy.close().closeAllConnections())
  await once(proxy, 'listening')
  return (proxy.address() as AddressInfo).port
}

/** What two visits show, and the cookies that the browser kept. */
async function visits(address: string) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const shown: (string | null)[] = []
  for (let visit = 0; visit < 2; visit++) {
    await page.goto(address)
    shown.push(await page.locator('body').textContent())
  }
  const cookies = (await context.cookies()).map(({ name, secure }) => [name, secure])
  return { shown, cookies }
}

test.each(['localhost', '127.0.0.1', 'my-machine'])(
  "secure: 'auto' keeps a session over plain http in a browser, at http://%s [D3]",
  async (host) => {
    const port = await openCounter('auto')
    expect(await visits(`http://${host}:${port}/`)).toEqual({
      shown: ['1', '2'],
      cookies: [['session-over-http', false]],
    })
  },
)

test("secure: 'auto' sends the cookie with Secure where a proxy ends TLS [D3]", async () => {
  const port = await endTls(await openCounter('auto'))
  expect(await visits(`https://localhost:${port}/`)).toEqual({
    shown: ['1', '2'],
    cookies: [['__Host-session', true]],
  })
})

test('without it a browser drops the cookie at a name in the network, but not at localhost [D3]', async () => {
  const port = await openCounter(true)
  expect(await visits(`http://my-machine:${port}/`)).toEqual({ shown: ['1', '1'], cookies: [] })
  expect((await visits(`http://localhost:${port}/`)).shown).toEqual(['1', '2'])
})
