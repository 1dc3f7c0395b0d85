import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import {
  Exchange,
  HttpError,
  Next,
  Param,
  route,
  type AppOptions,
} from '../../../src/http/index.js'
import { Session, sessions, SessionStore } from '../../../src/sessions/index.js'
import { opened, WAYS } from '../middleware/ways.js'

class FullStore extends SessionStore {
  load = inject([], () => Session.empty())
  dump = inject([Session], () => {
    throw new Error('the disk is full')
  })
}

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

const options: AppOptions = {
  components: [sessions(new FullStore(), { onWarning: () => {} })],
  bodyLimit: 10,
  errorPages: {
    html: ({ status, title }, request) =>
      `<h1>${status} ${title}</h1>${new URL(request.url).pathname}`,
  },
  routes: [
    route.post('/items', [Exchange], async (exchange) => exchange.bytes()),
    route.get('/items/:id', [Param('id', Number)], (id) => id),
    route.get('/broken', () => Promise.reject(new Error('secret'))),
    route.get('/full', [Session], (session) => void session.set('a', 1)),
    route.get('/busy', () => {
      throw new HttpError(503, undefined, { headers: { 'retry-after': '7', vary: 'Cookie' } })
    }),
  ],
}

describe.each(WAYS)('errorPages through %s', (way) => {
  test.each([
    ['GET', '/nowhere', '404 Not Found'],
    ['DELETE', '/items', '405 Method Not Allowed'],
    ['GET', '/items/%ff', '400 Bad Request'],
    ['GET', '/items/x', '400 Bad Request'],
    ['POST', '/items', '413 Content Too Large'],
    ['GET', '/broken', '500 Internal Server Error'],
    ['GET', '/full', '503 Service Unavailable'],
  ])('%s %s is a page of the application for a browser: %s [B13]', async (method, path, title) => {
    const { ask } = await opened(way, options)
    const body = method === 'POST' ? { body: 'more than ten bytes' } : {}
    const response = await ask(path, { method, headers: { accept: BROWSER }, ...body })
    expect(response.status).toBe(Number.parseInt(title, 10))
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toBe(`<h1>${title}</h1>${path}`)
    expect(response.headers.get('vary')).toContain('Accept')
    expect(response.headers.get('allow')).toBe(method === 'DELETE' ? 'OPTIONS, POST' : null)
  })

  test.each([
    undefined,
    '*/*',
    'application/json',
    'text/html;q=0.1, application/json',
    'image/png',
  ])('a client that accepts %s gets problem+json, and caches are told [B13]', async (accept) => {
    const { ask } = await opened(way, options)
    const response = await ask('/nowhere', accept === undefined ? {} : { headers: { accept } })
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({ title: 'Not Found', status: 404 })
    expect(response.headers.get('vary')).toBe('Accept')
  })

  test('JSON of the application replaces problem+json, and the page of an error keeps its headers [B13]', async () => {
    const json = ({ status, code }: { status: number; code?: string | undefined }) => ({
      error: { status, code },
    })
    const { ask } = await opened(way, { ...options, errorPages: { json } })
    for (const accept of [BROWSER, 'application/json']) {
      const response = await ask('/full', { headers: { accept } })
      expect([response.status, response.headers.get('content-type')]).toEqual([
        503,
        'application/json',
      ])
      expect(await response.json()).toEqual({ error: { status: 503, code: 'SESSION_DUMP' } })
    }
    const busy = await (await opened(way, options)).ask('/busy', { headers: { accept: BROWSER } })
    expect([busy.headers.get('retry-after'), busy.headers.get('vary')]).toEqual([
      '7',
      'Cookie, Accept',
    ])
  })

  test('HEAD gets the head of the page alone [B13]', async () => {
    const { ask } = await opened(way, options)
    const response = await ask('/nowhere', { method: 'HEAD', headers: { accept: BROWSER } })
    expect([response.status, await response.text()]).toEqual([404, ''])
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })

  test('a page that fails is reported, and the visitor gets problem+json [B13]', async () => {
    const html = () => {
      throw new Error('template')
    }
    const { ask, failures } = await opened(way, { ...options, errorPages: { html } })
    const response = await ask('/nowhere', { headers: { accept: BROWSER } })
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json',
    ])
    expect(failures).toEqual([new Error('template')])
  })

  test('middleware sees the page, and can put another in its place [B13]', async () => {
    const replace = inject([Next], async (next) => {
      const response = await next()
      if (response.status !== 404) return response
      return new Response('made later', { status: 404 })
    })
    const { ask } = await opened(way, { ...options, middleware: [replace] })
    expect(await (await ask('/nowhere')).text()).toBe('made later')
  })

  test.each(['/**', '/:path+', '/*'])(
    'a catch-all %s that finds nothing leaves 405 what it is, and serves what it has [B13]',
    async (path) => {
      const { ask } = await opened(way, {
        routes: [
          route.post('/upload', () => 'uploaded'),
          route.put('/report', () => 'made'),
          route.get(path, [URL], ({ pathname }) => {
            if (pathname !== '/report') throw new HttpError(404)
            return 'the page of uploads'
          }),
        ],
      })
      const refused = await ask('/upload')
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'OPTIONS, POST'])
      expect((await ask('/nowhere')).status).toBe(404)
      expect(await (await ask('/report')).text()).toBe('the page of uploads')
    },
  )

  test('a 404 that a catch-all returns is a 405 as well, and nobody hears of it [B13]', async () => {
    const { ask, failures } = await opened(way, {
      routes: [
        route.post('/upload', () => 'uploaded'),
        route.get('/**', () => new Response('own page', { status: 404 })),
      ],
    })
    expect((await ask('/upload')).status).toBe(405)
    expect(await (await ask('/nowhere')).text()).toBe('own page')
    expect(failures).toEqual([])
  })
})
