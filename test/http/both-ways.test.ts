import { STATUS_CODES } from 'node:http'
import { connect, Socket } from 'node:net'
import { serve } from 'srvx'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { inject } from '../../src/di/index.js'
import { Hooks, App, Cookie, HttpError, Next, Query, Reply, route } from '../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../src/sessions/index.js'
import { Wire } from './under-fire/wire.js'

/**
 * A response must not depend on whether `listen` or srvx writes it to the socket. The same application is served
 * both ways, and the responses are compared byte by byte.
 */
const application = (): App =>
  new App({
    components: [sessions(new MemoryStore({ name: 'sid' }))],
    onError: () => {},
    routes: Object.entries(handlers).map(([name, handler]) => [
      route.get(`/${name}`, handler),
      route.post(`/${name}`, handler),
    ]),
  })

const bytes = (text: string) => new TextEncoder().encode(text)

const handlers = {
  text: inject([], () => 'text'),
  empty: inject([], () => ''),
  beyondAscii: inject([], () => 'größer als 1 € 🎉'),
  long: inject([], () => 'x'.repeat(200_000)),
  json: inject([], () => ({ a: [1, 'ü'] })),
  number: inject([], () => 7),
  nothing: inject([], () => undefined),
  later: inject([], async () => 'later'),
  bytes: inject([], () => bytes('bytes')),
  blob: inject([], () => new Blob(['blob'], { type: 'text/css' })),
  stream: inject([], () => new Response('stream').body),
  response: inject([], () => new Response('own', { status: 201, headers: { 'x-own': '1' } })),
  redirect: inject([], () => Response.redirect('http://localhost/next', 302)),
  fails: inject([], () => {
    throw new Error('not shown')
  }),
  refuses: inject([], () => {
    throw new HttpError(503, 'not now', { headers: { 'Retry-After': '1' } })
  }),
  badInput: inject([Query('n', Number)], (n) => n),
  status: inject([Reply], (reply) => {
    reply.status = 202
    return 'accepted'
  }),
  notModified: inject([Reply], (reply) => {
    reply.status = 304
    return 'not sent'
  }),
  replyHeaders: inject([Reply], (reply) => {
    reply.headers.set('Cache-Control', 'max-age=60')
    reply.headers.append('vary', 'Accept')
    reply.headers.set('content-type', 'text/html')
    return '<p>'
  }),
  replyCookies: inject([Reply], (reply) => {
    reply.cookie(new Cookie('a', '1')).cookie(new Cookie('b', 'ü;"')).cookie(new Cookie('a', '2'))
    return 'two cookies'
  }),
  hookReads: inject([Hooks], (hooks) => {
    hooks.afterHandler(({ response }) => response.headers.set('x-length', `${response.status}`))
    return 'hooked'
  }),
  hookReplaces: inject([Hooks], (hooks) => {
    hooks.afterHandler((outcome) => {
      outcome.response = new Response('other', { status: 418 })
    })
    return 'replaced'
  }),
  hookLooksInside: inject([Hooks], (hooks) => {
    hooks.afterHandler(async (outcome) => {
      const text = await outcome.response.clone().text()
      outcome.response.headers.set('x-text', text)
    })
    return 'inside'
  }),
  afterResponse: inject([Hooks], (hooks) => {
    hooks.afterResponse(() => {})
    return 'and then'
  }),
  reads: inject([Session], (session) => `${session.get('count') ?? 'none'}`),
  writes: inject([Session], (session) => {
    session.set('count', 1)
    return 'written'
  }),
  writesAndCaches: inject([Session, Reply], (session, reply) => {
    session.set('count', 1)
    reply.headers.set('cache-control', 'public')
    return 'written'
  }),
  writesAndFails: inject([Session], (session) => {
    session.set('count', 1)
    throw new HttpError(409, 'too late')
  }),
  writesByResponse: inject([Session], (session) => {
    session.set('count', 1)
    return new Response('own', { headers: { vary: 'Accept', 'cache-control': 'private' } })
  }),
}

const app = application()
let ports: Record<'listen' | 'srvx', number>
let close: () => Promise<void>

beforeAll(async () => {
  const where = { port: 0, hostname: '127.0.0.1' }
  const general = serve({ ...where, fetch: app.fetch, silent: true, gracefulShutdown: false })
  await general.ready()
  const server = await app.listen(where)
  ports = { listen: server.port, srvx: Number(new URL(general.url!).port) }
  close = async () => {
    await Promise.all([app.close(), general.close(true)])
  }
})
afterAll(() => close())

async function ask(way: keyof typeof ports, method: string, path: string): Promise<string> {
  const wire = new Wire(connect(ports[way], '127.0.0.1'))
  const head = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close']
  const response = await wire.send(...head, '', '').rest()
  // srvx writes no reason phrase; Node's own is what `listen` has to write.
  const named = response.replace(/^HTTP\/1\.1 (\d{3}) (?=\r)/, (line, status: string) =>
    way === 'srvx' ? `${line}${STATUS_CODES[status]}` : line,
  )
  return named.replace(/\r\nDate: [^\r]+/i, '').replace(/sid=[\w-]{43}/, 'sid=…')
}

const paths = [
  ...Object.keys(handlers).map((name) => `/${name}`),
  '/absent',
  '/text/',
  '//',
  '/%E0',
]
const cases = ['GET', 'HEAD', 'POST', 'OPTIONS', 'TRACE'].flatMap((method) =>
  paths.map((path) => [method, path] as const),
)

test.each(cases)('%s %s gets the same response both ways', async (method, path) => {
  const responses = await Promise.all([ask('listen', method, path), ask('srvx', method, path)])
  expect(responses[0]).toMatch(/^HTTP\/1\.1 \d{3} \w/)
  expect(responses[0]).toBe(responses[1])
})

test('a response that only a middleware has changed is sent as changed', async () => {
  const marked = inject([Next], async (next) => {
    const response = await next()
    response.headers.set('x-marked', 'yes')
    return response
  })
  const other = new App({ routes: [route.get('/', () => 'text')], middleware: [marked] })
  const server = await other.listen({ port: 0, hostname: '127.0.0.1' })
  const response = await fetch(server.url)
  expect([response.headers.get('x-marked'), await response.text()]).toEqual(['yes', 'text'])
  await server.close()
})

test.each(['body', 'arrayBuffer', 'blob', 'formData', 'json', 'text'] as const)(
  'a response whose body a middleware has used up by %s is not sent as if it had not',
  async (member) => {
    const reading = inject([Next], async (next) => {
      const response = await next()
      await (member === 'body' ? response.body?.cancel() : response[member]().catch(() => {}))
      return response
    })
    const other = new App({ routes: [route.get('/', () => 'text')], middleware: [reading] })
    onTestFinished(() => other.close())
    const { port } = await other.listen({ port: 0, hostname: '127.0.0.1' })
    const wire = new Wire(connect(port, '127.0.0.1')).send('GET / HTTP/1.0', '', '')
    expect(await wire.rest()).not.toMatch(/text$/)
  },
)

test('head and text leave in one chunk', async () => {
  const gathered = vi.spyOn(Socket.prototype as unknown as { _writev(): void }, '_writev')
  onTestFinished(() => gathered.mockRestore())
  for (const path of ['/text', '/beyondAscii', '/nothing']) await ask('listen', 'GET', path)
  expect(gathered).not.toHaveBeenCalled()
})
