import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { ClientAddress, Param, route } from '../../../src/http/index.js'
import { CookieStore, Session, sessions } from '../../../src/sessions/index.js'
import { newSecret } from '../../sessions/secrets.js'
import {
  startHaproxy,
  startNginx,
  type PathRule,
  type StartProxy,
} from '../../support/proxy-server.js'
import { bodyOf, gate, serve, statusOf, Wire } from '../under-fire/wire.js'

const HOST = 'Host: shop.test'
const END = 'Connection: close'

const ask = (port: number, ...lines: string[]) =>
  new Wire(connect(port, '127.0.0.1')).send(...lines, '', '').rest()

const PROTECTED = ['/admin', '/admin/', '/admin/users']

/** Spellings of a protected path, and ways round a rule to it. */
const TARGETS = PROTECTED.flatMap((path) => {
  const back = [`..${path}`, `%2e%2e${path}`, `.%2E${path}`, `..%2f${path.slice(1)}`]
  const odd = [
    '\\',
    '%5c',
    '//',
    '/./',
    '/%2e/',
    '/%2f',
    '#/',
    '?/',
    ';/',
    '\t',
    '\x01',
    '\x80',
    '%00',
  ]
  return [
    path,
    path.replace('a', '%61'),
    path.replace('admin', '%61%64%6d%69%6E'),
    path.toUpperCase(),
    ...back.map((tail) => `/public/${tail}`),
    ...back.map((tail) => `/public\\${tail.replaceAll('/', '\\')}`),
    `/public\\..\\${path.slice(1)}`,
    `/public/..;${path}`,
    `/public/..%5c${path.slice(1)}`,
    `/public/.${path}`,
    `/x/%252e%252e${path}`,
    ...odd.map((sign) => `${sign}${path.slice(1)}`),
    ...odd.map((sign) => `/public${sign}..${path}`),
    ...odd.map((sign) => `${path}${sign}public/`),
    `/public/#/..${path}`,
    `/public/?x=/..${path}`,
    `http://shop.test${path}`,
    `http://shop.test/public/..${path}`,
    `http://shop.test\\public\\..${path}`,
    `http://other.test${path}`,
    `${path}#/public/`,
    `${path}?/public/`,
  ]
})

describe.each<[string, StartProxy]>([
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
])('behind %s', (name, startProxy) => {
  test.each<PathRule>(['all but /admin', 'only /public/'])(
    'no target passes the rule %j and then reaches what it protects [S4, S14]',
    async (rule) => {
      const reached: string[] = []
      const note = (path: string) => inject([], () => void reached.push(path))
      const { server, failures } = await serve({
        routes: [
          route.get('/admin', note('/admin')),
          route.get('/admin/:page', note('/admin/:page')),
          route.get('/public/:name', [Param('name')], (entry) => `public ${entry}`),
          route.get('/**', () => 'anything else'),
        ],
      })
      const port = await startProxy(server.port, { rule })
      for (const target of TARGETS) {
        const response = await ask(port, `GET ${target} HTTP/1.1`, HOST, END)
        expect(statusOf(response), target).toBeLessThan(500)
        expect(reached, target).toEqual([])
      }
      expect(bodyOf(await ask(port, 'GET /public/x HTTP/1.1', HOST, END))).toContain('public x')
      // Without the proxy the protected routes are there.
      await ask(server.port, 'GET /%61dmin HTTP/1.1', HOST, END)
      expect(reached).toEqual(['/admin'])
      expect(failures).toEqual([])
    },
  )

  test('nothing behind an Upgrade is read as a request [S14]', async () => {
    const reached: string[] = []
    const note = (path: string) => inject([], () => (reached.push(path), path))
    const { server } = await serve({
      routes: [route.get('/socket', note('/socket')), route.get('/admin', note('/admin'))],
    })
    const port = await startProxy(server.port, { rule: 'all but /admin' })
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
    const wire = new Wire(connect(port, '127.0.0.1'))
    wire.send(
      'GET /socket HTTP/1.1',
      HOST,
      ...upgrade,
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    )
    wire.send('', '', 'GET /admin HTTP/1.1', HOST, END, '', '')
    const [first = ''] = (await wire.rest()).split(/(?<=.)(?=HTTP\/1\.1 )/s)
    expect(statusOf(first)).toBe(200)
    expect(reached).toEqual(['/socket'])
  })

  test('the visitor is who the proxy saw, whatever they say themselves [B15]', async () => {
    const { server } = await serve(
      { routes: [route.get('/', [ClientAddress], (client) => `from ${client}`)] },
      { trustProxy: 1 },
    )
    const port = await startProxy(server.port)
    const response = await ask(port, 'GET / HTTP/1.1', HOST, 'X-Forwarded-For: 8.8.8.8', END)
    expect(response).toContain('from 127.0.0.1')
  })

  test('keep-alive: many requests over few connections, while the application stops, are all served [B14]', async () => {
    const { server, app } = await serve(
      { routes: [route.get('/', () => 'served')] },
      { keepAliveTimeout: 75_000, beforeClose: 3000 },
    )
    const port = await startProxy(server.port)
    const statuses: number[] = []
    const visit = async (): Promise<void> => {
      for (let count = 0; count < 20; count++)
        statuses.push((await fetch(`http://127.0.0.1:${port}/`)).status)
    }
    await Promise.all([visit(), visit()])
    const closing = app.close()
    await Promise.all([visit(), visit()])
    await closing
    expect(statuses).toEqual(Array.from({ length: 80 }, () => 200))
  })

  test('a request that has begun ends when the application stops, and the next gets a 502 or 503 of the proxy [B14]', async () => {
    const [started, mayEnd] = [gate(), gate()]
    const { server } = await serve({
      routes: [
        route.get('/', async () => {
          started.open()
          await mayEnd.opened
          return 'last'
        }),
      ],
    })
    const port = await startProxy(server.port)
    const last = ask(port, 'GET / HTTP/1.1', HOST, END)
    await started.opened
    const closing = server.close()
    mayEnd.open()
    expect(await last).toContain('last')
    await closing
    expect([502, 503]).toContain((await fetch(`http://127.0.0.1:${port}/`)).status)
  })

  test('a session cookie of 4 KB passes, with nginx once its buffer is larger than the head [B16]', async () => {
    const secret = newSecret()
    const { server, failures } = await serve({
      components: [sessions(new CookieStore({ secret, warn: () => {} }), { onWarning: () => {} })],
      routes: [
        route.post('/', [Session], (session) => void session.set('cart', 'x'.repeat(2850))),
        route.get('/', [Session], (session) => `has ${String(session.get('cart')).length}`),
      ],
    })
    const url = async (more: string) =>
      `http://127.0.0.1:${await startProxy(server.port, { more })}/`
    const usual = await fetch(await url(''), { method: 'POST' })
    expect(usual.status).toBe(name === 'nginx' ? 502 : 204)
    const good = await url('proxy_buffer_size 8k;')
    const written = await fetch(good, { method: 'POST' })
    expect(written.status).toBe(204)
    const [cookie = ''] = written.headers.getSetCookie()[0]!.split(';')
    expect(cookie.length).toBeGreaterThan(3900)
    expect(await (await fetch(good, { headers: { cookie } })).text()).toBe('has 2850')
    expect(failures).toEqual([])
  })
})
