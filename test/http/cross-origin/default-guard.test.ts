import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import {
  App,
  cors,
  crossOriginGuard,
  Next,
  Reply,
  route,
  type AppOptions,
} from '../../../src/http/index.js'
import { csrfTokenGuard, MemoryStore, Session, sessions } from '../../../src/sessions/index.js'
import { opened, WAYS } from '../middleware/ways.js'

const EVIL = { origin: 'https://evil.example' }
const PARTNER = { origin: 'https://partner.example', 'sec-fetch-site': 'cross-site' }

const world = (way: (typeof WAYS)[number], options: Partial<AppOptions> = {}) => {
  const ran: string[] = []
  const act = (name: string) => () => void ran.push(name)
  const routes = [
    ...(['post', 'put', 'patch', 'delete'] as const).map((method) =>
      route[method]('/', act(method)),
    ),
    route.get('/', act('get')),
    route.post('/saml/:provider', act('saml')),
  ]
  return opened(way, { routes, ...options }).then((opening) => ({ ...opening, ran }))
}

describe.each(WAYS)('an application without options, through %s', (way) => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'refuses a %s of another website, and says what lets a partner in [S8]',
    async (method) => {
      const { ask, ran } = await world(way)
      for (const headers of [EVIL, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]) {
        const response = await ask('/', { method, headers })
        expect(response.status).toBe(403)
        expect(await response.json()).toMatchObject({
          code: 'CROSS_ORIGIN',
          detail: expect.stringContaining('`trustedOrigins`'),
        })
      }
      expect(ran).toEqual([])
    },
  )

  test('takes requests of its own pages, of programs and of links [S8]', async () => {
    const { ask, ran, origin } = await world(way)
    for (const headers of [{}, { origin }, { 'sec-fetch-site': 'same-origin', origin }])
      expect((await ask('/', { method: 'POST', headers })).status).toBe(204)
    expect((await ask('/', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(204)
    expect(ran).toEqual(['post', 'post', 'post', 'get'])
  })

  test('lets in whom crossOrigin names, and everybody where it is switched off [S8]', async () => {
    const { ask } = await world(way, {
      crossOrigin: {
        trustedOrigins: ['https://partner.example'],
        exempt: ['POST /saml/:provider'],
      },
    })
    const statusOf = async (path: string, headers: Record<string, string>) =>
      (await ask(path, { method: 'POST', headers })).status
    expect(await statusOf('/', PARTNER)).toBe(204)
    expect(await statusOf('/', EVIL)).toBe(403)
    expect(await statusOf('/saml/idp', EVIL)).toBe(204)
    const open = await world(way, { crossOrigin: false })
    expect((await open.ask('/', { method: 'POST', headers: EVIL })).status).toBe(204)
  })

  test('its middleware sees the refusal, and no session is opened [S8, B12]', async () => {
    const opened: string[] = []
    const middleware = [
      cors({ origins: ['https://partner.example'] }),
      inject([Reply, Next], (reply, next) => {
        reply.headers.set('x-before', '1')
        return next()
      }),
      inject([Session, Next], (_, next) => {
        opened.push('session')
        return next()
      }),
    ]
    const components = [sessions(new MemoryStore(), { onWarning: () => {} })]
    const { ask } = await world(way, { components, middleware })
    const { status, headers } = await ask('/', { method: 'POST', headers: PARTNER })
    expect([status, headers.get('x-before'), headers.get('access-control-allow-origin')]).toEqual([
      403,
      '1',
      'https://partner.example',
    ])
    expect(opened).toEqual([])
  })

  test('a guard of its own, in the application or a route, takes its place', async () => {
    const guard = crossOriginGuard({ trustedOrigins: ['https://partner.example'] })
    const token = csrfTokenGuard({ trustedOrigins: ['https://partner.example'] })
    const components = [sessions(new MemoryStore(), { onWarning: () => {} })]
    const own = [
      { components, middleware: [guard] },
      { components, middleware: [token] },
      { components, routes: [route.post('/', () => {}, { middleware: [guard] })] },
      {
        components,
        routes: [route.group('/', [route.post('/', () => {})], { middleware: [guard] })],
      },
    ]
    for (const options of own) {
      const { ask } = await world(way, options)
      expect((await ask('/', { method: 'POST', headers: PARTNER })).status).toBe(204)
      expect((await ask('/', { method: 'POST', headers: EVIL })).status).toBe(403)
    }
  })
})

test('a page of another website cannot open a WebSocket where fetch can change the protocol', async () => {
  const app = new App({ routes: [route.get('/socket', () => 'open')] })
  const ask = async (headers: Record<string, string>) =>
    (await app.fetch(new Request('https://shop.example/socket', { headers }))).status
  const upgrade = { upgrade: 'websocket' }
  expect(await ask({ ...EVIL, ...upgrade })).toBe(403)
  expect(await ask({ origin: 'https://shop.example', ...upgrade })).toBe(200)
  expect(await ask(EVIL)).toBe(200)
})

test('an option that is written in another way is refused when the application is made', () => {
  expect(
    () => new App({ routes: [], crossOrigin: { trustedOrigins: ['partner.example'] } }),
  ).toThrow(TypeError)
})

test('a polluted prototype switches nothing off', async () => {
  const polluted = Object.prototype as { crossOrigin?: false }
  polluted.crossOrigin = false
  const app = new App({ routes: [route.post('/', () => {})] })
  delete polluted.crossOrigin
  const request = new Request('https://shop.example/', { method: 'POST', headers: EVIL })
  expect((await app.fetch(request)).status).toBe(403)
})
