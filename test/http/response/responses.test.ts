import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { Hooks, App, Next, redirect, Reply, route } from '../../../src/http/index.js'
import { responseOf } from './response-of.js'

const typeOf = (response: Response) => response.headers.get('content-type')

async function* letters() {
  yield 'a'
  yield new Uint8Array([0x62])
}

describe('what a handler returns', () => {
  test('undefined is 204', async () => {
    const response = await responseOf(() => {})
    expect([response.status, response.body]).toEqual([204, null])
  })

  test('a string is text', async () => {
    const response = await responseOf(() => 'grüezi')
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
    const response = await responseOf(() => Promise.resolve(value))
    expect([response.status, typeOf(response)]).toEqual([200, 'application/json'])
    expect(await response.text()).toBe(text)
  })

  test('bytes are a body', async () => {
    const bytes = new Uint8Array([0, 1, 2, 3])
    for (const value of [bytes, bytes.buffer, new DataView(bytes.buffer), Buffer.from(bytes)]) {
      const response = await responseOf(() => value)
      expect(typeOf(response)).toBe('application/octet-stream')
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
    }
    const part = await responseOf(() => bytes.subarray(1, 3))
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(new Uint8Array([1, 2]))
  })

  test('a Blob is a body of its type', async () => {
    const response = await responseOf(() => new Blob(['<p>'], { type: 'text/html' }))
    expect(typeOf(response)).toBe('text/html')
    expect(await response.text()).toBe('<p>')
  })

  test('streams and async iterables are bodies', async () => {
    expect(await (await responseOf(() => new Response('x').body)).text()).toBe('x')
    const response = await responseOf(() => letters())
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
    const { body } = await responseOf(() => source())
    const reader = body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(steps).toEqual(['ended'])
  })

  test('a Response is sent as it is', async () => {
    const own = new Response('teapot', { status: 418, statusText: 'Teapot' })
    const response = await responseOf(() => own)
    expect([response.status, response.statusText]).toEqual([418, 'Teapot'])
    expect(await response.text()).toBe('teapot')
  })

  test('redirect sends to a path, with 303 unless another status is given', async () => {
    const response = await responseOf(() => redirect('/next'))
    expect([response.status, response.headers.get('location')]).toEqual([303, '/next'])
    expect((await responseOf(() => redirect('/next', 308))).status).toBe(308)
    expect(() => redirect('/a\r\nset-cookie: sid=evil')).toThrow(TypeError)
  })

  test('a value without a JSON form is a 500', async () => {
    expect((await responseOf(() => () => {})).status).toBe(500)
    expect((await responseOf(() => 1n)).status).toBe(500)
    const ring: Record<string, unknown> = {}
    ring['ring'] = ring
    expect((await responseOf(() => ring)).status).toBe(500)
  })

  test('a Response that was sent before, or cannot be sent, is a 500, and the reason is reported', async () => {
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

describe('hooks', () => {
  test('may change the headers of any response, or replace it', async () => {
    const stamped = await responseOf(
      (hooks: Hooks) => {
        hooks.afterHandler(({ response }) => response.headers.set('x-hook', '1'))
        return Response.redirect('http://localhost/next', 302)
      },
      [Hooks],
    )
    expect([stamped.status, stamped.headers.get('x-hook')]).toEqual([302, '1'])
    const replaced = await responseOf(
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

  test('responds itself when it does not call next, and may catch the error of the handler', async () => {
    const refuse = inject([Request, Next], (request, next) =>
      request.headers.has('authorization') ? next() : new Response('who?', { status: 401 }),
    )
    const rescue = inject([Next], async (next) => {
      try {
        return await next({ errors: 'throw' })
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
