import { Readable } from 'node:stream'
import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { handlers, mount } from '../../src/adapters/fastify.js'
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
import { openShop } from './open-shop.js'

hostSuite('Fastify 5', serveFastify)

test('reply.hijack() passes Fastify by: the session is stored, and onError hears that its cookie is lost', async () => {
  const { app, backend, reported } = openShop()
  const shop = fastify()
  onTestFinished(() => shop.close())
  const handle = handlers(app, shop)
  shop.post(
    '/',
    handle([Session], (session, _request, reply) => {
      count(session)
      reply.hijack()
      reply.raw.end('past it')
    }),
  )
  const response = await shop.inject({ method: 'POST', url: '/' })
  expect([response.body, response.headers['set-cookie']]).toEqual(['past it', undefined])
  await expect.poll(() => reported).toHaveLength(1)
  expect((reported[0] as Error).message).toContain('reply.hijack() or reply.raw')
  expect(backend.writes).toBe(1)
})

test('what a middleware of Node has set on reply.raw stays beside the session', async () => {
  const { app } = openShop()
  const shop = fastify()
  onTestFinished(() => shop.close())
  const handle = handlers(app, shop)
  shop.addHook('onRequest', async (_request, { raw }) => {
    raw.setHeader('vary', 'Origin')
    raw.setHeader('set-cookie', ['theme=dark', 'seen=1'])
  })
  shop.post(
    '/',
    handle([Session], (session) => count(session)),
  )
  const { headers } = await shop.inject({ method: 'POST', url: '/' })
  expect(headers['vary']).toBe('Origin, Cookie')
  expect(headers['set-cookie']).toEqual([
    'theme=dark',
    'seen=1',
    expect.stringMatching(/^__Host-session=/),
  ])
})

async function serveFastify({ app, mounted }: SiteParts): Promise<HostSite> {
  const errors: unknown[] = []
  const shop = fastify()
  const handle = handlers(app, shop)
  shop.addHook('onRequest', async (_request, reply) => {
    reply.header('x-host', 'here').header('vary', 'Accept-Language')
  })
  shop.register(async (below) => {
    below.addHook('onRequest', async (_request, reply) => {
      reply.header('set-cookie', 'first=1')
    })
    below.register(mount(mounted), { prefix: '/shop' })
  })
  shop.get(
    '/count',
    handle([Session], (session) => ({ n: session.get('n') ?? 0 })),
  )
  shop.post(
    '/count',
    handle([Session], (session, _request, reply) => {
      reply.header('x-handler', 'yes').send(count(session))
    }),
  )
  const guard = handle([Session], (session) => passGuard(session))
  shop.post(
    '/guarded/count',
    { onRequest: guard, preHandler: guard },
    handle([Session], async (session) => ({ ...count(session), guards: session.get('guards') })),
  )
  shop.post(
    '/cart/:sku',
    { preHandler: handle([Cart], async () => {}) },
    handle([Cart, Param('sku')], (cart, sku, _request, reply) => reply.send(cart.add(sku))),
  )
  shop.post(
    '/add',
    handle([Session, Query('n', Number)], (session, n) => count(session, n)),
  )
  shop.post(
    '/login',
    handle([Session], async (session, _request, reply) => {
      session.bind('ada')
      return reply.send({})
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
    handle([Session], (session, _request, reply) => {
      count(session)
      return reply.header('set-cookie', ['first=1', 'second=2']).send('ok')
    }),
  )
  shop.post(
    '/stream',
    handle([Session], (session) => {
      session.set('n', 7)
      return Readable.from([BIG.subarray(0, 1_000_000), BIG.subarray(1_000_000)])
    }),
  )
  shop.post(
    '/go',
    handle([Session], (session, _request, reply) => {
      session.set('n', 5)
      return reply.redirect('/count')
    }),
  )
  shop.post(
    '/body',
    handle([Body()], (body) => body),
  )
  shop.setNotFoundHandler((_request, reply) => reply.code(404).send('host: not found'))
  shop.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    errors.push(error)
    return reply.code(error.statusCode ?? 500).send(`host: ${error.message}`)
  })
  const url = await shop.listen({ port: 0, host: 'localhost' })
  return {
    url,
    errors,
    close: async () => {
      shop.server.closeAllConnections()
      await shop.close()
    },
  }
}
