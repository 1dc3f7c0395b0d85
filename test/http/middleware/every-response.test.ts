import { describe, expect, test } from 'vitest'
import { inject, lazy, scoped } from '../../../src/di/index.js'
import {
  Body,
  Cookie,
  Exchange,
  HttpError,
  Next,
  Param,
  Reply,
  Route,
  route,
  type AppOptions,
} from '../../../src/http/index.js'
import {
  csrfTokenGuard,
  MemoryStore,
  Session,
  sessions,
  SessionStore,
} from '../../../src/sessions/index.js'
import { opened, WAYS } from './ways.js'

const before = inject([Reply, Next], (reply, next) => {
  reply.headers.set('x-before', '1')
  reply.cookie(new Cookie('seen', '1', { secure: false }))
  return next()
})
const after = inject([Next], async (next) => {
  const response = await next()
  response.headers.set('x-after', String(response.status))
  return response
})
const replyAfter = inject([Reply, Next], async (reply, next) => {
  const response = await next()
  reply.headers.set('x-reply-after', '1')
  return response
})

/** Loads well, and cannot store what was written. */
class FailingStore extends SessionStore {
  loads = 0
  readonly #inner = new MemoryStore()
  load = inject([Exchange], (exchange) => {
    this.loads += 1
    return (this.#inner.load as unknown as (cookies: unknown) => Session)(exchange.cookies)
  })
  dump = inject([Session], (session) => {
    if (session.get('broken')) throw new Error('the disk is full')
    return undefined
  })
}

const fail = (status: number) => () => {
  throw new HttpError(status)
}

const options: AppOptions = {
  middleware: [before, after, replyAfter],
  bodyLimit: 10,
  routes: [
    route.get('/', () => 'home'),
    route.get('/401', fail(401)),
    route.get('/500', [Reply], (reply) => {
      reply.headers.set('x-handler', '1')
      reply.cookie(new Cookie('handler', '1'))
      throw new Error('broken')
    }),
    route.get('/items/:id', [Param('id', Number)], (id) => id),
    route.post('/items', [Body()], () => 'made'),
  ],
}

describe.each(WAYS)('through %s', (way) => {
  test.each([
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['GET', '/401', 401],
    ['GET', '/500', 500],
    ['GET', '/items/x', 400],
    ['GET', '/items/%ff', 400],
    ['GET', '/nowhere', 404],
    ['HEAD', '/nowhere', 404],
    ['DELETE', '/items', 405],
    ['OPTIONS', '/items', 204],
    ['POST', '/items', 413],
  ])(
    'what middleware sets is on the response to %s %s, a %i [B12]',
    async (method, path, status) => {
      const { ask } = await opened(way, options)
      const body = method === 'POST' ? { body: JSON.stringify('more than ten bytes') } : {}
      const headers = { 'content-type': 'application/json' }
      const response = await ask(path, { method, headers, ...body })
      expect(response.status).toBe(status)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-before': '1',
        'x-after': `${status}`,
        'x-reply-after': '1',
        'x-content-type-options': 'nosniff',
      })
      expect(response.headers.getSetCookie()).toEqual(['seen=1; Path=/; HttpOnly; SameSite=Lax'])
      expect(response.headers.has('x-handler')).toBe(false)
    },
  )

  test('a session that cannot be stored is a 503 that middleware sees and adds to [B12]', async () => {
    const { ask, failures } = await opened(way, {
      components: [sessions(new FailingStore(), { onWarning: () => {} })],
      middleware: [before, after, replyAfter],
      routes: [
        route.get('/', [Session, Reply], (session, reply) => {
          session.set('broken', true)
          reply.headers.set('x-handler', '1')
          return 'lost'
        }),
      ],
    })
    const response = await ask('/')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'SESSION_DUMP' })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-before': '1',
      'x-after': '503',
      'x-reply-after': '1',
      'retry-after': '1',
    })
    expect(response.headers.has('x-handler')).toBe(false)
    expect(failures).toMatchObject([{ status: 503 }])
  })

  test('middleware that refuses keeps what it has set for its response [B12]', async () => {
    const limit = inject([Reply], (reply) => {
      reply.headers.set('ratelimit', 'limit=10')
      throw new HttpError(429)
    })
    const { ask } = await opened(way, { middleware: [after, limit], routes: options.routes })
    for (const path of ['/', '/nowhere']) {
      const { headers } = await ask(path)
      expect([headers.get('ratelimit'), headers.get('x-after')]).toEqual(['limit=10', '429'])
    }
  })

  test('middleware that returns nothing after next() keeps its response, also of errors [D9]', async () => {
    const koa = inject([Next], async (next) => void (await next()))
    const forgetful = inject([Next], (next) => void next())
    const { ask } = await opened(way, { ...options, middleware: [koa, before, forgetful] })
    expect(await (await ask('/')).text()).toBe('home')
    expect([(await ask('/401')).status, (await ask('/nowhere')).status]).toEqual([401, 404])
  })

  test('middleware that returns a response replaces that of next(), and the error is still reported [D9]', async () => {
    const replace = inject([Next], async (next) => {
      const { status } = await next()
      return status === 500 ? new Response('we are back soon', { status: 503 }) : undefined
    })
    const { ask, failures } = await opened(way, { ...options, middleware: [replace] })
    const response = await ask('/500')
    expect([response.status, await response.text()]).toEqual([503, 'we are back soon'])
    expect(failures).toEqual([new Error('broken')])
    expect(await (await ask('/')).text()).toBe('home')
  })

  test('no session is opened for a rejected request, unless middleware asks for it by lazy [B12]', async () => {
    const store = new FailingStore()
    const eager = inject([Session, Reply, Next], (_, reply, next) => {
      reply.headers.set('x-eager', '1')
      return next()
    })
    const idle = inject([lazy(Session), Next], (_, next) => next())
    const { ask } = await opened(way, {
      components: [sessions(store, { onWarning: () => {} })],
      middleware: [before, eager, idle, csrfTokenGuard()],
      routes: [route.get('/', () => 'home'), route.put('/', () => 'put')],
    })
    const headers = { cookie: 'session=x', 'access-control-request-method': 'PUT' }
    for (const [method, path] of [
      ['GET', '/nowhere'],
      ['POST', '/nowhere'],
      ['DELETE', '/'],
      ['OPTIONS', '/'],
    ] as const) {
      const response = await ask(path, { method, headers })
      expect([response.headers.get('x-before'), response.headers.get('x-eager')]).toEqual([
        '1',
        null,
      ])
    }
    expect(store.loads).toBe(0)
    expect((await ask('/')).headers.get('x-eager')).toBe('1')
    expect(store.loads).toBe(1)
  })

  test('middleware may ask for the session by lazy where no route is, for a page of its own', async () => {
    const store = new FailingStore()
    const greet = inject([lazy(Session), Next], async (open, next) => {
      const response = await next()
      return response.status === 404
        ? `nothing here, ${(await open()).get('name') ?? 'stranger'}`
        : response
    })
    const { ask } = await opened(way, {
      components: [sessions(store, { onWarning: () => {} })],
      middleware: [greet],
      routes: [],
    })
    expect(await (await ask('/nowhere')).text()).toBe('nothing here, stranger')
    expect(store.loads).toBe(1)
  })

  test('what a middleware is told of a request without a route: no path and no parameters', async () => {
    const seen: unknown[] = []
    const look = inject([Route, Exchange, Next], (one, { params }, next) => {
      seen.push([String(one), one.path, { ...params }])
      return next()
    })
    const { ask } = await opened(way, { ...options, middleware: [look] })
    await ask('/nowhere')
    await ask('/items/1', { method: 'DELETE' })
    await ask('/items/1')
    expect(seen).toEqual([
      ['a request without a route', '/*', {}],
      ['a request without a route', '/*', { id: '1' }],
      ['GET /items/:id', '/items/:id', { id: '1' }],
    ])
  })

  test('an error of middleware without a route is reported, and is a 500', async () => {
    const broken = inject([Next], () => Promise.reject(new Error('middleware')))
    const { ask, failures } = await opened(way, { middleware: [after, broken], routes: [] })
    const response = await ask('/nowhere')
    expect([response.status, response.headers.get('x-after')]).toEqual([500, '500'])
    expect(failures).toEqual([new Error('middleware')])
  })

  test('the cookie and the headers of a session stay when middleware outside of it fails', async () => {
    const broken = inject([Next], async (next) => {
      await next()
      throw new Error('too late')
    })
    const { ask } = await opened(way, {
      components: [sessions(new MemoryStore(), { onWarning: () => {} })],
      middleware: [before, broken],
      routes: [
        route.get('/', [Session, Reply], (session, reply) => {
          session.set('name', 'ada')
          reply.headers.set('x-handler', '1')
        }),
      ],
    })
    const { status, headers } = await ask('/')
    expect([status, headers.get('x-handler'), headers.get('x-before')]).toEqual([500, null, '1'])
    expect(headers.getSetCookie()).toHaveLength(2)
    expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Cookie', 'no-store'])
  })

  test('a middleware decides about caching after the handler, as long as no cookie is set', async () => {
    const cache = inject([Next], async (next) => {
      const response = await next()
      response.headers.set('cache-control', 'private, max-age=60')
      return response
    })
    const { ask } = await opened(way, {
      components: [sessions(new MemoryStore(), { onWarning: () => {} })],
      middleware: [cache],
      routes: [
        route.get('/set', [Session], (session) => void session.set('name', 'ada')),
        route.get('/', [Session], (session) => session.get('name')),
      ],
    })
    const set = await ask('/set')
    expect(set.headers.get('cache-control')).toBe('no-store')
    const cookie = set.headers.getSetCookie()[0]!.split(';')[0]!
    const response = await ask('/', { headers: { cookie } })
    expect([await response.text(), response.headers.get('cache-control')]).toEqual([
      'ada',
      'private, max-age=60',
    ])
  })

  test('values that only a route needs are not made for its 405, and its own middleware runs', async () => {
    let made = 0
    class Costly {}
    const own = inject([Reply, Next], (reply, next) => {
      reply.headers.set('x-own', '1')
      return next()
    })
    const { ask } = await opened(way, {
      components: [
        scoped(Costly, [], () => {
          made += 1
          return new Costly()
        }),
      ],
      routes: [route.get('/', [Costly], () => 'x', { middleware: [own] })],
    })
    const response = await ask('/', { method: 'DELETE' })
    expect([response.status, response.headers.get('allow'), response.headers.get('x-own')]).toEqual(
      [405, 'GET, HEAD, OPTIONS', '1'],
    )
    expect(made).toBe(0)
  })

  test('nosniff can be switched off, and a value of the handler stays [S9]', async () => {
    const routes = [
      route.get('/', () => 'x'),
      route.get('/own', () => new Response('x', { headers: { 'x-content-type-options': 'own' } })),
    ]
    const on = await opened(way, { routes })
    const off = await opened(way, { routes, nosniff: false })
    const of = async ({ ask }: typeof on, path: string) =>
      (await ask(path)).headers.get('x-content-type-options')
    expect([await of(on, '/'), await of(on, '/own')]).toEqual(['nosniff', 'own'])
    expect([await of(off, '/'), await of(off, '/nowhere')]).toEqual([null, null])
  })
})
