import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { Router } from '@koa/router'
import Koa from 'koa'
import { handlers, mount } from '../../src/adapters/koa.js'
import { Body, Param, Query, Session } from '../../src/index.js'
import {
  BIG,
  Cart,
  count,
  hostSuite,
  passGuard,
  type HostSite,
  type SiteParts,
} from './host-suite.js'

hostSuite('Koa 3', serveKoa)

async function serveKoa({ app, mounted }: SiteParts): Promise<HostSite> {
  const errors: unknown[] = []
  const shop = new Koa()
  const router = new Router()
  const handle = handlers(app, router)
  shop.use(async (ctx, next) => {
    ctx.set('x-host', 'here')
    ctx.vary('Accept-Language')
    try {
      await next()
    } catch (error) {
      errors.push(error)
      ctx.status = (error as { status?: number }).status ?? 500
      ctx.body = `host: ${(error as Error).message}`
    }
  })
  // As parsers for Koa do.
  shop.use(async (ctx, next) => {
    if (ctx.is('json')) Object.assign(ctx.request, { body: await json(ctx.req) })
    await next()
  })
  shop.use(async (ctx, next) => {
    if (ctx.path.startsWith('/shop')) ctx.cookies.set('first', '1')
    await next()
  })
  shop.use(mount(mounted, '/shop'))
  router.get(
    '/count',
    handle([Session], (session, ctx) => {
      ctx.body = { n: session.get('n') ?? 0 }
    }),
  )
  router.post(
    '/count',
    handle([Session], (session, ctx) => {
      ctx.set('x-handler', 'yes')
      ctx.body = count(session)
    }),
  )
  const guard = handle([Session], async (session, _ctx, next) => {
    passGuard(session)
    await next()
  })
  router.post(
    '/guarded/count',
    guard,
    guard,
    handle([Session], (session, ctx) => {
      ctx.body = { ...count(session), guards: session.get('guards') }
    }),
  )
  router.post(
    '/cart/:sku',
    handle([Cart], (_cart, _ctx, next) => next()),
    handle([Cart, Param('sku')], (cart, sku, ctx) => {
      ctx.body = cart.add(sku)
    }),
  )
  router.post(
    '/add',
    handle([Session, Query('n', Number)], (session, n, ctx) => {
      ctx.body = count(session, n)
    }),
  )
  router.post(
    '/login',
    handle([Session], (session, ctx) => {
      session.bind('ada')
      ctx.body = {}
    }),
  )
  router.post(
    '/logout',
    handle([Session], (session, ctx) => {
      session.destroy()
      ctx.body = {}
    }),
  )
  router.post(
    '/throw',
    handle([Session], (session) => {
      session.set('n', 99)
      throw new Error('broken')
    }),
  )
  router.post(
    '/reject',
    handle([Session], async () => {
      throw new Error('rejected')
    }),
  )
  router.post(
    '/headers',
    handle([Session], (session, ctx) => {
      count(session)
      ctx.cookies.set('first', '1')
      ctx.cookies.set('second', '2')
      ctx.body = 'ok'
    }),
  )
  router.post(
    '/stream',
    handle([Session], (session, ctx) => {
      session.set('n', 7)
      ctx.body = Readable.from([BIG.subarray(0, 1_000_000), BIG.subarray(1_000_000)])
    }),
  )
  router.post(
    '/go',
    handle([Session], (session, ctx) => {
      session.set('n', 5)
      ctx.redirect('/count')
    }),
  )
  router.post(
    '/body',
    handle([Body()], (body, ctx) => {
      ctx.body = body
    }),
  )
  shop.use(router.routes())
  shop.use((ctx) => {
    ctx.status = 404
    ctx.body = 'host: not found'
  })
  const server = shop.listen(0)
  await once(server, 'listening')
  return { url: urlOf(server), errors, close: () => closed(server) }
}

function urlOf(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
