import { describe, expect, test } from 'vitest'
import { Hooks } from '../../../src/http/index.js'
import { Cookie, HttpError, Reply } from '../../../src/http/index.js'
import { responseOf } from './response-of.js'

const typeOf = (response: Response) => response.headers.get('content-type')

describe('Reply', () => {
  const replying = (change: (reply: Reply) => unknown) => responseOf(change, [Reply])

  test('sets status and headers for a plain value', async () => {
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
    expect((await responseOf(() => shared)).headers.getSetCookie()).toEqual([])
  })

  test('rejects a status that cannot be sent', async () => {
    const reply = new Reply()
    expect(() => (reply.status = 99)).toThrow(RangeError)
    expect(() => (reply.status = 200.5)).toThrow(RangeError)
    expect(() => (reply.status = 600)).toThrow(RangeError)
    reply.status = 599
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

  test('its cookie replaces the same cookie of a Response [CE-12]', async () => {
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

  test('is dropped when the handler fails, except for what hooks set afterwards', async () => {
    const response = await responseOf(
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
