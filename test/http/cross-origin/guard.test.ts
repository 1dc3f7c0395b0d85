import { request as send } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { inject, scoped } from '../../../src/di/index.js'
import {
  App,
  crossOriginGuard,
  Controller,
  Exchange,
  HttpError,
  Next,
  Post,
  route,
  type CrossOriginOptions,
} from '../../../src/http/index.js'

class Opened {}

/** An application whose routes log that they ran, and what they opened. */
function world(options?: CrossOriginOptions) {
  const ran: string[] = []
  const opened = scoped(Opened, [], () => {
    ran.push('opened')
    return new Opened()
  })
  const app = new App({
    components: [opened],
    middleware: [crossOriginGuard(options)],
    routes: [
      route.get('/', [Opened], () => void ran.push('GET')),
      route.delete('/', [Opened], () => void ran.push('DELETE')),
      route.post('/', [Opened], () => void ran.push('POST')),
      route.put('/', [Opened], () => void ran.push('PUT')),
      route.patch('/', [Opened], () => void ran.push('PATCH')),
      route.post('/callbacks/:from', [Opened], () => void ran.push('callback')),
    ],
  })
  const ask = async (method: string, headers: Record<string, string>, path = '/') => {
    const url = new URL(path, 'https://shop.example')
    return app.fetch(new Request(url, { method, headers }))
  }
  return { app, ran, ask }
}

const SAFE = ['GET', 'HEAD', 'OPTIONS']
const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE']

const problem = (detail: string) => ({
  title: 'Forbidden',
  status: 403,
  detail,
  code: 'CROSS_ORIGIN',
})
const REMEDY =
  "To let a partner's pages send it, add their origin to `trustedOrigins`, or the route to `exempt`."
const OTHER_PAGE = problem(`A page of another origin sent this request. ${REMEDY}`)
const OTHER_ORIGIN = problem(
  `The Origin of this request is not the one that it was sent to. ${REMEDY}`,
)

const sites = ['cross-site', 'same-site', 'same-origin, cross-site', 'Same-Origin', 'new', '']

test.each(sites.flatMap((site) => UNSAFE.map((method) => [method, site] as const)))(
  '%s with Sec-Fetch-Site "%s" is a 403 before the handler, and nothing is opened [CS-01]',
  async (method, site) => {
    const { ran, ask } = world()
    const response = await ask(method, {
      'sec-fetch-site': site,
      origin: 'https://shop.example',
    })
    expect(response.status).toBe(403)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual(OTHER_PAGE)
    expect(ran).toEqual([])
  },
)

test('a rejected body is not read [CS-01]', async () => {
  const { app, ran } = world()
  const body = new ReadableStream({ pull: () => void ran.push('read') }, { highWaterMark: 0 })
  const response = await app.fetch(
    new Request('https://shop.example/', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
      body,
      duplex: 'half',
    }),
  )
  expect([response.status, ran]).toEqual([403, []])
})

test.each(UNSAFE)(
  "%s from the application's own page, or from the visitor, passes",
  async (method) => {
    const { ran, ask } = world()
    for (const site of ['same-origin', 'none']) {
      // A proxy may rewrite the address; the browser knows its own page.
      const headers = { 'sec-fetch-site': site, origin: 'https://public.example' }
      expect((await ask(method, headers)).status).toBe(204)
    }
    expect(ran).toEqual(['opened', method, 'opened', method])
  },
)

test.each(SAFE)('%s passes from anywhere: it changes nothing', async (method) => {
  const { ask } = world()
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  expect((await ask(method, headers)).status).toBe(204)
})

test.each([
  ['another host', 'https://evil.example'],
  ['null', 'null'],
  ['nothing', ''],
  ['no URL', 'shop.example'],
])('without Sec-Fetch-Site, an Origin of %s is a 403 [CS-02]', async (_, origin) => {
  const { ran, ask } = world()
  const response = await ask('POST', { origin })
  expect([response.status, await response.json()]).toEqual([403, OTHER_ORIGIN])
  expect(ran).toEqual([])
})

test('a request without Sec-Fetch-Site and Origin comes from no browser, and passes [CS-02]', async () => {
  const { ran, ask } = world()
  expect((await ask('POST', { referer: 'https://evil.example/' })).status).toBe(204)
  expect(ran).toEqual(['opened', 'POST'])
})

test.each([
  'https://shop.example.evil',
  'https://evil-shop.example',
  'https://www.shop.example',
  'https://shop.example:444',
  'https://shop.example:80',
  'http://shop.example',
  'http://shop.example:443',
  'ftp://shop.example',
  'https://shop.example.',
  'https://shop.example@evil.example',
  'https://evil@shop.example',
  'https://shop.example/path',
  'https://shop.example/?',
  'https://shop.example/#',
  'https://shop.example, https://evil.example',
  'https://shop.example,https://evil.example',
  'https://shop.example https://evil.example',
  'file://shop.example',
  'blob:https://shop.example',
])('the Origin %s is not https://shop.example [CS-03]', async (origin) => {
  expect((await world().ask('POST', { origin })).status).toBe(403)
})

test.each(['https://shop.example', 'HTTPS://SHOP.Example', 'https://shop.example:443'])(
  'the Origin %s is https://shop.example [CS-03]',
  async (origin) => {
    expect((await world().ask('POST', { origin })).status).toBe(204)
  },
)

test.each([
  undefined,
  'Text/Plain',
  'application/x-www-form-urlencoded;x',
  'multipart/form-data; boundary=x',
  'application/json',
])('a request of the content type %s is checked [CS-04]', async (type) => {
  const headers = { origin: 'https://evil.example', ...(type && { 'content-type': type }) }
  expect((await world().ask('POST', headers)).status).toBe(403)
})

test('no header and no field changes the method [CS-05]', async () => {
  const override = { 'x-http-method-override': 'DELETE', 'x-http-method': 'DELETE' }
  const { ran, ask } = world()
  const elsewhere = { 'sec-fetch-site': 'cross-site' }
  await ask('GET', { ...elsewhere, ...override }, '/?_method=DELETE')
  expect(ran).toEqual(['opened', 'GET'])
  const disguised = { ...elsewhere, 'x-http-method-override': 'GET' }
  expect((await ask('POST', disguised, '/?_method=GET')).status).toBe(403)
})

test('an unknown method runs nothing, and a document that a form opens is checked [CS-05]', async () => {
  const { ran, ask } = world()
  const form = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  }
  expect((await ask('POST', form)).status).toBe(403)
  expect((await ask('BREW', form)).status).toBe(403)
  expect((await ask('BREW', {})).status).toBe(405)
  expect((await ask('post', form)).status).toBe(403)
  expect(ran).toEqual([])
})

test.each([
  ['Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
  ['Origin', { origin: 'https://evil.example' }],
])('a WebSocket that another origin opens is a 403, by its %s [CS-10]', async (_, headers) => {
  const upgrade = { connection: 'upgrade', upgrade: 'websocket' }
  const { ran, ask } = world()
  expect((await ask('GET', { ...upgrade, ...headers })).status).toBe(403)
  expect(ran).toEqual([])
  expect((await ask('GET', { ...upgrade, origin: 'https://shop.example' })).status).toBe(204)
})

test('a trusted origin passes, and no other', async () => {
  const trustedOrigins = ['https://partner.example', 'http://localhost:5173', 'app://shop']
  const { ask } = world({ trustedOrigins })
  const asked = async (origin: string) => {
    const [old, current] = [
      await ask('POST', { origin }),
      await ask('POST', { origin, 'sec-fetch-site': 'cross-site' }),
    ]
    return [old.status, current.status]
  }
  for (const origin of trustedOrigins) expect(await asked(origin)).toEqual([204, 204])
  for (const origin of [
    'http://partner.example',
    'https://partner.example:8443',
    'https://sub.partner.example',
    'null',
    'app://other',
  ]) {
    expect(await asked(origin), origin).toEqual([403, 403])
  }
})

test.each([
  ['*', "scheme, host and port: 'https://partner.example'"],
  ['null', "scheme, host and port: 'https://partner.example'"],
  ['partner.example', "scheme, host and port: 'https://partner.example'"],
  ['file://', "scheme, host and port: 'https://partner.example'"],
  ['https://partner.example/callback', "scheme, host and port: 'https://partner.example'"],
  ['https://Partner.example', "'https://partner.example'"],
  ['https://partner.example/', "'https://partner.example'"],
  ['https://partner.example:443', "'https://partner.example'"],
])('a trusted origin that is written as %s is rejected when the guard is made', (text, remedy) => {
  expect(() => crossOriginGuard({ trustedOrigins: [text] })).toThrow(
    new TypeError(
      `trustedOrigins: '${text}' is not an origin as browsers write it. Write ${remedy}.`,
    ),
  )
})

test('an exempt route takes requests from anywhere, and no other route does', async () => {
  const { ran, ask } = world({ exempt: ['POST /callbacks/:from'] })
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'null' }
  expect((await ask('POST', headers, '/callbacks/bank')).status).toBe(204)
  expect(ran).toEqual(['opened', 'callback'])
  expect((await ask('POST', headers)).status).toBe(403)
})

test.each([
  '/callbacks',
  'callbacks',
  'POST',
  'ANY /callbacks',
  '*',
  'POST  /callbacks',
  'post /callbacks',
  'X-POST /callbacks',
  ' POST /callbacks',
  'REPOST /callbacks',
  'PUT\nPOST /callbacks',
])('an exempt route that is written as %s is rejected when the guard is made', (text) => {
  expect(() => crossOriginGuard({ exempt: [text] })).toThrow(
    new TypeError(
      `exempt: '${text}' is not a route. Write its method and path: 'POST /saml/:provider'.`,
    ),
  )
})

test('a polluted prototype trusts nobody', async () => {
  const polluted = Object.prototype as CrossOriginOptions & { trustedOrigins?: string[] }
  onTestFinished(() => void delete polluted.trustedOrigins)
  polluted.trustedOrigins = ['https://evil.example']
  const { ask } = world({})
  expect((await ask('POST', { origin: 'https://evil.example' })).status).toBe(403)
})

test('guards one route, or one controller, when it is only there and the application has none', async () => {
  @Controller('/guarded', { middleware: [crossOriginGuard()] })
  class Guarded {
    @Post() post() {}
  }
  const app = new App({
    routes: [
      Guarded,
      route.post('/one', () => {}, { middleware: [crossOriginGuard()] }),
      route.post('/open', () => {}),
    ],
    crossOrigin: false,
  })
  const statusOf = async (path: string) => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    const request = new Request(new URL(path, 'https://shop.example'), { method: 'POST', headers })
    return (await app.fetch(request)).status
  }
  expect([await statusOf('/guarded'), await statusOf('/one'), await statusOf('/open')]).toEqual([
    403, 403, 204,
  ])
})

test('a middleware before the guard sees the rejection, for example to count it', async () => {
  const seen: unknown[] = []
  const count = inject([Exchange, Next], async ({ endpoint }, next) => {
    return next({ errors: 'throw' }).catch((error: unknown) => {
      seen.push(error instanceof HttpError && error.code, String(endpoint.route))
      throw error
    })
  })
  const app = new App({
    middleware: [count, crossOriginGuard()],
    routes: [route.post('/', () => {})],
  })
  const headers = { origin: 'null' }
  const response = await app.fetch(new Request('https://shop.example', { method: 'POST', headers }))
  expect([response.status, seen]).toEqual([403, ['CROSS_ORIGIN', 'POST /']])
})

const TRUSTED = ['127.0.0.1']

/** Sends over a socket, with a `Host` as a proxy passes it on. */
async function serve(trustProxy: boolean | string[]) {
  const { app, ran } = world()
  onTestFinished(() => app.close())
  const { port } = await app.listen({ port: 0, hostname: '127.0.0.1', trustProxy })
  const ask = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      const sent = send({ port, host: '127.0.0.1', method: 'POST', headers, agent: false })
      sent.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject)
      sent.end()
    })
  return { ran, ask }
}

test('behind a proxy that ends TLS, trusted or not, the check runs [CS-09]', async () => {
  for (const trustProxy of [false, TRUSTED]) {
    const { ask, ran } = await serve(trustProxy)
    const proxied = { host: 'shop.example', 'x-forwarded-proto': 'https' }
    expect(await ask({ ...proxied, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await ask({ ...proxied, 'sec-fetch-site': 'same-origin' })).toBe(204)
    expect(await ask({ ...proxied, origin: 'https://evil.example' })).toBe(403)
    expect(await ask({ ...proxied, origin: 'https://shop.example:8443' })).toBe(403)
    expect(await ask({ ...proxied, origin: 'https://shop.example' })).toBe(204)
    expect(
      await ask({ ...proxied, host: 'SHOP.example:443', origin: 'https://shop.example' }),
    ).toBe(204)
    expect(ran.filter((one) => one === 'POST')).toHaveLength(3)
  }
})

test('a plain http page passes for its own https only when no proxy is trusted [CS-09]', async () => {
  const page = {
    host: 'shop.example',
    'x-forwarded-proto': 'https',
    origin: 'http://shop.example',
  }
  expect(await (await serve(TRUSTED)).ask(page)).toBe(403)
  expect(await (await serve(false)).ask(page)).toBe(204)
})
