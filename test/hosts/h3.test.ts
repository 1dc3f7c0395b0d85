import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { H3, redirect, setCookie, toNodeHandler } from 'h3'
import { handlers, mount } from '../../src/adapters/h3.js'
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

hostSuite('h3 2', serveH3)

async function serveH3({ app, mounted }: SiteParts): Promise<HostSite> {
  const errors: unknown[] = []
  const shop = new H3({
    silent: true,
    onError(error) {
      if (error.status === 404) return new Response('host: not found', { status: 404 })
      errors.push(error.unhandled ? error.cause : error)
      return new Response(`host: ${error.message}`, { status: error.status })
    },
  })
  const handle = handlers(app, shop)
  shop.use((event) => {
    event.res.headers.set('x-host', 'here')
    event.res.headers.set('vary', 'Accept-Language')
  })
  shop.use('/shop/**', (event) => {
    setCookie(event, 'first', '1')
  })
  shop.use(mount(mounted, '/shop'))
  shop.get(
    '/count',
    handle([Session], (session) => ({ n: session.get('n') ?? 0 })),
  )
  shop.post(
    '/count',
    handle([Session], (session, event) => {
      event.res.headers.set('x-handler', 'yes')
      return count(session)
    }),
  )
  const guard = handle([Session], (session) => passGuard(session))
  shop.post(
    '/guarded/count',
    handle([Session], (session) => ({ ...count(session), guards: session.get('guards') })),
    { middleware: [guard, guard] },
  )
  shop.post(
    '/cart/:sku',
    handle([Cart, Param('sku')], (cart, sku) => cart.add(sku)),
    { middleware: [handle([Cart], (_cart, _event, next) => next())] },
  )
  shop.post(
    '/add',
    handle([Session, Query('n', Number)], (session, n) => count(session, n)),
  )
  shop.post(
    '/login',
    handle([Session], (session) => {
      session.bind('ada')
      return {}
    }),
  )
  shop.post(
    '/logout',
    handle([Session], (session) => {
      session.destroy()
      return {}
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
    handle([Session], (session, event) => {
      count(session)
      setCookie(event, 'first', '1')
      setCookie(event, 'second', '2')
      return 'ok'
    }),
  )
  shop.post(
    '/stream',
    handle([Session], (session) => {
      session.set('n', 7)
      return new Blob([BIG]).stream()
    }),
  )
  shop.post(
    '/go',
    handle([Session], (session) => {
      session.set('n', 5)
      return redirect('/count')
    }),
  )
  shop.post(
    '/body',
    handle([Body()], (body) => body),
  )
  const server = createServer(toNodeHandler(shop)).listen(0)
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
