import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { App, Body, Cookie, Cookies, Param, Reply, route } from '../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../src/sessions/index.js'
import { Wire } from '../http/under-fire/wire.js'
import { FUZZ_TIMEOUT, headerText, isPrototypeClean, mutated, runs, text } from './runs.js'

/** Milliseconds after which a response counts as hanging. */
const HANGS = 10_000

/** What a handler does in one request. */
interface Plan {
  readonly status: number | undefined
  readonly headers: readonly (readonly [name: string, content: string])[]
  readonly cookies: readonly (readonly [name: string, content: string])[]
  readonly returns: unknown
}

describe('whatever a handler returns and a visitor sends', { timeout: FUZZ_TIMEOUT }, () => {
  test('a bare 500 was told to onError, fetch never rejects, and no header goes to another visitor', async () => {
    const world = await opened()
    const { app, port, plans, errors } = world
    let visitor = 0
    await fc.assert(
      fc.asyncProperty(plan, request, async (planned, sent) => {
        for (const send of [byFetch(app), byWire(port)]) {
          const id = `visitor-${++visitor}`
          plans.set(id, planned)
          errors.length = 0
          const response = await within(send(id, sent))
          plans.delete(id)
          if (!response) continue
          expect(response.status === 500 && errors.length === 0).toBe(false)
          // What belongs to one visitor has their number in it.
          const numbers = [...response.head.matchAll(/visitor-\d+/g)].map(([found]) => found)
          expect(numbers.filter((found) => found !== id)).toEqual([])
          expect(isPrototypeClean()).toBe(true)
        }
      }) as never,
      runs(150),
    )
    const last = await byWire(port)('visitor-0', {
      method: 'GET',
      target: '/plain',
      lines: [],
      body: '',
    })
    expect(last?.status).toBe(200)
  })

  test('requests in one piece get as many responses as there are, in order, or the connection ends', async () => {
    const { port, errors } = await opened()
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 4 }), async (all) => {
        const wire = new Wire(connect(port, '127.0.0.1'))
        for (const [index, sent] of all.entries()) wire.send(headOf(`visitor-${index}`, sent))
        wire.socket.end()
        const received = await within(wire.rest())
        const numbers = [...received.matchAll(/^x-visitor: visitor-(\d+)\r$/gm)].map(([, n]) =>
          Number(n),
        )
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
        expect(new Set(numbers).size).toBe(numbers.length)
        expect(errors).toEqual([])
      }) as never,
      runs(100),
    )
  })
})

/** Names that mean something on the wire, and others. */
const headerName = fc.oneof(
  fc.constantFrom('x-own', 'vary', 'etag', 'cache-control', 'content-type', 'link', 'set-cookie'),
  fc.constantFrom('__proto__', 'constructor', 'x\r\ny', '', 'ü', 'x y'),
)

const content = fc.oneof(headerText, text, fc.constantFrom('a\r\nx-evil: 1', '\0', 'ü', ''))

const returned = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 2 }),
  fc.uint8Array({ maxLength: 50 }),
  fc.constantFrom<unknown>(
    undefined,
    null,
    Number.NaN,
    1n,
    Symbol('s'),
    () => 'f',
    new Map([[1, 2]]),
  ),
  fc.tuple(fc.constantFrom(200, 201, 204, 304, 404, 503, 599), text).map(
    ([status, body]) =>
      () =>
        new Response(status === 204 || status === 304 ? null : body, { status }),
  ),
  fc.array(fc.oneof(text, fc.uint8Array({ maxLength: 9 })), { maxLength: 4 }).map(
    (chunks) => () =>
      (async function* () {
        yield* chunks
      })(),
  ),
)

const plan: fc.Arbitrary<Plan> = fc.record({
  status: fc.oneof(
    fc.constant(undefined),
    // A 500 that the handler asks for is its own.
    fc.integer({ min: 195, max: 602 }).filter((status) => status !== 500),
  ),
  headers: fc.array(fc.tuple(headerName, content), { maxLength: 3 }),
  cookies: fc.array(fc.tuple(fc.oneof(fc.constantFrom('a', 'b'), text), content), { maxLength: 2 }),
  returns: returned,
})

interface Sent {
  readonly method: string
  readonly target: string
  readonly lines: readonly string[]
  readonly body: string
}

const target = fc.oneof(
  fc.constantFrom(
    '/plain',
    '/name/a%2Fb',
    '/name/%00',
    '/json',
    '//',
    '/%',
    '/a/../plain',
    '/plain#x',
  ),
  mutated('/name/caf%C3%A9?x=1&y=\\', headerText),
  fc.constantFrom('http://shop.test/plain', 'http://other.test\\plain', '*', '/\\plain'),
)

const line = fc.oneof(
  fc.constantFrom(
    'Cookie: __Host-session=abc; a=b',
    'Content-Type: application/json',
    'Content-Type: multipart/form-data; boundary=x',
    'Content-Type: text/plain; charset=x',
    'Content-Encoding: gzip',
    'Accept: text/html',
    'Connection: close',
    'Upgrade: h2c',
    'Expect: 100-continue',
    'TE: trailers',
    'Range: bytes=0-1',
    'If-None-Match: *',
    'X-Forwarded-For: 1.2.3.4, x',
  ),
  headerText.map((given) => `X-Any: ${given}`),
  mutated('Cookie: __Host-session=abc; a="b"', headerText).filter((given) => given.includes(':')),
)

const request: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
  target,
  lines: fc.array(line, { maxLength: 4 }),
  body: fc.oneof(fc.constantFrom('', '{"a":1}', '{"a":', '--x\r\n', '[[[[', '\0'), headerText),
})

async function opened() {
  const errors: unknown[] = []
  const plans = new Map<string, Plan>()
  const act = (id: string | undefined, reply: Reply): unknown => {
    reply.headers.set('x-visitor', id ?? 'visitor-none')
    reply.cookie(new Cookie('id', id ?? 'visitor-none'))
    const planned = plans.get(id ?? '')
    if (!planned) return 'nothing planned'
    if (planned.status !== undefined) reply.status = planned.status
    for (const [name, given] of planned.headers) reply.headers.append(name, given)
    for (const [name, given] of planned.cookies) reply.cookie(new Cookie(name, given))
    return typeof planned.returns === 'function'
      ? (planned.returns as () => unknown)()
      : planned.returns
  }
  const own = (headers: Headers): string | undefined => headers.get('x-id')?.split(', ').at(-1)
  const app = new App({
    components: [sessions(new MemoryStore(), { onWarning: () => {} })],
    onError: (error) => void errors.push(error),
    routes: ['GET', 'POST', 'PUT'].flatMap((method) => {
      const add = { GET: route.get, POST: route.post, PUT: route.put }[method]!
      return [
        add('/plain', [Headers, Reply], (headers, reply) => act(own(headers), reply)),
        add(
          '/name/:name',
          [Headers, Reply, Param('name'), Session],
          (headers, reply, name, session) => {
            session.set('name', name)
            return act(own(headers), reply)
          },
        ),
        add('/json', [Headers, Reply, Cookies, Body()], (headers, reply) =>
          act(own(headers), reply),
        ),
      ]
    }),
  })
  const rejections = (error: unknown): void => void errors.push(error)
  process.on('unhandledRejection', rejections)
  onTestFinished(async () => {
    process.off('unhandledRejection', rejections)
    await app.close()
  })
  const { port } = await app.listen({ port: 0, hostname: '127.0.0.1', drainTimeout: 100 })
  return { app, port, plans, errors }
}

interface Received {
  readonly status: number
  readonly head: string
}

type Send = (id: string, sent: Sent) => Promise<Received | undefined>

function byFetch(app: App): Send {
  return async (id, { method, target: path, lines, body }) => {
    const made = requestOf(id, method, path, lines, body)
    if (!made) return undefined
    const response = await app.fetch(made)
    // A stream may fail on its way; what it was is told by its head.
    await response.text().catch(() => '')
    return { status: response.status, head: JSON.stringify([...response.headers]) }
  }
}

function byWire(port: number): Send {
  return async (id, sent) => {
    const wire = new Wire(connect(port, '127.0.0.1')).send(headOf(id, sent))
    wire.socket.end()
    const received = await wire.rest()
    const [head = ''] = received.split('\r\n\r\n')
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head }
  }
}

/** The bytes of a request, with a length where there is a body. */
function headOf(id: string, { method, target: path, lines, body }: Sent): string {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: shop.test', ...lines, `X-Id: ${id}`]
  return [...head, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, '', body].join('\r\n')
}

/** `undefined` when no `Request` can be made of it. */
function requestOf(
  id: string,
  method: string,
  path: string,
  lines: readonly string[],
  body: string,
) {
  try {
    const headers = new Headers()
    for (const each of [...lines, `X-Id: ${id}`]) {
      const [name = '', ...rest] = each.split(':')
      headers.append(name, rest.join(':').trim())
    }
    const url = path.startsWith('/') ? `http://shop.test${path}` : path
    const hasBody = method !== 'GET' && method !== 'HEAD'
    return new Request(url, { method, headers, ...(hasBody && { body }) })
  } catch {
    return undefined
  }
}

/** Rejects when nothing comes for ten seconds. */
async function within<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no response')), HANGS)
  })
  return Promise.race([work, hangs]).finally(() => clearTimeout(timer))
}
