import { describe, expect, test } from 'vitest'
import {
  Hooks,
  App,
  BackendStore,
  Body,
  HttpError,
  inject,
  Param,
  Reply,
  Route,
  scoped,
  Session,
  sessions,
  Next,
  requestId,
} from '../../src/index.js'
import { addLines } from '../../src/adapters/node.js'
import { Cart, cookieOf, count, GatedBackend } from './host-suite.js'

function shop(options: Partial<ConstructorParameters<typeof App>[0]> = {}) {
  const backend = new GatedBackend()
  const reported: unknown[] = []
  const app = new App({
    routes: [],
    components: [
      sessions(new BackendStore(backend), { onWarning: () => {} }),
      scoped(Cart, [Session], (session) => new Cart(session)),
    ],
    onError: (error) => void reported.push(error),
    ...options,
  })
  return { app, backend, reported }
}

const URL_OF = 'https://shop.example'
const post = (path = '/', init: RequestInit = {}): Request =>
  new Request(URL_OF + path, { method: 'POST', ...init })

describe('app.handler', () => {
  test('is a route of any path to whoever asks for the route', async () => {
    const { app } = shop()
    const show = app.handler([Route], (route) => `${route.path} ${String(route)}`)
    const response = await show(post('/somewhere'))
    expect(await response.text()).toMatch(
      /^\/\* a handler of .+ at test\/hosts\/fetch\.test\.ts:\d+$/,
    )
  })

  test('is a route without a path: it asks by type, and returns what a route may return', async () => {
    const { app } = shop()
    const POST = app.handler([Session], (session) => count(session))
    const first = await POST(post())
    expect(await first.json()).toEqual({ n: 1 })
    const again = await POST(post('/', { headers: { cookie: cookieOf(first) } }))
    expect(await again.json()).toEqual({ n: 2 })
  })

  test('gives what it was called with behind what it asks for', async () => {
    const { app } = shop()
    const POST = app.handler([Session], (session, request: Request, context: { name: string }) => {
      return `${session.isNew} ${request.method} ${context.name}`
    })
    expect(await (await POST(post(), { name: 'next' })).text()).toBe('true POST next')
  })

  const params = { sku: 'a/b' }
  test.each([
    ['beside the request, as in SvelteKit, Astro and React Router', [{ request: post(), params }]],
    ['in the request, as in Bun', [Object.assign(post(), { params })]],
    ['in the second argument, as in Next 14', [post(), { params }]],
    ['in a promise there, as in Next 15', [post(), { params: Promise.resolve(params) }]],
    ['in a list, as of a catch-all in Next', [post(), { params: { sku: ['a', 'b'] } }]],
  ])('takes the parameters of the path %s', async (_, given) => {
    const { app } = shop()
    const POST = app.handler([Cart, Param('sku')], (cart, sku) => cart.add(sku))
    const response = await POST(...(given as [Request]))
    expect(await response.json()).toEqual({ items: ['a/b'] })
  })

  test('runs the middleware of the application and its guard, and its errors are problems', async () => {
    const seen: string[] = []
    const watch = inject([Next], async (next) => {
      const response = await next()
      seen.push(String(response.status))
      return response
    })
    const { app, reported } = shop({ middleware: [requestId(), watch] })
    const POST = app.handler([Session, Body()], (session, body) => [count(session), body])
    const foreign = await POST(post('/', { headers: { 'sec-fetch-site': 'cross-site' } }))
    expect([foreign.status, foreign.headers.has('x-request-id')]).toEqual([403, true])
    const broken = app.handler([], () => {
      throw new HttpError(418, 'teapot')
    })
    expect((await broken(post())).status).toBe(418)
    expect([seen, reported]).toEqual([['403', '418'], []])
  })

  test('ready() finds what nothing provides, with the line of the handler', async () => {
    const { app } = shop({ components: [] })
    app.handler([Session], () => 'never')
    await expect(app.ready()).rejects.toThrow(
      /\(a handler of fetch at test\/hosts\/fetch\.test\.ts:\d+\)[^]*Session/,
    )
  })

  test('within a request that was entered it shares the session, and whoever entered stores it', async () => {
    const { app, backend } = shop()
    const POST = app.handler([Session], (session) => count(session))
    const request = post()
    const scope = app.enter(request)
    expect(await (await POST(request)).json()).toEqual({ n: 1 })
    expect(await (await POST(request)).json()).toEqual({ n: 2 })
    expect(backend.writes).toBe(0)
    const lines = await scope.leave({ status: 200 })
    expect(lines.filter(([name]) => name === 'set-cookie')).toHaveLength(1)
    expect(backend.writes).toBe(1)
    scope.done()
  })
})

describe('app.enter', () => {
  test('of a request that nobody responds to: what was written is stored, and what waits is run', async () => {
    const { app, backend } = shop()
    await app.ready()
    const scope = app.enter(post())
    count(await scope.get(Session))
    const ended: unknown[] = []
    const hooks = await scope.get(Hooks)
    hooks.afterResponse((outcome) => void ended.push(outcome.ok))
    scope.done(new Error('the client has left'))
    await expect.poll(() => ended).toEqual([false])
    expect(backend.writes).toBe(1)
  })

  test('gives one scope for one request, and nothing is loaded or sent when nobody asks', () => {
    const { app, backend } = shop()
    const request = post()
    const scope = app.enter(request)
    expect(app.enter(request)).toBe(scope)
    expect(app.enter(post())).not.toBe(scope)
    expect([scope.claim(), scope.claim()]).toEqual([true, false])
    expect(scope.leave({ status: 200 })).toEqual([])
    expect(backend.reads).toBe(0)
  })

  test('leaves at once when nothing has to be waited for, and gives the headers', async () => {
    const { app } = shop()
    await app.ready()
    const scope = app.enter(new Request(URL_OF))
    await scope.get(Session)
    const reply = await scope.get(Reply)
    reply.headers.set('x-mine', 'here')
    const lines = scope.leave({ status: 200 })
    expect(lines).toEqual([
      ['vary', 'Cookie'],
      ['x-mine', 'here'],
    ])
    const headers = new Headers({ vary: 'Accept' })
    addLines(headers, await lines)
    expect(headers.get('vary')).toBe('Accept, Cookie')
    scope.done()
  })

  test('what a handler sets by Reply wins over the defaults of a session', async () => {
    const { app } = shop()
    const begun = app.enter(post())
    count(await begun.get(Session))
    const cookie = new Map(await begun.leave({ status: 200 })).get('set-cookie')!.split(';')[0]!
    const scope = app.enter(new Request(URL_OF, { headers: { cookie } }))
    await scope.get(Session)
    ;(await scope.get(Reply)).headers.set('cache-control', 'private, max-age=60')
    const lines = await scope.leave({ status: 200 })
    expect(lines.filter(([name]) => name === 'cache-control')).toEqual([
      ['cache-control', 'private, max-age=60'],
    ])
  })

  test('runs functions that are injected, and refuses what nothing provides', async () => {
    const { app } = shop()
    class Unknown {}
    const scope = app.enter(post())
    expect(await scope.run(inject([Cart], (cart) => cart.add('x')))).toEqual({ items: ['x'] })
    await expect((async () => scope.get(Unknown))()).rejects.toThrow('Unknown')
    await scope.leave({ status: 200 })
  })

  test('leave throws what could not be stored, and `failed` makes its response', async () => {
    const { app, backend, reported } = shop()
    const scope = app.enter(post())
    count(await scope.get(Session))
    backend.isAway = true
    await expect((async () => scope.leave({ status: 200 }))()).rejects.toMatchObject({
      status: 503,
    })
    const response = scope.failed(new HttpError(503))
    expect([response.status, response.headers.get('vary')]).toEqual([503, 'Cookie'])
    expect(reported).toHaveLength(1)
    scope.done()
  })

  test('refuses an upgrade that a page of another website asks for', () => {
    const { app } = shop()
    const upgrade = (origin: string): Request =>
      new Request(URL_OF, { headers: { upgrade: 'websocket', origin } })
    expect(() => app.enter(upgrade('https://evil.example'))).toThrow(HttpError)
    expect(app.enter(upgrade(URL_OF))).toBeDefined()
  })

  test('an override holds within the scopes that are opened after it', async () => {
    const { app } = shop()
    app.handler([Cart], (cart) => cart.add('x'))
    const fake = new Cart({} as Session)
    using _ = app.override(Cart, fake)
    const scope = app.enter(post())
    expect(await scope.get(Cart)).toBe(fake)
  })
})
