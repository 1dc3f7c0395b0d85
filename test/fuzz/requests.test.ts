/* oxlint-disable vitest/no-conditional-expect -- a property holds for whatever comes out, a value or an error */
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { createStorage } from 'unstorage'
import * as expressSession from 'express-session'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { value, type Component } from '../../src/di/index.js'
import { App, Body, Cookies, Param, Query, Reply, route } from '../../src/http/index.js'
import { RedisStore } from '../../src/sessions/redis/index.js'
import {
  BackendStore,
  CookieStore,
  fromExpressStore,
  fromUnstorage,
  MemoryBackend,
  MemoryStore,
  Session,
  sessions,
  type SessionStore,
} from '../../src/sessions/index.js'
import { startRedis, type RedisServer } from '../support/redis-server.js'
import { newSecret } from '../sessions/secrets.js'
import { growth, MOST_GROWTH } from './growth.js'
import { FUZZ_TIMEOUT, headerText, isPrototypeClean, mutated, runs, text } from './runs.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

interface Opened {
  readonly store: SessionStore
  readonly components?: readonly Component[]
  readonly stop?: () => void
}

const NAME = '__Host-session'
const quiet = { warn: () => {} }

const STORES: readonly (readonly [name: string, open: () => Opened])[] = [
  ['CookieStore', () => ({ store: new CookieStore({ secret: newSecret(), ...quiet }) })],
  [
    'CookieStore that signs, with revocations',
    () => ({
      store: new CookieStore({
        secret: [newSecret(), newSecret()],
        protection: 'signed',
        revocations: new MemoryBackend(),
        ...quiet,
      }),
    }),
  ],
  ['MemoryStore', () => ({ store: new MemoryStore() })],
  ['BackendStore over express-session', () => ({ store: overExpress() })],
  [
    'BackendStore over unstorage',
    () => ({ store: new BackendStore(fromUnstorage(createStorage())) }),
  ],
  [
    'RedisStore',
    () => {
      const client = new Redis(server.port)
      const stop = () => client.disconnect()
      return { store: new RedisStore(), components: [value(Redis, client)], stop }
    },
  ],
]

describe.each(STORES)('an application with a %s', { timeout: FUZZ_TIMEOUT }, (_, open) => {
  test('answers any request correctly, and opens no session for a forged cookie [TA-08, TA-20, CP-02]', async () => {
    await using world = await opened(open)
    const { app, cookie, errors } = world
    const pair = fc.oneof(
      mutated(cookie, headerText),
      mutated(cookie, fc.base64String({ maxLength: 6 })),
      headerText,
    )
    const jar = fc
      .array(fc.oneof(pair, fc.constant(`${NAME}=`), fc.constant('a=b')), { maxLength: 4 })
      .map((pairs) => pairs.join('; '))
      .filter(isHeader)
    const path = fc.oneof(
      fc.constantFrom(
        '/read',
        '/write',
        '/end',
        '/regenerate',
        '/key/%00',
        '/key/__proto__',
        '//',
        '/*',
      ),
      mutated('/key/a%20b/../c?x=1&x=2#y', headerText).map((given) => `/${given}`),
      text.map((given) => `/${given}`),
    )
    const headers = fc.dictionary(
      fc.constantFrom(
        'content-type',
        'content-length',
        'accept',
        'origin',
        'host',
        'x-forwarded-for',
      ),
      headerText.filter(isHeader),
      { maxKeys: 3 },
    )
    const method = fc.oneof(
      fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
      mutated('GET', fc.constantFrom('X', '-', '$')).filter((given) => /^[\w$-]+$/.test(given)),
    )
    await fc.assert(
      fc.asyncProperty(method, path, jar, headers, async (verb, target, cookies, more) => {
        const request = requestOf(verb, target, { ...more, cookie: cookies })
        // A mutation may leave the cookie unchanged, or add something next to it.
        const isOurs = new Cookies(cookies).getAll(NAME).includes(cookie.slice(NAME.length + 1))
        if (!request || isOurs) return
        const response = await app.fetch(request)
        // A page of another origin may have sent what changes something.
        if (response.status === 403) expect(more).toHaveProperty('origin')
        await expectWellFormed(response, verb)
        expect(response.headers.get('x-user')).not.toBe('ada')
        expect(errors).toEqual([])
        expect(isPrototypeClean()).toBe(true)
      }) as never,
      runs(80),
    )
    expect((await app.fetch(requestOf('GET', '/read', { cookie })!)).headers.get('x-user')).toBe(
      'ada',
    )
  })

  test('returns what a visitor stored under any key, or names the value that it cannot store [TY-14, PP-01, PP-08]', async () => {
    await using world = await opened(open)
    const { app, cookie, errors } = world
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }),
      text,
      fc.constantFrom(-0, 1e308, 'x'.repeat(1000), { a: { constructor: 1 }, then: 2 }),
    )
    const key = text.filter((given) => given !== 'id' && !/\p{Surrogate}/u.test(given))
    await fc.assert(
      fc.asyncProperty(key, anything, async (name, given) => {
        world.given = [name, given]
        const stored = await app.fetch(requestOf('POST', '/put', { cookie })!)
        const next = stored.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
        if (stored.status === 422) {
          // `text()` would drop a byte order mark.
          expect(Buffer.from(await stored.arrayBuffer()).toString()).toBe(world.path)
          expect(hasNegativeZero(given)).toBe(true)
          return
        }
        expect(stored.status).toBe(204)
        const read = await app.fetch(requestOf('POST', '/get', { cookie: next })!)
        expect(read.status).toBe(204)
        expect(world.found).toEqual(given)
        expect(errors).toEqual([])
        expect(isPrototypeClean()).toBe(true)
      }) as never,
      runs(40),
    )
  })

  test('a Cookie header costs time in proportion to its length [DS-04, CP-05]', async () => {
    await using world = await opened(open)
    const { app, cookie } = world
    const value = cookie.slice(NAME.length + 1)
    const ratio = await growth(1900, (size) => {
      const forged = (n: number) => `${NAME}=${value.slice(0, -6)}${String(n).padStart(6, 'A')}`
      const planted = [0, 1].map((kind) => {
        const length = kind === 0 ? cookie.length + 2 : 4
        const count = Math.floor(size / length)
        return Array.from({ length: count }, (_, n) => (kind === 0 ? forged(n) : `${n}=`)).join(
          '; ',
        )
      })
      return async () => {
        for (const cookies of planted)
          await app.fetch(requestOf('GET', '/read', { cookie: cookies })!)
      }
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })
})

/** An application with every kind of route, and the cookie of a logged-in visitor. */
async function opened(open: () => Opened) {
  const { store, components = [], stop } = open()
  const errors: unknown[] = []
  const world = {
    errors,
    given: ['a', 1] as readonly [key: string, value: unknown],
    found: undefined as unknown,
    path: '',
  }
  const show = (session: Session, reply: Reply) => {
    reply.headers.set('x-user', String(session.get('user')))
    return { size: session.size }
  }
  const app = new App({
    components: [sessions(store, { onWarning: (error) => void errors.push(error) }), ...components],
    onError: (error) => void errors.push(error),
    routes: [
      route.post('/login', [Session], (session) => void session.set('user', 'ada')),
      route.get('/read', [Session, Reply], show),
      route.get('/key/:key', [Session, Reply, Param('key'), Query('x', [String])], show),
      route.post(
        '/write',
        [Session, Body()],
        (session, body) => void session.set('body', body as string),
      ),
      route.put('/end', [Session], (session) => session.destroy()),
      route.delete('/regenerate', [Session], (session) => session.regenerate()),
      route.post('/put', [Session], (session) => {
        try {
          session.set(...world.given)
        } catch (error) {
          world.path = (error as { path?: string }).path ?? String(error)
          return new Response(world.path, { status: 422 })
        }
        return undefined
      }),
      route.post('/get', [Session], (session) => {
        world.found = session.get(world.given[0])
        session.delete(world.given[0])
      }),
    ],
  })
  const login = await app.fetch(requestOf('POST', '/login', {})!)
  // The warnings of the stores came when the application became ready.
  errors.length = 0
  const cookie = login.headers.getSetCookie()[0]!.split(';')[0]!
  return Object.assign(world, {
    app,
    cookie,
    [Symbol.asyncDispose]: async () => {
      await app.close()
      stop?.()
    },
  })
}

async function expectWellFormed(response: Response, method: string): Promise<void> {
  expect([200, 204, 400, 403, 404, 405, 415]).toContain(response.status)
  for (const header of response.headers.getSetCookie()) {
    expect(header).toMatch(
      /^__Host-session=[\w-]*; (Max-Age=0; )?Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  }
  const body = await response.text()
  if (method === 'HEAD' || response.status === 204) expect(body).toBe('')
  else expect(JSON.parse(body)).toBeTypeOf('object')
}

/** `undefined` when no `Request` can be made of it. */
function requestOf(method: string, path: string, headers: Record<string, string>) {
  try {
    return new Request(`https://shop.test${path}`, { method, headers })
  } catch {
    return undefined
  }
}

function isHeader(given: string): boolean {
  try {
    return new Headers({ a: given }).has('a')
  } catch {
    return false
  }
}

function overExpress(): SessionStore {
  return new BackendStore(fromExpressStore(new expressSession.MemoryStore()))
}

function hasNegativeZero(given: unknown): boolean {
  if (typeof given === 'object' && given !== null) return Object.values(given).some(hasNegativeZero)
  return Object.is(given, -0)
}
