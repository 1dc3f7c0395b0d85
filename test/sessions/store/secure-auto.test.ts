import { expect, onTestFinished, test, vi } from 'vitest'
import { App, CookieStore, MemoryStore, route, Session, sessions } from '../../../src/index.js'
import { testClient } from '../../../src/testing/index.js'

const secret = 'a secret for tests of 32 bytes or more'
/** Each test has a cookie name of its own, because a name is told about once in a process. */
let names = 0

const stores = {
  MemoryStore: (options: object) => new MemoryStore(options),
  CookieStore: (options: object) => new CookieStore({ secret, ...options }),
}

function counter(
  make: (options: object) => MemoryStore | CookieStore,
  options: object = {},
  prefix = '__Host-',
) {
  const name = `${prefix}sid${++names}`
  const told: string[] = []
  const store = make({ name, secure: 'auto', ...options })
  const app = new App({
    components: [sessions(store, { onWarning: (error) => told.push(error.message) })],
    routes: [
      route.get('/', [Session], (session) => {
        const visits = Number(session.get('visits') ?? 0) + 1
        session.set('visits', visits)
        return visits
      }),
      route.get('/shop', [Session], (session) => session.set('a', 1)),
      route.post('/end', [Session], (session) => session.destroy()),
    ],
  })
  onTestFinished(() => app.close())
  return { app, name, plain: `${name.slice(prefix.length)}-over-http`, told }
}

for (const [kind, make] of Object.entries(stores)) {
  test.each([
    'http://localhost:3000',
    'http://app.localhost',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
    'http://my-machine:3000',
    'http://my-machine.local',
    'http://192.168.1.20:3000',
    'http://10.0.2.2:3000',
    'http://172.16.0.1',
    'http://[fd12:3456::1]',
    'http://[fe80::1]',
  ])(`a visitor at %s has a session over plain http: ${kind} [D3]`, async (origin) => {
    const { app, name, plain, told } = counter(make)
    const client = testClient(app, { origin })
    expect(await client.json('/')).toBe(1)
    expect(await client.json('/')).toBe(2)
    expect(
      [...client.cookies].map(({ name, secure, httpOnly }) => [name, secure, httpOnly]),
    ).toEqual([[plain, false, true]])
    expect(told).toEqual([
      `secure: 'auto' sends the cookie '${name}' as '${plain}', without Secure, because the page came over plain http from this machine or its network. That is for developing: with NODE_ENV=production it is refused.`,
    ])
    await client.post('/end')
    expect(client.cookies.size).toBe(0)
  })

  test.each([
    'https://localhost:3000',
    'https://shop.test',
    'http://shop.example',
    'http://172.32.0.1',
    'http://11.0.0.1',
    'http://192.169.0.1',
    'http://10.evil.example',
    'http://[2001:db8::1]',
  ])(`the cookie stays Secure at %s: ${kind} [D3]`, async (origin) => {
    const { app, name } = counter(make)
    const response = await app.fetch(new Request(origin))
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(new RegExp(`^${name}=[^;]+; .*Secure`)),
    ])
  })

  test.each(['x-forwarded-for', 'forwarded', 'x-forwarded-host', 'via'])(
    `a proxy (%s) that forwards to a local name does not take Secure away: ${kind} [D3]`,
    async (header) => {
      const { app, name } = counter(make)
      const request = new Request('http://app:3000', { headers: { [header]: '1.1 proxy' } })
      expect((await app.fetch(request)).headers.getSetCookie()[0]).toMatch(new RegExp(`^${name}=`))
    },
  )

  test(`a real server does the same: ${kind} [D3]`, async () => {
    const { app, name, plain } = counter(make)
    const { port } = await app.listen({ port: 0, hostname: '127.0.0.1' })
    const send = async (headers: Record<string, string> = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers })
      const [cookie = ''] = response.headers.getSetCookie()
      return { visits: await response.text(), cookie }
    }
    const first = await send()
    expect(first.cookie).toMatch(new RegExp(`^${plain}=[^;]+; Path=/; HttpOnly; SameSite=Lax$`))
    const [pair = ''] = first.cookie.split(';')
    expect((await send({ cookie: pair })).visits).toBe('2')
    // The other name is that of https, where nobody planted it.
    expect((await send({ cookie: pair.replace(plain, name) })).visits).toBe('1')
  })

  test(`a browser that has two of them over plain http forgets the other one: ${kind} [D3]`, async () => {
    const { app, name, plain } = counter(make, { path: '/shop' }, '')
    const send = (cookie = '') =>
      app.fetch(new Request('http://localhost/shop', { headers: { cookie } }))
    const pairs: string[] = []
    for (let browser = 0; browser < 2; browser++) {
      const [line = ''] = (await send()).headers.getSetCookie()
      pairs.push(line.split(';')[0]!)
    }
    const lines = (await send(pairs.join('; '))).headers.getSetCookie()
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${plain}=; .*Path=/;`)))
    expect(lines).not.toContainEqual(expect.stringMatching(new RegExp(`^${name}=`)))
    expect(lines).not.toContainEqual(expect.stringContaining('Secure'))
  })

  test(`in production it is refused, and the line to write is said: ${kind} [D3]`, () => {
    vi.stubEnv('NODE_ENV', 'production')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(() => make({ secure: 'auto' })).toThrow(
      expect.objectContaining({
        code: 'SESSION_OPTION',
        message:
          "the session option 'secure' is 'auto', which is for developing, and NODE_ENV is production. " +
          "Write secure: true, or secure: process.env['NODE_ENV'] === 'production' || 'auto'.",
      }),
    )
    expect(() => make({ secure: process.env['NODE_ENV'] === 'production' || 'auto' })).not.toThrow()
  })

  test.each(['__Host-__Secure-x', '__Host-host__x', '__Secure-__Host-a'])(
    `a name that browsers refuse over plain http is refused when the store is made: ${kind}, %s`,
    (name) => {
      const refused = { code: 'SESSION_OPTION' }
      expect(() => make({ name, secure: 'auto' })).toThrow(expect.objectContaining(refused))
    },
  )

  test(`a persistent cookie is persistent over plain http too, and SameSite=None is not asked for: ${kind} [D3]`, async () => {
    const { app } = counter(make, { persistent: true, sameSite: 'none', partitioned: true })
    const [line = ''] = (await app.fetch(new Request('http://localhost/'))).headers.getSetCookie()
    expect(line).toMatch(/; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/)
  })
}
