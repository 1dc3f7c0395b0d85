import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { cors, Next, route, type CorsOptions } from '../../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../../src/sessions/index.js'
import { opened, WAYS } from './ways.js'

const APP = 'https://app.example'
const CORS = /^(access-control-|vary$)/

/** The headers that CORS is about. */
function corsOf({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => CORS.test(name)))
}

const routes = [
  route.get('/', () => 'home'),
  route.put('/', () => 'put'),
  route.get('/broken', () => Promise.reject(new Error('broken'))),
]

const preflight = (origin: string, more: Record<string, string> = {}): RequestInit => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'PUT', ...more },
})

describe.each(WAYS)('cors() through %s', (way) => {
  const world = (options: CorsOptions) => opened(way, { middleware: [cors(options)], routes })

  test('lets a listed origin read every response, errors and unrouted ones too [B12]', async () => {
    const { ask } = await world({
      origins: [APP],
      credentials: true,
      exposedHeaders: ['x-total', 'etag'],
    })
    for (const [path, status] of [
      ['/', 200],
      ['/broken', 500],
      ['/nowhere', 404],
    ] as const) {
      const response = await ask(path, { headers: { origin: APP } })
      expect(response.status).toBe(status)
      expect(corsOf(response)).toEqual({
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'x-total, etag',
        vary: 'Origin',
      })
    }
  })

  test.each([
    ['of another page', { origin: 'https://evil.example' }],
    ['of another port', { origin: `${APP}:8443` }],
    ['of plain http', { origin: 'http://app.example' }],
    ['of a sandboxed page', { origin: 'null' }],
    ['that no page sent', {}],
  ])('a request %s gets no CORS header, and caches are told [B12]', async (_, headers) => {
    const { ask } = await world({ origins: [APP], credentials: true })
    expect(corsOf(await ask('/', { headers }))).toEqual({ vary: 'Origin' })
  })

  test('responds to a preflight, and nothing is opened for it [B12]', async () => {
    const log: string[] = []
    const inside = inject([Session, Next], (_, next) => {
      log.push('inside')
      return next()
    })
    const { ask } = await opened(way, {
      components: [sessions(new MemoryStore(), { onWarning: () => {} })],
      middleware: [cors({ origins: [APP], maxAge: 600 }), inside],
      routes,
    })
    const wanted = { 'access-control-request-headers': 'content-type,x-csrf-token' }
    const response = await ask('/', preflight(APP, wanted))
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(corsOf(response)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'PUT, PATCH, DELETE',
      'access-control-allow-headers': 'content-type,x-csrf-token',
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Headers',
    })
    expect(log).toEqual([])
  })

  test('a preflight of a page that is not allowed, and an OPTIONS that is none, get the ordinary response', async () => {
    const { ask } = await world({ origins: [APP], headers: ['content-type'], methods: ['PUT'] })
    const evil = await ask('/', preflight('https://evil.example'))
    expect([evil.status, evil.headers.get('allow'), corsOf(evil)]).toEqual([
      204,
      'GET, HEAD, OPTIONS, PUT',
      { vary: 'Origin' },
    ])
    const plain = await ask('/', { method: 'OPTIONS', headers: { origin: APP } })
    expect(plain.headers.get('allow')).toBe('GET, HEAD, OPTIONS, PUT')
    const allowed = await ask('/', preflight(APP, { 'access-control-request-headers': 'x-evil' }))
    expect(corsOf(allowed)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'content-type',
      vary: 'Origin',
    })
  })

  test('a function decides, at once or later, also with credentials', async () => {
    const ofCustomers = (origin: string) => origin.endsWith('.customers.example')
    for (const origins of [ofCustomers, (origin: string) => Promise.resolve(ofCustomers(origin))]) {
      const { ask } = await world({ origins, credentials: true })
      const allowed = (origin: string) => ask('/', { headers: { origin } })
      const one = await allowed('https://one.customers.example')
      expect(one.headers.get('access-control-allow-origin')).toBe('https://one.customers.example')
      expect(corsOf(await allowed('https://evil.example'))).toEqual({ vary: 'Origin' })
    }
  })

  test("'*' is the same for every page, and varies with nothing", async () => {
    const { ask } = await world({ origins: '*' })
    const response = await ask('/', { headers: { origin: 'https://any.example' } })
    expect(corsOf(response)).toEqual({ 'access-control-allow-origin': '*' })
  })

  test('in the middleware of a group it responds to preflights of its routes, and only of those [B12]', async () => {
    const middleware = [cors({ origins: [APP] })]
    const { ask } = await opened(way, {
      routes: [route.group('/api', routes, { middleware }), route.put('/own', () => 'own')],
    })
    const response = await ask('/api', preflight(APP))
    expect(response.headers.get('access-control-allow-methods')).toBe('PUT, PATCH, DELETE')
    const refused = await ask('/api', { method: 'DELETE', headers: { origin: APP } })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([405, APP])
    expect(corsOf(await ask('/own', preflight(APP)))).toEqual({})
  })
})

test("refuses '*' with credentials, and origins that never match", () => {
  expect(() => cors({ origins: '*', credentials: true })).toThrow(
    "cors: origins: '*' with credentials would let every page read what is the visitor's, and browsers refuse it. " +
      "Name the origins: cors({ origins: ['https://app.example'], credentials: true }).",
  )
  for (const text of ['*', 'null', 'app.example', 'https://app.example/', 'https://App.example']) {
    expect(() => cors({ origins: [text] })).toThrow(TypeError)
  }
  expect(() => cors({ origins: '*', maxAge: -1 })).toThrow(RangeError)
})

test('a polluted prototype lets nobody in', async () => {
  const polluted = Object.prototype as { credentials?: boolean }
  polluted.credentials = true
  const middleware = [cors({ origins: [APP] })]
  delete polluted.credentials
  const { ask } = await opened('app.fetch', { middleware, routes })
  const { headers } = await ask('/', { headers: { origin: APP } })
  expect(headers.get('access-control-allow-credentials')).toBeNull()
})
