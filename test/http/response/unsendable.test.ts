import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { Hooks, HttpError, Next, redirect, Reply, route } from '../../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../../src/sessions/index.js'
import { serve } from '../under-fire/wire.js'
import { open, ways } from './ways.js'

const locations: [given: string, sent: string][] = [
  ['/p/東京', '/p/%E6%9D%B1%E4%BA%AC'],
  ['/café?q=ü#é', '/caf%C3%A9?q=%C3%BC#%C3%A9'],
  ['/a b"<>^`{|}', '/a%20b%22%3C%3E%5E%60%7B%7C%7D'],
  ['/already%20done?a=%C3%BC&b=[1]', '/already%20done?a=%C3%BC&b=[1]'],
  ['/100%', '/100%25'],
  ['/🎉', '/%F0%9F%8E%89'],
  ['/half \ud83c pair', '/half%20%EF%BF%BD%20pair'],
  ['/\\evil.example', '/%5Cevil.example'],
  ['https://münchen.example/ü', 'https://xn--mnchen-3ya.example/%C3%BC'],
  ['https://other.example/ü', 'https://other.example/%C3%BC'],
  ['../up?next=/a', '../up?next=/a'],
]

describe.each(ways)('redirect, by %s', (way) => {
  test.each(locations)('to %j is sent as %j [B5]', async (given, sent) => {
    const { ask } = await open(way, { routes: [route.get('/', () => redirect(given))] })
    const response = await ask('/')
    expect([response.status, response.headers.get('location')]).toEqual([303, sent])
  })

  test.each(['/a\r\nset-cookie: a=1', '/a\nb', '/a\tb', '/\0', '/\x7f'])(
    'to %j is refused where it is given [B5] [B6]',
    async (given) => {
      const { ask, failures } = await open(way, {
        routes: [route.get('/', () => redirect(given, 302))],
      })
      expect((await ask('/')).status).toBe(500)
      expect(String(failures)).toContain('redirect: the location has a control character')
    },
  )
})

const bad = ['a\r\nset-cookie: b=1', 'a\nb', '東京', 'a\u0001b', 'a\u007fb', 'a\0b']

describe.each(ways)('a header that cannot be sent, by %s', (way) => {
  test.each(bad)('is refused by HttpError, and told to onError: %j [B6]', async (content) => {
    const { ask, failures } = await open(way, {
      routes: [
        route.get('/', () => {
          throw new HttpError(401, 'secret detail', { headers: { 'www-authenticate': content } })
        }),
      ],
    })
    const response = await ask('/')
    expect([response.status, response.headers.get('set-cookie')]).toEqual([500, null])
    expect(failures).toHaveLength(1)
    expect(String(failures[0])).toMatch(/HttpError: the header "www-authenticate" cannot be sent/)
    expect(String(failures[0])).not.toContain(content)
  })

  test('has a name that is a token, in HttpError too [B6]', () => {
    for (const name of ['a b', 'a:', '', 'ü', 'a\r\nb'])
      expect(() => new HttpError(400, undefined, { headers: { [name]: '1' } })).toThrow(
        /^HttpError: the header .* cannot be sent/,
      )
  })

  test.each(bad)(
    'fails the handler that gives it to Reply or Response: %j [B6]',
    async (content) => {
      const { ask, failures } = await open(way, {
        components: [sessions(new MemoryStore({ name: 'sid' }))],
        routes: [
          route.get('/reply', [Reply, Session], (reply, session) => {
            session.set('a', 1)
            reply.headers.set('x-a', content)
            return 'text'
          }),
          route.get('/response', [Session], (session) => {
            session.set('a', 1)
            return new Response('text', { headers: { 'x-a': content } })
          }),
          route.get('/fetched', [Session], (session) => {
            session.set('a', 1)
            return { status: 200, headers: [['x-a', content]], body: null, arrayBuffer() {} }
          }),
        ],
      })
      for (const [index, path] of ['/reply', '/response', '/fetched'].entries()) {
        const response = await ask(path)
        expect([path, response.status]).toEqual([path, 500])
        expect(response.headers.getSetCookie().join()).toMatch(/^sid=[^,]*$/)
        expect(failures).toHaveLength(index + 1)
      }
    },
  )

  test('that a middleware or a hook sets is a 500 that onError hears of, with the cookie of the session [B6]', async () => {
    const late = inject([Next], async (next) => {
      const response = await next()
      response.headers.set('x-late', 'a\u0001b')
      return response
    })
    const { ask, failures } = await open(way, {
      components: [sessions(new MemoryStore({ name: 'sid' }))],
      routes: [
        route.get('/middleware', [Session], (session) => session.set('a', 1), {
          middleware: [late],
        }),
        route.get('/hook', [Session, Hooks], (session, hooks) => {
          session.set('a', 1)
          hooks.afterHandler(({ response }) => response.headers.set('x-late', 'a\u0001b'))
        }),
        route.get('/replaced', [Session, Hooks], (session, hooks) => {
          session.set('a', 1)
          hooks.afterHandler((outcome) => {
            outcome.response = new Response('x', { headers: { 'x-late': 'a\u0001b' } })
          })
        }),
      ],
    })
    for (const path of ['/middleware', '/hook', '/replaced']) {
      const response = await ask(path)
      expect([path, response.status]).toEqual([path, 500])
      expect(response.headers.get('x-late')).toBe(null)
      expect(response.headers.getSetCookie().join()).toMatch(/^sid=/)
    }
    expect(failures).toHaveLength(3)
  })
})

test('letters of Latin-1 are sent as they are [B6]', async () => {
  const { ask } = await serve({
    routes: [route.get('/', () => new Response('x', { headers: { 'x-a': 'Zürich' } }))],
  })
  expect(await ask('GET / HTTP/1.1', 'Host: a', 'Connection: close')).toContain('x-a: Zürich')
})

test('the reason phrase is that of the status, or the one of the Response [B6]', async () => {
  const { ask } = await serve({
    routes: [
      route.get('/text', () => 'x'),
      route.get('/none', () => undefined),
      route.get('/response', () => new Response('x', { status: 201 })),
      route.get('/own', () => new Response('x', { status: 418, statusText: 'Short and stout' })),
      route.get('/odd', () => new Response('x', { status: 299 })),
      route.get('/stream', () => new Response('x').body),
      route.get('/gone', () => {
        throw new HttpError(410)
      }),
    ],
  })
  const first = async (path: string): Promise<string> =>
    (await ask(`GET ${path} HTTP/1.1`, 'Host: a', 'Connection: close')).split('\r\n')[0]!
  const paths = ['/text', '/none', '/response', '/own', '/odd', '/stream', '/gone', '/absent']
  expect(await Promise.all(paths.map(first))).toEqual([
    'HTTP/1.1 200 OK',
    'HTTP/1.1 204 No Content',
    'HTTP/1.1 201 Created',
    'HTTP/1.1 418 Short and stout',
    'HTTP/1.1 299 unknown',
    'HTTP/1.1 200 OK',
    'HTTP/1.1 410 Gone',
    'HTTP/1.1 404 Not Found',
  ])
})
