import { expect, test } from 'vitest'
import { scoped } from '../../../src/di/index.js'
import {
  Hooks,
  App,
  Controller,
  Cookies,
  Get,
  Reply,
  Route,
  route,
} from '../../../src/http/index.js'

test('the parts of a request are injected by type', async () => {
  @Controller()
  class Web {
    @Get('/a/:id') show(
      request: Request,
      headers: Headers,
      url: URL,
      query: URLSearchParams,
      signal: AbortSignal,
      cookies: Cookies,
      route: Route,
      reply: Reply,
      hooks: Hooks,
      app: App,
    ) {
      reply.headers.set('x-app', String(app instanceof App))
      hooks.afterHandler(({ response }) => response.headers.set('x-hook', '1'))
      return [
        request.method,
        headers.get('x-id'),
        url.pathname,
        query.get('q'),
        signal.aborted,
        cookies.get('c'),
        String(route),
      ]
    }
  }
  const app = new App({ routes: [Web] })
  const headers = { 'x-id': '7', cookie: 'c=1' }
  const response = await app.fetch(new Request('http://localhost/a/b?q=x', { headers }))
  expect(await response.json()).toEqual(['GET', '7', '/a/b', 'x', false, '1', 'GET /a/:id'])
  expect([response.headers.get('x-app'), response.headers.get('x-hook')]).toEqual(['true', '1'])
})

test("the user's own components come first", async () => {
  const fixed = scoped(URL, [], () => new URL('http://fixed/'))
  const app = new App({
    components: [fixed],
    routes: [route.get('/', [URL], (url) => url.href)],
  })
  expect(await (await app.fetch(new Request('http://localhost/'))).text()).toBe('http://fixed/')
})

test('a synchronous handler gives a response without a promise', async () => {
  const app = new App({ routes: [route.get('/', [URL, Cookies, Reply], (url) => url.pathname)] })
  await app.ready()
  expect(app.fetch(new Request('http://localhost/'))).toBeInstanceOf(Response)
})
