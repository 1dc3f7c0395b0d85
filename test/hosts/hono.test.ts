import { once } from 'node:events'
import {
  createServer,
  ServerResponse,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { serve, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { toNodeHandler } from 'srvx/node'
import { expect, test } from 'vitest'
import { handlers, mount } from '../../src/adapters/hono.js'
import { Body, Param, Query, Session } from '../../src/index.js'
import {
  BIG,
  Cart,
  cookieOf,
  count,
  hostSuite,
  passGuard,
  type HostSite,
  type SiteParts,
} from './host-suite.js'
import { openShop, postOverHttp2, urlOf } from './open-shop.js'

hostSuite('Hono 4', serveHono)

// As elsewhere than with @hono/node-server: the adapter gets nothing but the standard request.
hostSuite('Hono 4 on another server', serveElsewhere)

test('app.request(…) needs no server', async () => {
  const { app } = openShop()
  const shop = new Hono()
  shop.post(
    '/',
    handlers(app)([Session], (session, c) => c.json(count(session))),
  )
  const first = await shop.request('/', { method: 'POST' })
  const headers = { cookie: cookieOf(first) }
  expect(await (await shop.request('/', { method: 'POST', headers })).json()).toEqual({ n: 2 })
})

test('a middleware that puts another request in place does not part the visit', async () => {
  const { app, backend } = openShop()
  const shop = new Hono()
  const handle = handlers(app)
  shop.use(
    handle([Session], async (session, _c, next) => {
      passGuard(session)
      await next()
    }),
  )
  // As limits of the body do.
  shop.use(async (c, next) => {
    c.req.raw = new Request(c.req.raw)
    await next()
  })
  shop.post(
    '/',
    handle([Session], (session, c) => c.json({ ...count(session), guards: session.get('guards') })),
  )
  const response = await shop.request('/', { method: 'POST' })
  expect(await response.json()).toEqual({ n: 1, guards: 1 })
  expect(response.headers.getSetCookie()).toHaveLength(1)
  expect(backend.writes).toBe(1)
})

test('what a middleware around sets after the handlers stands beside the session', async () => {
  const { app } = openShop()
  const shop = new Hono()
  shop.use(async (c, next) => {
    await next()
    c.header('cache-control', 'private, max-age=60')
    c.header('vary', 'Accept')
    setCookie(c, 'theme', 'dark')
  })
  shop.on(
    ['GET', 'POST'],
    '/',
    handlers(app)([Session], (session, c) => c.json(count(session))),
  )
  const url = await urlOf(serve({ fetch: shop.fetch, port: 0 }) as Server)
  const first = await fetch(url, { method: 'POST' })
  expect(first.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^theme=dark/),
    expect.stringMatching(/^__Host-session=/),
  ])
  // A shared cache that kept this page would give the session to others.
  expect(first.headers.get('cache-control')).toBe('no-store')
  const again = await fetch(url, { headers: { cookie: cookieOf(first) } })
  expect(await again.json()).toEqual({ n: 2 })
  expect(again.headers.get('cache-control')).toBe('private, max-age=60')
  expect(again.headers.get('vary')?.split(/, */)).toEqual(['Accept', 'Cookie'])
})

test('what a handler sets by names of its own spelling stands beside the session', async () => {
  const { app } = openShop()
  const shop = new Hono()
  shop.post(
    '/',
    handlers(app)([Session], (session) => {
      count(session)
      const headers = { 'Set-Cookie': 'theme=dark', Vary: 'Accept', 'Cache-Control': 'public' }
      return new Response('ok', { headers })
    }),
  )
  const url = await urlOf(serve({ fetch: shop.fetch, port: 0 }) as Server)
  const response = await fetch(url, { method: 'POST' })
  expect(response.headers.getSetCookie()).toEqual([
    'theme=dark',
    expect.stringMatching(/^__Host-session=/),
  ])
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('vary')).toBe('Accept, Cookie')
})

test('what is set on the response of Node stands beside the session', async () => {
  const { app } = openShop()
  const shop = new Hono<{ Bindings: HttpBindings }>()
  shop.use(async (c, next) => {
    c.env.outgoing.setHeader('vary', 'Accept-Encoding')
    c.env.outgoing.setHeader('set-cookie', 'theme=dark')
    await next()
  })
  shop.post(
    '/',
    handlers(app)([Session], (session, c) => c.json(count(session))),
  )
  const url = await urlOf(serve({ fetch: shop.fetch, port: 0 }) as Server)
  const response = await fetch(url, { method: 'POST' })
  expect(response.headers.getSetCookie()).toEqual([
    'theme=dark',
    expect.stringMatching(/^__Host-session=/),
  ])
  expect(response.headers.get('vary')).toBe('Accept-Encoding, Cookie')
})

test('a server whose responses write their heads in their own way gets the session by headers that are set', async () => {
  const { app } = openShop()
  const seen: unknown[] = []
  class Tracing<Request extends IncomingMessage> extends ServerResponse<Request> {
    override writeHead(status: number): this {
      seen.push(status, this.getHeader('vary'))
      return super.writeHead(status)
    }
  }
  const shop = new Hono()
  shop.post(
    '/',
    handlers(app)([Session], (session, c) => c.json(count(session))),
  )
  const serverOptions = { ServerResponse: Tracing }
  const url = await urlOf(serve({ fetch: shop.fetch, port: 0, serverOptions }) as Server)
  const response = await fetch(url, { method: 'POST' })
  expect(response.headers.getSetCookie()).toHaveLength(1)
  expect(seen).toEqual([200, 'Cookie'])
})

test('over HTTP/2 the cookies of a handler stand beside the session', async () => {
  const { app } = openShop()
  const shop = new Hono()
  shop.post(
    '/',
    handlers(app)([Session], (session, c) => {
      setCookie(c, 'theme', 'dark')
      return c.json(count(session))
    }),
  )
  const server = serve({ fetch: shop.fetch, port: 0, createServer: createHttp2Server })
  await once(server, 'listening')
  const { headers } = await postOverHttp2(server)
  expect(headers['set-cookie']).toEqual([
    expect.stringMatching(/^theme=dark/),
    expect.stringMatching(/^__Host-session=/),
  ])
  expect(headers.vary).toBe('Cookie')
})

test('a request that a handler makes within one has a response of its own', async () => {
  const { app } = openShop()
  const shop = new Hono()
  shop.post(
    '/count',
    handlers(app)([Session], (session, c) => c.json(count(session))),
  )
  shop.get('/inside', async (c) => {
    const inner = await shop.request('/count', { method: 'POST' }, c.env)
    return c.json({ inner: cookieOf(inner) !== '' })
  })
  const url = await urlOf(serve({ fetch: shop.fetch, port: 0 }) as Server)
  const response = await fetch(`${url}/inside`)
  expect(await response.json()).toEqual({ inner: true })
  expect(response.headers.getSetCookie()).toEqual([])
})

test('an error handler that responds without the context sends the cookie all the same', async () => {
  const { app } = openShop()
  const shop = new Hono()
  shop.onError(() => new Response('host: broken', { status: 500 }))
  shop.post(
    '/',
    handlers(app)([Session], (session) => {
      count(session)
      throw new Error('broken')
    }),
  )
  const url = await urlOf(serve({ fetch: shop.fetch, port: 0 }) as Server)
  const response = await fetch(url, { method: 'POST' })
  expect([response.status, await response.text()]).toEqual([500, 'host: broken'])
  expect(cookieOf(response)).toContain('session=')
})

async function serveHono(parts: SiteParts): Promise<HostSite> {
  const errors: unknown[] = []
  const { fetch } = siteOf(parts, errors)
  return served(serve({ fetch, port: 0 }) as Server, errors)
}

async function serveElsewhere(parts: SiteParts): Promise<HostSite> {
  const errors: unknown[] = []
  const shop = siteOf(parts, errors)
  const listener = toNodeHandler((request) => shop.fetch(request))
  return served(createServer(listener as RequestListener).listen(0), errors)
}

async function served(server: Server, errors: readonly unknown[]): Promise<HostSite> {
  if (!server.listening) await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    errors,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function siteOf({ app, mounted }: SiteParts, errors: unknown[]): Hono {
  const shop = new Hono()
  const handle = handlers(app, shop)
  shop.use(async (c, next) => {
    c.header('x-host', 'here')
    c.header('vary', 'Accept-Language')
    await next()
  })
  shop.use('/shop/*', async (c, next) => {
    setCookie(c, 'first', '1')
    await next()
  })
  shop.use(mount(mounted, '/shop'))
  shop.get(
    '/count',
    handle([Session], (session, c) => c.json({ n: session.get('n') ?? 0 })),
  )
  shop.post(
    '/count',
    handle([Session], (session, c) => {
      c.header('x-handler', 'yes')
      return c.json(count(session))
    }),
  )
  const guard = handle([Session], async (session, _c, next) => {
    passGuard(session)
    await next()
  })
  shop.post(
    '/guarded/count',
    guard,
    guard,
    handle([Session], (session, c) => c.json({ ...count(session), guards: session.get('guards') })),
  )
  shop.post(
    '/cart/:sku',
    handle([Cart], (_cart, _c, next) => next()),
    handle([Cart, Param('sku')], (cart, sku, c) => c.json(cart.add(sku))),
  )
  shop.post(
    '/add',
    handle([Session, Query('n', Number)], (session, n, c) => c.json(count(session, n))),
  )
  shop.post(
    '/login',
    handle([Session], (session, c) => {
      session.bind('ada')
      return c.json({})
    }),
  )
  shop.post(
    '/logout',
    handle([Session], (session, c) => {
      session.destroy()
      return c.json({})
    }),
  )
  shop.post(
    '/throw',
    handle([Session], (session) => {
      session.set('n', 99)
      throw new Error('broken')
    }),
  )
  shop.post(
    '/reject',
    handle([Session], async () => {
      throw new Error('rejected')
    }),
  )
  shop.post(
    '/headers',
    handle([Session], (session, c) => {
      count(session)
      setCookie(c, 'first', '1')
      setCookie(c, 'second', '2')
      return c.text('ok')
    }),
  )
  shop.post(
    '/stream',
    handle([Session], (session, c) => {
      session.set('n', 7)
      return c.body(new Blob([BIG]).stream())
    }),
  )
  shop.post(
    '/go',
    handle([Session], (session, c) => {
      session.set('n', 5)
      return c.redirect('/count')
    }),
  )
  shop.post(
    '/body',
    async (c, next) => {
      await c.req.json()
      await next()
    },
    handle([Body()], (body, c) => c.json(body as object)),
  )
  shop.notFound((c) => c.text('host: not found', 404))
  shop.onError((error, c) => {
    errors.push(error)
    return c.text(`host: ${error.message}`, ((error as { status?: number }).status ?? 500) as 500)
  })
  return shop
}
