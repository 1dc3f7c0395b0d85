import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
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
import { openShop } from './open-shop.js'

hostSuite('Hono 4', serveHono)

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

async function serveHono(parts: SiteParts): Promise<HostSite> {
  const errors: unknown[] = []
  const shop = siteOf(parts, errors)
  const server = serve({ fetch: shop.fetch, port: 0 }) as Server
  await once(server, 'listening')
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
