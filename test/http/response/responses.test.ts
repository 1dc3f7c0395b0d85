import { describe, expect, test } from 'vitest'
import { inject, type AnyToken } from '../../../src/di/index.js'
import {
  Hooks,
  App,
  Cookie,
  HttpError,
  Next,
  redirect,
  Reply,
  Route,
  route,
} from '../../../src/http/index.js'

/** Answers `GET /` with a handler. */
async function answer(
  handler: (...injected: never[]) => unknown,
  tokens: readonly AnyToken[] = [],
  init?: RequestInit,
): Promise<Response> {
  const app = new App({
    routes: [route.get('/', inject(tokens, handler))],
    onError: () => {},
  })
  return app.fetch(new Request('http://localhost/', init))
}

const typeOf = (response: Response) => response.headers.get('content-type')

async function* letters() {
  yield 'a'
  yield new Uint8Array([0x62])
}

describe('what a handler returns', () => {
  test('undefined is 204', async () => {
    const response = await answer(() => {})
    expect([response.status, response.body]).toEqual([204, null])
  })

  test('a string is text', async () => {
    const response = await answer(() => 'grüezi')
    expect([response.status, typeOf(response)]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(await response.text()).toBe('grüezi')
  })

  test.each([
    [{ a: 1 }, '{"a":1}'],
    [null, 'null'],
    [0, '0'],
    [false, 'false'],
    [[], '[]'],
  ])('%j is JSON', async (value, text) => {
    const response = await answer(() => Promise.resolve(value))
    expect([response.status, typeOf(response)]).toEqual([200, 'application/json'])
    expect(await response.text()).toBe(text)
  })

  test('bytes are a body', async () => {
    const bytes = new Uint8Array([0, 1, 2, 3])
    for (const value of [bytes, bytes.buffer, new DataView(bytes.buffer), Buffer.from(bytes)]) {
      const response = await answer(() => value)
      expect(typeOf(response)).toBe('application/octet-stream')
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
    }
    const part = await answer(() => bytes.subarray(1, 3))
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(new Uint8Array([1, 2]))
  })

  test('a Blob is a body of its type', async () => {
    const response = await answer(() => new Blob(['<p>'], { type: 'text/html' }))
    expect(typeOf(response)).toBe('text/html')
    expect(await response.text()).toBe('<p>')
  })

  test('streams and async iterables are bodies', async () => {
    expect(await (await answer(() => new Response('x').body)).text()).toBe('x')
    const response = await answer(() => letters())
    expect(typeOf(response)).toBe('application/octet-stream')
    expect(await response.text()).toBe('ab')
  })

  test('an async iterable is ended when the client leaves', async () => {
    const steps: string[] = []
    async function* source() {
      try {
        for (;;) yield 'x'
      } finally {
        steps.push('ended')
      }
    }
    const { body } = await answer(() => source())
    const reader = body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(steps).toEqual(['ended'])
  })

  test('a Response is sent as it is', async () => {
    const own = new Response('teapot', { status: 418, statusText: 'Teapot' })
    const response = await answer(() => own)
    expect([response.status, response.statusText]).toEqual([418, 'Teapot'])
    expect(await response.text()).toBe('teapot')
  })

  test('redirect sends to a path, with 303 unless another status is given', async () => {
    const response = await answer(() => redirect('/next'))
    expect([response.status, response.headers.get('location')]).toEqual([303, '/next'])
    expect((await answer(() => redirect('/next', 308))).status).toBe(308)
    expect(() => redirect('/a\r\nset-cookie: sid=evil')).toThrow(TypeError)
  })

  test('what has no JSON form is a 500', async () => {
    expect((await answer(() => () => {})).status).toBe(500)
    expect((await answer(() => 1n)).status).toBe(500)
    const ring: Record<string, unknown> = {}
    ring['ring'] = ring
    expect((await answer(() => ring)).status).toBe(500)
  })

  test('a Response that was sent before, or cannot be, is a 500 with its reason reported', async () => {
    const reported: unknown[] = []
    const shared = new Response('once')
    const app = new App({
      routes: [route.get('/', () => shared), route.get('/error', () => Response.error())],
      onError: (error) => reported.push((error as Error).message),
    })
    const get = async (path: string) => app.fetch(new Request(`http://localhost${path}`))
    expect(await (await get('/')).text()).toBe('once')
    expect([(await get('/')).status, (await get('/error')).status]).toEqual([500, 500])
    expect(reported).toEqual([
      'A handler returned a Response whose body was already read',
      'A handler returned Response.error(), which cannot be sent',
    ])
  })
})

describe('Reply', () => {
  const replying = (change: (reply: Reply) => unknown) => answer(change, [Reply])

  test('sets status and headers beside a plain value', async () => {
    const response = await replying((reply) => {
      reply.status = 201
      reply.headers.set('location', '/1')
      reply.headers.set('content-type', 'text/html')
      return '<p>'
    })
    expect([response.status, response.headers.get('location')]).toEqual([201, '/1'])
    expect(typeOf(response)).toBe('text/html')
  })

  test('sets the status of undefined, and of values that then have no body', async () => {
    const created = await replying((reply) => void (reply.status = 201))
    expect([created.status, created.body]).toEqual([201, null])
    const unchanged = await replying((reply) => {
      reply.status = 304
      return 'never sent'
    })
    expect([unchanged.status, unchanged.body]).toEqual([304, null])
  })

  test('leaves the status of a Response, and adds to its headers', async () => {
    const response = await replying((reply) => {
      reply.status = 201
      reply.headers.set('x-a', '1')
      return Response.redirect('http://localhost/next', 303)
    })
    expect([response.status, response.headers.get('x-a')]).toEqual([303, '1'])
    expect(response.headers.get('location')).toBe('http://localhost/next')
  })

  test('never writes to a Response that a handler returns each time', async () => {
    const shared = new Response(null, { status: 204 })
    await replying((reply) => {
      reply.cookie(new Cookie('sid', 'of one visitor'))
      return shared
    })
    expect([...shared.headers]).toEqual([])
    expect((await answer(() => shared)).headers.getSetCookie()).toEqual([])
  })

  test('refuses a status that cannot be sent', async () => {
    const reply = new Reply()
    expect(() => (reply.status = 99)).toThrow(RangeError)
    expect(() => (reply.status = 200.5)).toThrow(RangeError)
  })

  test('sends one Set-Cookie per name, domain and path, the last one [CE-12]', async () => {
    const response = await replying((reply) => {
      reply.cookie(new Cookie('a', '1')).cookie(new Cookie('b', '1')).cookie(new Cookie('a', '2'))
      reply.cookie(new Cookie('a', '3', { path: '/shop' }))
    })
    expect(response.headers.getSetCookie()).toEqual([
      'b=1; Path=/; HttpOnly; Secure; SameSite=Lax',
      'a=2; Path=/; HttpOnly; Secure; SameSite=Lax',
      'a=3; Path=/shop; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  test('a Set-Cookie of the same cookie that a Response has gives way [CE-12]', async () => {
    const response = await replying((reply) => {
      reply.cookie(new Cookie('a', '2'))
      const headers = new Headers()
      headers.append('set-cookie', 'a=1; Path=/')
      headers.append('set-cookie', 'b=1; Path=/')
      return new Response('x', { headers })
    })
    expect(response.headers.getSetCookie()).toEqual([
      'b=1; Path=/',
      'a=2; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  test.each([
    ['Accept-Encoding', 'Accept-Encoding, Cookie'],
    ['cookie', 'cookie'],
    ['*', '*'],
  ])('adds to Vary: %s [CE-15]', async (vary, merged) => {
    const response = await replying((reply) => {
      reply.headers.set('vary', 'Cookie')
      return new Response('x', { headers: { vary } })
    })
    expect(response.headers.get('vary')).toBe(merged)
  })

  test('is dropped when the handler fails, except for what hooks set then', async () => {
    const response = await answer(
      (reply: Reply, hooks: Hooks) => {
        reply.cookie(new Cookie('handler', '1'))
        reply.headers.set('x-handler', '1')
        hooks.afterHandler((outcome) => {
          reply.headers.set('x-ok', String(outcome.ok))
          reply.cookie(new Cookie('hook', '1'))
        })
        throw new HttpError(409)
      },
      [Reply, Hooks],
    )
    expect(response.status).toBe(409)
    expect([response.headers.get('x-handler'), response.headers.get('x-ok')]).toEqual([
      null,
      'false',
    ])
    expect(response.headers.getSetCookie()).toEqual([
      'hook=1; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
  })
})

describe('an error', () => {
  test('that is an HttpError is its answer, and is not reported below 500', async () => {
    const reported: unknown[] = []
    const fail = () => {
      throw new HttpError(429, 'Slow down', {
        headers: { 'retry-after': '1', 'content-type': 'text/plain' },
        code: 'too_many',
        cause: new Error('secret'),
      })
    }
    const app = new App({
      routes: [route.get('/', fail)],
      onError: (error) => reported.push(error),
    })
    const response = await app.fetch(new Request('http://localhost/'))
    expect(response.headers.get('retry-after')).toBe('1')
    expect(typeOf(response)).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      title: 'Too Many Requests',
      status: 429,
      detail: 'Slow down',
      code: 'too_many',
    })
    expect(reported).toEqual([])
  })

  test.each([
    [
      'thrown',
      () => {
        throw new Error('secret')
      },
    ],
    ['rejected', () => Promise.reject(new Error('secret'))],
    [
      'thrown and no Error',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- what others' code throws
        throw 'secret'
      },
    ],
  ])('that was %s is a 500 with nothing inside, reported once', async (_, fail) => {
    const reported: unknown[] = []
    const app = new App({
      routes: [route.get('/x/:id', fail)],
      onError: (error, found) =>
        reported.push([error instanceof Error ? error.message : error, found]),
    })
    const response = await app.fetch(new Request('http://localhost/x/1?token=secret'))
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('{"title":"Internal Server Error","status":500}')
    expect(reported).toEqual([['secret', expect.any(Route)]])
  })

  test('of the reporter itself does not break the answer', async () => {
    const fail = () => {
      throw new Error('first')
    }
    const logged: unknown[][] = []
    const original = console.error
    console.error = (...line: unknown[]) => void logged.push(line)
    try {
      const app = new App({
        routes: [route.get('/', fail)],
        onError: () => {
          throw new Error('reporter')
        },
      })
      expect((await app.fetch(new Request('http://localhost/'))).status).toBe(500)
      const standard = new App({ routes: [route.get('/:id', fail)] })
      expect((await standard.fetch(new Request('http://localhost/secret?q=secret'))).status).toBe(
        500,
      )
    } finally {
      console.error = original
    }
    expect(logged.map(([where, error]) => [where, (error as Error).message])).toEqual([
      ['GET / failed:', 'reporter'],
      ['GET /:id failed:', 'first'],
    ])
  })

  test('of a reporter that is asynchronous does not end the process, and is printed', async () => {
    const logged: unknown[][] = []
    const original = console.error
    console.error = (...line: unknown[]) => void logged.push(line)
    try {
      const app = new App({
        routes: [
          route.get('/', () => {
            throw new Error('first')
          }),
        ],
        // oxlint-disable-next-line typescript/no-misused-promises -- what applications do
        onError: () => Promise.reject(new Error('reporter')),
      })
      expect((await app.fetch(new Request('http://localhost/'))).status).toBe(500)
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      console.error = original
    }
    expect(logged.map(([where, error]) => [where, (error as Error).message])).toEqual([
      ['GET / failed:', 'reporter'],
    ])
  })

  test('of a hook becomes the answer, and is reported once', async () => {
    const reported: unknown[] = []
    const app = new App({
      routes: [
        route.get('/', [Hooks], (hooks) => {
          hooks.afterHandler(() => {
            throw new HttpError(503, 'Try again', { headers: { 'retry-after': '1' } })
          })
          return 'lost'
        }),
      ],
      onError: (error) => reported.push(error),
    })
    const response = await app.fetch(new Request('http://localhost/'))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(reported).toHaveLength(1)
  })

  test('HttpError refuses a status that is no error', () => {
    expect(() => new HttpError(200)).toThrow(RangeError)
    expect(() => new HttpError(404.5)).toThrow(RangeError)
    expect(new HttpError(418)).toMatchObject({ name: 'HttpError', message: 'Client Error' })
  })
})

describe('hooks', () => {
  test('may change the headers of any response, and put another in its place', async () => {
    const stamped = await answer(
      (hooks: Hooks) => {
        hooks.afterHandler(({ response }) => response.headers.set('x-hook', '1'))
        return Response.redirect('http://localhost/next', 302)
      },
      [Hooks],
    )
    expect([stamped.status, stamped.headers.get('x-hook')]).toEqual([302, '1'])
    const replaced = await answer(
      (hooks: Hooks, reply: Reply) => {
        hooks.afterHandler((outcome) => {
          outcome.response = Response.redirect('http://localhost/other', 302)
        })
        reply.headers.set('x-reply', '1')
        return 'lost'
      },
      [Hooks, Reply],
    )
    expect([replaced.status, replaced.headers.get('x-reply')]).toEqual([302, '1'])
  })
})

describe('middleware', () => {
  const log: string[] = []
  const traced = (name: string) =>
    inject([Next], async (next) => {
      log.push(`${name} in`)
      const response = await next()
      log.push(`${name} out`)
      response.headers.append('x-trace', name)
      return response
    })

  test("runs around the handler, the first outermost, the route's own inside", async () => {
    const app = new App({
      middleware: [traced('one'), traced('two')],
      routes: [route.get('/', () => void log.push('handler'), { middleware: [traced('own')] })],
    })
    const response = await app.fetch(new Request('http://localhost/'))
    expect(log).toEqual(['one in', 'two in', 'own in', 'handler', 'own out', 'two out', 'one out'])
    expect([response.status, response.headers.get('x-trace')]).toEqual([204, 'own, two, one'])
  })

  test('answers by itself when it does not go on, and may catch what the handler throws', async () => {
    const refuse = inject([Request, Next], (request, next) =>
      request.headers.has('authorization') ? next() : new Response('who?', { status: 401 }),
    )
    const rescue = inject([Next], async (next) => {
      try {
        return await next()
      } catch (error) {
        return `rescued ${(error as Error).message}`
      }
    })
    const fail = () => {
      throw new Error('handler')
    }
    const app = new App({ middleware: [rescue, refuse], routes: [route.get('/', fail)] })
    const request = (headers?: Record<string, string>) =>
      app.fetch(new Request('http://localhost/', headers ? { headers } : {}))
    expect((await request()).status).toBe(401)
    expect(await (await request({ authorization: 'x' })).text()).toBe('rescued handler')
  })

  test('asks for Next by type', async () => {
    const log: string[] = []
    const named = inject([Next], async (next: Next) => {
      log.push('before')
      return next()
    })
    const app = new App({ middleware: [named], routes: [route.get('/', () => 'x')] })
    expect(await (await app.fetch(new Request('http://localhost/'))).text()).toBe('x')
    expect(log).toEqual(['before'])
  })
})

describe('afterResponse hooks', () => {
  const watching = async (make: () => unknown) => {
    const log: string[] = []
    const response = await answer(
      (hooks: Hooks) => {
        hooks.afterResponse(({ ok }) => void log.push(`finished ${ok}`))
        return make()
      },
      [Hooks],
    )
    return { response, log }
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  test('run after the last byte was taken', async () => {
    const { response, log } = await watching(() => letters())
    const reader = response.body!.getReader()
    await reader.read()
    await reader.read()
    expect(log).toEqual([])
    expect((await reader.read()).done).toBe(true)
    await settled()
    expect(log).toEqual(['finished true'])
  })

  test('run when the client leaves', async () => {
    const { response, log } = await watching(() => letters())
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await settled()
    expect(log).toEqual(['finished true'])
  })

  test('run when the body fails, with the error [HT-11]', async () => {
    async function* failing() {
      yield 'a'
      throw new Error('source')
    }
    const { response, log } = await watching(() => failing())
    await expect(response.text()).rejects.toThrow('source')
    await settled()
    expect(log).toEqual(['finished false'])
  })

  test('run at once when there is no body, and when HEAD leaves it out', async () => {
    const { log } = await watching(() => undefined)
    await settled()
    expect(log).toEqual(['finished true'])
    const head: string[] = []
    const handler = (hooks: Hooks) => {
      hooks.afterResponse(() => void head.push('finished'))
      return 'body'
    }
    await answer(handler, [Hooks], { method: 'HEAD' })
    await settled()
    expect(head).toEqual(['finished'])
  })
})
