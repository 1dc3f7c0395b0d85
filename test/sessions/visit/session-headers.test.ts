import { describe, expect, it } from 'vitest'
import { Reply, route } from '../../../src/http/index.js'
import { CookieStore, Session, type CookieStoreOptions } from '../../../src/sessions/index.js'
import { newSecret } from '../secrets.js'
import { sessionApp } from '../session-app.js'

describe('what a session does to caching', () => {
  const answering = (headers: Record<string, string>, path: 'write' | 'read' = 'write') =>
    route.post('/answer', [Session], (session) => {
      if (path === 'write') session.set('user', 'ada')
      return new Response('x', { headers })
    })

  it('no-store goes with its cookie, whatever the application said [CE-13]', async () => {
    const { client } = sessionApp({
      routes: [answering({ 'cache-control': 'public, s-maxage=60' })],
    })
    const response = await client.post('/answer')
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('also when the application said it by Reply [CE-13]', async () => {
    const { client } = sessionApp({
      routes: [
        route.post('/answer', [Session, Reply], (session, reply) => {
          session.set('user', 'ada')
          reply.headers.set('cache-control', 'public')
        }),
      ],
    })
    expect((await client.post('/answer')).headers.get('cache-control')).toBe('no-store')
  })

  it('no-store is on the page of a known visitor, unless the application says otherwise [LO-09]', async () => {
    const { client } = sessionApp({ routes: [answering({ 'cache-control': 'private' }, 'read')] })
    expect((await client.get('/read')).headers.get('cache-control')).toBeNull()
    await client.post('/write')
    expect((await client.get('/read')).headers.get('cache-control')).toBe('no-store')
    expect((await client.post('/answer')).headers.get('cache-control')).toBe('private')
  })

  it.each([
    [undefined, 'Cookie'],
    ['Accept-Encoding', 'Accept-Encoding, Cookie'],
    ['cookie', 'cookie'],
    ['*', '*'],
  ])('Vary %s becomes %s [CE-15]', async (given, expected) => {
    const { client } = sessionApp({ routes: [answering(given ? { vary: given } : {}, 'read')] })
    expect((await client.post('/answer')).headers.get('vary')).toBe(expected)
  })
})

describe('a Secure cookie over plain http', () => {
  const writeTo = async (url: string, options: CookieStoreOptions = { secret: newSecret() }) => {
    const reported: string[] = []
    const { app } = sessionApp({
      store: new CookieStore(options),
      policy: { onWarning: (error) => reported.push(error.message) },
    })
    const response = await app.fetch(new Request(url, { method: 'POST' }))
    return { cookies: response.headers.getSetCookie(), reported }
  }

  it('is sent all the same, and the reason why browsers drop it is reported [CE-17, PX-07]', async () => {
    const { cookies, reported } = await writeTo('http://shop.test/write')
    expect(cookies[0]).toMatch(/; Secure;/)
    expect(reported).toEqual([
      "the cookie '__Host-session' is Secure, and the request came over plain http: browsers drop it, and every " +
        'visit starts anew. Serve over https. When a proxy in front ends TLS, say which: ' +
        "app.listen({ port, trustProxy: ['10.0.0.0/8'] }). While developing give the store secure: 'auto'.",
    ])
  })

  it.each(['https://shop.test', 'http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:1'])(
    'is no matter at %s',
    async (origin) => {
      const { cookies, reported } = await writeTo(`${origin}/write`)
      expect(cookies).toHaveLength(1)
      expect(reported).toEqual([])
    },
  )

  it.each([
    [
      { domain: 'shop.example' },
      'https://shop.test',
      "has the domain 'shop.example', and the request came to another host",
    ],
    [
      { domain: 'op.test' },
      'https://shop.test',
      "has the domain 'op.test', and the request came to another host",
    ],
    [
      { path: '/app' },
      'https://shop.test',
      "has the path '/app', and 'POST /write' asked for the session",
    ],
    [
      { path: '/wri' },
      'https://shop.test',
      "has the path '/wri', and 'POST /write' asked for the session",
    ],
  ])(
    'a cookie of %o is dropped at %s, and the reason is reported [C22]',
    async (given, origin, reason) => {
      const options = { secret: newSecret(), name: 'sid', ...given }
      const { cookies, reported } = await writeTo(`${origin}/write`, options)
      expect(cookies).toHaveLength(1)
      const remedy =
        'domain' in given
          ? ': browsers drop it, and every visit starts anew. Leave the option domain out, or serve that domain.'
          : ': browsers do not send it there, and every visit starts anew. Leave the option path out, or ask for the session below it only.'
      expect(reported).toEqual([`the cookie 'sid' ${reason}${remedy}`])
    },
  )

  it.each([{ domain: 'shop.test' }, { domain: '.Shop.test' }, { path: '/write' }, { path: '/' }])(
    'is no matter where a cookie of %o is kept [C22]',
    async (given) => {
      const options = { secret: newSecret(), name: 'sid', ...given }
      expect((await writeTo('https://www.shop.test:3000/write', options)).reported).toEqual([])
    },
  )

  it('is no matter when the application does not ask for Secure', async () => {
    const options = { secret: newSecret(), name: 'sid', secure: false }
    const { cookies, reported } = await writeTo('http://shop.test/write', options)
    expect(cookies[0]).not.toMatch(/Secure/)
    expect(reported).toEqual([])
  })
})
