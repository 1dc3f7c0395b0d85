import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type Express from 'express'
import type { ErrorRequestHandler } from 'express'
import { handlers, mount } from '../../src/adapters/express.js'
import { Body, Param, Query, Session } from '../../src/index.js'
import { BIG, Cart, count, passGuard, type HostSite, type SiteParts } from './host-suite.js'

/** The site of the suite, by one version of Express. */
export async function serveExpress(
  express: typeof Express,
  { app, mounted }: SiteParts,
  more: (shop: Express.Express) => void = () => {},
): Promise<HostSite> {
  const errors: unknown[] = []
  const shop = express()
  const handle = handlers(app, shop)
  more(shop)
  shop.use(express.json())
  shop.use((_req, res, next) => {
    res.set('x-host', 'here')
    res.vary('Accept-Language')
    next()
  })
  shop.use(
    '/shop',
    (_req, res, next) => {
      res.cookie('first', '1')
      next()
    },
    mount(mounted),
  )
  shop.get(
    '/count',
    handle([Session], (session, _req, res) => res.json({ n: session.get('n') ?? 0 })),
  )
  shop.post(
    '/count',
    handle([Session], (session, _req, res) => res.set('x-handler', 'yes').json(count(session))),
  )
  const guard = handle([Session], (session, _req, _res, next) => {
    passGuard(session)
    next()
  })
  shop.post(
    '/guarded/count',
    guard,
    guard,
    handle([Session], (session, _req, res) => {
      res.json({ ...count(session), guards: session.get('guards') })
    }),
  )
  shop.post(
    '/cart/:sku',
    handle([Cart], (_cart, _req, _res, next) => next()),
    handle([Cart, Param('sku')], (cart, sku, _req, res) => res.json(cart.add(sku))),
  )
  shop.post(
    '/add',
    handle([Session, Query('n', Number)], (session, n, _req, res) => res.json(count(session, n))),
  )
  shop.post(
    '/login',
    handle([Session], (session, _req, res) => {
      session.bind('ada')
      res.json({})
    }),
  )
  shop.post(
    '/logout',
    handle([Session], (session, _req, res) => {
      session.destroy()
      res.json({})
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
    handle([Session], (session, _req, res) => {
      count(session)
      res.cookie('first', '1').cookie('second', '2').send('ok')
    }),
  )
  shop.post(
    '/stream',
    handle([Session], (session, _req, res) => {
      session.set('n', 7)
      Readable.from([BIG.subarray(0, 1_000_000), BIG.subarray(1_000_000)]).pipe(res)
    }),
  )
  shop.post(
    '/go',
    handle([Session], (session, _req, res) => {
      session.set('n', 5)
      res.redirect('/count')
    }),
  )
  shop.post(
    '/body',
    handle([Body()], (body, _req, res) => res.json(body)),
  )
  shop.use((_req, res) => res.status(404).send('host: not found'))
  const onError: ErrorRequestHandler = (error: Error & { status?: number }, _req, res, _next) => {
    errors.push(error)
    res.status(error.status ?? 500).send(`host: ${error.message}`)
  }
  shop.use(onError)
  const server = shop.listen(0)
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
