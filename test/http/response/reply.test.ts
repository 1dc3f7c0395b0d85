import { describe, expect, test } from 'vitest'
import { App, Cookie, Hooks, HttpError, Reply, route } from '../../../src/http/index.js'
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

  test('once its headers were looked at, has what was set before and after, each header once', async () => {
    const response = await replying((reply) => {
      reply.set('x-before', '1')
      reply.vary('Cookie')
      expect(reply.headers.has('x-before')).toBe(true)
      reply.set('x-before', '2')
      reply.set('x-after', '1')
      reply.set('x-after', '2')
      for (const name of ['Accept', 'ACCEPT', 'cookie', 'Origin']) reply.vary(name)
      return new Response('x', { headers: { vary: 'origin, Accept-Encoding', 'x-after': '0' } })
    })
    const { headers } = response
    expect([headers.get('x-before'), headers.get('x-after')]).toEqual(['2', '2'])
    expect(headers.get('vary')).toBe('origin, Accept-Encoding, Cookie, Accept')
  })

  test('once its headers were looked at, sends each Set-Cookie, and none twice', async () => {
    const response = await replying((reply) => {
      reply.set('set-cookie', 'own=0')
      reply.headers.append('set-cookie', 'own=1; Path=/a')
      reply.headers.append('set-cookie', 'own=2; Path=/b')
      reply.cookie(new Cookie('b', '1'))
      return 'text'
    })
    expect(response.headers.getSetCookie()).toEqual([
      'own=0',
      'own=1; Path=/a',
      'own=2; Path=/b',
      'b=1; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  test.each([
    'a=1; Path=/shop',
    'a=1; Path=/; Domain=shop.example',
    'a=1; Path=/; Domain=other.example',
    'A=1; Path=/',
    'ab=1',
  ])('leaves a cookie of a Response that is another one in browsers: %s [CE-12]', async (other) => {
    const response = await replying((reply) => {
      reply.cookie(new Cookie('a', '2'))
      return new Response('x', { headers: { 'set-cookie': other } })
    })
    expect(response.headers.getSetCookie()).toEqual([
      other,
      'a=2; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  test.each(['a=1; Path=/', 'a=1', 'a=1; path=/; HttpOnly', 'a=; Max-Age=0', 'a="1"; Secure'])(
    'replaces the same cookie of a Response, however it is written: %s [CE-12]',
    async (same) => {
      const response = await replying((reply) => {
        reply.cookie(new Cookie('a', '2'))
        return new Response('x', { headers: { 'set-cookie': same } })
      })
      expect(response.headers.getSetCookie()).toEqual([
        'a=2; Path=/; HttpOnly; Secure; SameSite=Lax',
      ])
    },
  )

  test.each(['.Shop.example', 'SHOP.example', 'shop.example'])(
    'replaces the cookie of a Response for %s, which is one domain [CE-12]',
    async (domain) => {
      const response = await replying((reply) => {
        reply.cookie(new Cookie('a', '2', { domain: 'shop.example' }))
        return new Response('x', { headers: { 'set-cookie': `a=1; Domain=${domain}` } })
      })
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect(response.headers.getSetCookie()[0]).toMatch(/^a=2;/)
    },
  )

  test('the lines of one response are not those of the next', async () => {
    let visits = 0
    const app = new App({
      routes: [
        route.get('/', [Reply], (reply) => {
          visits++
          reply.set(`x-visit-${visits}`, 'here')
          reply.cookie(new Cookie(`visit-${visits}`, 'here'))
          if (visits === 2) reply.headers.set('x-opened', 'yes')
          return 'text'
        }),
      ],
    })
    for (const visit of [1, 2, 3]) {
      const response = await app.fetch(new Request('http://localhost/'))
      const names = [...response.headers.keys()].filter((name) => /visit|opened/.test(name))
      expect(names).toEqual(visit === 2 ? ['x-opened', 'x-visit-2'] : [`x-visit-${visit}`])
      expect(response.headers.getSetCookie()).toHaveLength(1)
    }
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
