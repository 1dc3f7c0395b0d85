import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  App,
  BackendStore,
  Body,
  MemoryBackend,
  redirect,
  route,
  scoped,
  Session,
  SessionStoreError,
  sessions,
} from '../../src/index.js'

/** A value that is made for each request, of its session. */
export class Cart {
  readonly #session: Session
  static made = 0

  constructor(session: Session) {
    this.#session = session
    Cart.made += 1
  }

  add(sku: string): { items: readonly string[] } {
    const items = [...((this.#session.get('items') as string[] | undefined) ?? []), sku]
    this.#session.set('items', items)
    return { items }
  }
}

/** A backend that waits, or fails, when a test wants it. */
export class GatedBackend extends MemoryBackend {
  reads = 0
  writes = 0
  #gate: Promise<void> | undefined
  isAway = false
  #waiting = 0

  /** Holds what is written from now on. */
  hold(): { readonly release: () => void; readonly reached: () => Promise<void> } {
    let open = (): void => {}
    this.#gate = new Promise((resolve) => (open = resolve))
    this.#waiting = 0
    return {
      release: () => {
        this.#gate = undefined
        open()
      },
      reached: async () => {
        while (this.#waiting === 0) await turn()
      },
    }
  }

  override async read(key: string) {
    this.reads += 1
    return super.read(key)
  }

  override async create(key: string, text: string, ttl: number) {
    await this.#pass()
    return super.create(key, text, ttl)
  }

  override async replace(key: string, version: number, text: string, ttl: number) {
    await this.#pass()
    return super.replace(key, version, text, ttl)
  }

  async #pass(): Promise<void> {
    this.writes += 1
    this.#waiting += 1
    await this.#gate
    if (this.isAway) throw new SessionStoreError('the database is away')
  }
}

/** What a site of the suite is made of. */
export interface SiteParts {
  /** Whose values the handlers of the framework ask for. */
  readonly app: App
  /** Is mounted as a whole below `/shop`. */
  readonly mounted: App
}

/** The site of the suite, written with one framework. Its routes are those of `host-suite.ts`. */
export interface HostSite {
  readonly url: string
  /** What the framework's own error handler was given. */
  readonly errors: readonly unknown[]
  close(): Promise<void>
}

/** What a framework cannot do, and why. */
export interface HostLimits {
  readonly withoutMount?: string
  readonly withoutStream?: string
}

export const BIG = Buffer.alloc(2 * 1024 * 1024, 'stream of the host\n')

/** What every adapter holds to: the same site is written with each framework. */
export function hostSuite(
  name: string,
  serve: (parts: SiteParts) => Promise<HostSite>,
  limits: HostLimits = {},
): void {
  describe(`sessions in ${name}`, () => {
    const backend = new GatedBackend()
    const reported: unknown[] = []
    const components = [
      sessions(new BackendStore(backend), { onWarning: () => {} }),
      scoped(Cart, [Session], (session) => new Cart(session)),
    ]
    const options = { components, onError: (error: unknown) => void reported.push(error) }
    const app = new App({ ...options, routes: [] })
    const mounted = new App({ ...options, routes: mountedRoutes })
    let site: HostSite
    beforeAll(async () => {
      site = await serve({ app, mounted })
    })
    afterAll(async () => {
      await site.close()
      await Promise.all([app.close(), mounted.close()])
    })
    beforeEach(() => {
      backend.isAway = false
      reported.length = 0
      ;(site.errors as unknown[]).length = 0
    })
    const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(site.url + path, { redirect: 'manual', ...init })
    const visitor = async (): Promise<string> => cookieOf(await ask('/count', { method: 'POST' }))
    const count = async (cookie: string): Promise<unknown> =>
      (await ask('/count', { headers: { cookie } })).json()

    test('an anonymous visitor who only reads gets no cookie', async () => {
      const response = await ask('/count')
      expect(await response.json()).toEqual({ n: 0 })
      expect(response.headers.getSetCookie()).toEqual([])
      expect(response.headers.get('vary')).toContain('Cookie')
    })

    test('a session counts over requests', async () => {
      const cookie = await visitor()
      const again = await ask('/count', { method: 'POST', headers: { cookie } })
      expect(await again.json()).toEqual({ n: 2 })
      expect(await count(cookie)).toEqual({ n: 2 })
    })

    test('two middlewares and a handler share one visit: one read, one write, one cookie', async () => {
      const { reads, writes } = backend
      const response = await ask('/guarded/count', { method: 'POST' })
      expect(await response.json()).toEqual({ n: 1, guards: 2 })
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect([backend.reads - reads, backend.writes - writes]).toEqual([0, 1])
      const cookie = cookieOf(response)
      await ask('/guarded/count', { method: 'POST', headers: { cookie } })
      expect([backend.reads - reads, backend.writes - writes]).toEqual([1, 2])
    })

    test('a value of the request is made once for all its handlers, and takes a parameter of the path', async () => {
      const made = Cart.made
      const response = await ask('/cart/a%2Fb', { method: 'POST' })
      expect(await response.json()).toEqual({ items: ['a/b'] })
      expect(Cart.made - made).toBe(1)
    })

    test('a bad parameter is a 400 for the error handler of the framework', async () => {
      const response = await ask('/add?n=many', { method: 'POST' })
      expect(response.status).toBe(400)
      expect(site.errors).toHaveLength(1)
      expect(site.errors[0]).toMatchObject({ status: 400 })
      expect((await ask('/add?n=2', { method: 'POST' })).status).toBe(200)
    })

    test('a login gives a new id, and a logout clears the cookie', async () => {
      const cookie = await visitor()
      const login = await ask('/login', { method: 'POST', headers: { cookie } })
      const after = cookieOf(login)
      expect(after).not.toBe(cookie)
      const logout = await ask('/logout', { method: 'POST', headers: { cookie: after } })
      expect(logout.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')])
      expect(await count(after)).toEqual({ n: 0 })
    })

    test('the head waits until the session is stored', async () => {
      const gate = backend.hold()
      const seen = { hasHead: false }
      const answering = ask('/count', { method: 'POST' }).then((response) => {
        seen.hasHead = true
        return response
      })
      await gate.reached()
      for (let turns = 0; turns < 20; turns++) await turn()
      expect(seen.hasHead).toBe(false)
      gate.release()
      expect(await (await answering).json()).toEqual({ n: 1 })
    })

    test('a session that cannot be stored is a 503 without the output of the handler', async () => {
      const cookie = await visitor()
      backend.isAway = true
      const response = await ask('/count', { method: 'POST', headers: { cookie } })
      expect(response.status).toBe(503)
      const text = await response.text()
      expect(text).not.toContain('"n"')
      expect(response.headers.get('x-handler')).toBeNull()
      backend.isAway = false
      expect(await count(cookie)).toEqual({ n: 1 })
      // Told once: to the framework where it can still respond, else to `onError`.
      expect(site.errors.length + reported.length).toBe(1)
    })

    test('what a handler wrote before it threw is kept, and the framework hears of the error once', async () => {
      const cookie = await visitor()
      const response = await ask('/throw', { method: 'POST', headers: { cookie } })
      expect(response.status).toBe(500)
      expect(await response.text()).toBe('host: broken')
      expect(site.errors).toEqual([expect.objectContaining({ message: 'broken' })])
      expect(reported).toEqual([])
      expect(await count(cookie)).toEqual({ n: 99 })
    })

    test('a handler that rejects is an error of the framework, once', async () => {
      const response = await ask('/reject', { method: 'POST' })
      expect([response.status, await response.text()]).toEqual([500, 'host: rejected'])
      expect(site.errors).toHaveLength(1)
      expect(reported).toEqual([])
    })

    test('cookies, Vary and other headers of the framework stay beside those of the session', async () => {
      const response = await ask('/headers', { method: 'POST' })
      expect(response.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^first=1/),
        expect.stringMatching(/^second=2/),
        expect.stringMatching(/^(__Host-)?session=/),
      ])
      expect(response.headers.get('vary')?.split(/, */)).toEqual(
        expect.arrayContaining(['Accept-Language', 'Cookie']),
      )
      expect(response.headers.get('x-host')).toBe('here')
    })

    test.skipIf(limits.withoutStream !== undefined)(
      'a stream of 2 MB arrives whole, with its session, however slow the store is',
      async () => {
        const gate = backend.hold()
        const answering = ask('/stream', { method: 'POST' })
        await gate.reached()
        gate.release()
        const response = await answering
        const bytes = Buffer.from(await response.arrayBuffer())
        expect(sha(bytes)).toBe(sha(BIG))
        expect(await count(cookieOf(response))).toEqual({ n: 7 })
      },
    )

    test('a client that leaves loses nothing of what was written', async () => {
      const cookie = await visitor()
      const gate = backend.hold()
      const leaving = new AbortController()
      const left = ask('/count', { method: 'POST', headers: { cookie }, signal: leaving.signal })
      await gate.reached()
      leaving.abort()
      await expect(left).rejects.toThrow('aborted')
      gate.release()
      await expect.poll(() => count(cookie)).toEqual({ n: 2 })
    })

    test('a redirect of the framework brings the session along', async () => {
      const response = await ask('/go', { method: 'POST' })
      expect([response.status, response.headers.get('location')]).toEqual([302, '/count'])
      expect(await count(cookieOf(response))).toEqual({ n: 5 })
    })

    test('a body that the framework has parsed is one that a handler may ask for', async () => {
      const response = await ask('/body', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Ada', tags: ['a', 'b'] }),
      })
      expect(await response.json()).toEqual({ name: 'Ada', tags: ['a', 'b'] })
    })

    test('a page of another website cannot make a handler write', async () => {
      const cookie = await visitor()
      const headers = { cookie, 'sec-fetch-site': 'cross-site' }
      const response = await ask('/count', { method: 'POST', headers })
      expect(response.status).toBe(403)
      expect(await count(cookie)).toEqual({ n: 1 })
    })

    test('HEAD and OPTIONS are as the framework has them', async () => {
      const head = await ask('/count', { method: 'HEAD' })
      expect([head.status, await head.text()]).toEqual([200, ''])
      expect((await ask('/unknown', { method: 'OPTIONS' })).status).toBeLessThan(500)
    })

    test('a path that nobody has is a 404 of the framework', async () => {
      const response = await ask('/unknown')
      expect([response.status, await response.text()]).toEqual([404, 'host: not found'])
    })

    test('a component that is missing is told by ready(), with the route or the line', async () => {
      class Missing {}
      const broken = new App({ routes: [], components: [] })
      const other = await serve({ app: broken, mounted }).catch((error: unknown) => error as Error)
      void Missing
      await expect(broken.ready()).rejects.toThrow(/Session/)
      if ('close' in other) await other.close()
    })

    describe.skipIf(limits.withoutMount !== undefined)('a whole application below /shop', () => {
      test('has the session, and its routes begin below the prefix', async () => {
        const response = await ask('/shop/n', { method: 'POST' })
        expect(await response.json()).toEqual({ n: 1, path: '/shop/n' })
        const again = await ask('/shop/n', {
          method: 'POST',
          headers: { cookie: cookieOf(response) },
        })
        expect(await again.json()).toEqual({ n: 2, path: '/shop/n' })
      })

      test('keeps the headers and cookies of the framework', async () => {
        const response = await ask('/shop/n', { method: 'POST' })
        expect(response.headers.getSetCookie().length).toBe(2)
        expect(response.headers.get('x-host')).toBe('here')
        expect(response.headers.get('vary')?.split(/, */)).toEqual(
          expect.arrayContaining(['Accept-Language', 'Cookie']),
        )
      })

      test('redirects below the prefix', async () => {
        const response = await ask('/shop/go')
        expect(response.headers.get('location')).toBe('/shop/n')
      })

      test('leaves paths that it does not have to the framework', async () => {
        const response = await ask('/shop/unknown')
        expect([response.status, await response.text()]).toEqual([404, 'host: not found'])
      })

      test('reads a body, parsed by the framework or not', async () => {
        const response = await ask('/shop/body', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'Ada' }),
        })
        expect(await response.json()).toEqual({ name: 'Ada' })
      })

      test('answers with its own errors, and tells its own onError', async () => {
        const response = await ask('/shop/broken')
        expect(response.status).toBe(500)
        expect(response.headers.get('content-type')).toContain('application/problem+json')
        expect(reported).toHaveLength(1)
        expect(site.errors).toEqual([])
      })
    })
  })
}

const mountedRoutes = [
  route.post('/n', [Session, URL], async (session, url) => {
    const n = await session.update('n', (old: number | undefined) => (old ?? 0) + 1)
    return { n: session.get('n') ?? n, path: url.pathname }
  }),
  route.get('/go', () => redirect('/n')),
  route.post('/body', [Body()], (body) => body),
  route.get('/broken', () => {
    throw new Error('broken below')
  }),
]

/** What the handlers of each site do; what they send is up to the framework. */
export function count(session: Session, by = 1): { n: number } {
  const n = ((session.get('n') as number | undefined) ?? 0) + by
  session.set('n', n)
  return { n }
}

export function passGuard(session: Session): void {
  session.set('guards', ((session.get('guards') as number | undefined) ?? 0) + 1)
}

export function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .filter((line) => /^(__Host-)?session=/.test(line))
    .map((line) => line.split(';', 1)[0])
    .join('; ')
}

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
