import { createHmac } from 'node:crypto'
import * as expressSessionOf from 'express-session'
import { expect, test } from 'vitest'
import { Cookies } from '../../../src/http/index.js'
import {
  BackendStore,
  fromExpressStore,
  MemoryBackend,
  MemoryStore,
  Session,
  SessionStore,
} from '../../../src/sessions/index.js'
import {
  expressSession,
  movingFrom,
  type MovingOptions,
  type NamedSession,
  type OldSessions,
} from '../../../src/sessions/moving/index.js'
import { newSecret } from '../secrets.js'
import { Browser, DAY, kindsOf, newApp } from './browser.js'
import { expressApp } from './old-apps.js'

type Convert = NonNullable<MovingOptions['session']>

/** What a visitor gets whose old session becomes what `session` says. */
async function moved(session: Convert, store?: MemoryStore) {
  const old = await expressApp()
  const ours = await newApp(old.sessions, { session, ...(store && { store }) })
  const browser = new Browser()
  await browser.get(old.url, '/login')
  return { old, ours, browser, page: await browser.get(ours.url, '/me') }
}

test('the user and the times are those of the old session, so that no limit starts anew', async () => {
  const began = new Date(Date.now() - 3600_000)
  const { page } = await moved(({ data }) => ({
    data,
    userId: String(data['user']),
    createdAt: began,
  }))
  expect(page.body).toMatchObject({ userId: 'ada', user: 'ada' })
  expect(page.body.times).toEqual([began.getTime(), began.getTime()])
})

test('the absolute limit counts from the time of the login that is given', async () => {
  const store = new MemoryStore({ absoluteTimeout: 7200 })
  const authenticatedAt = new Date(Date.now() - 7200_000)
  const { ours, page } = await moved(
    ({ data }) => ({ data, userId: 'ada', authenticatedAt }),
    store,
  )
  expect(page.body.user).toBeNull()
  expect(kindsOf(ours)).toEqual(['fresh expired-absolute', 'refused expired-absolute'])
})

test('a lifetime of its own outlives the browser', async () => {
  const { page } = await moved(({ data }) => ({ data, lifetime: 86_400 }))
  expect(page.setCookies).toEqual([expect.stringContaining('Max-Age=86400')])
})

test('only the data that is given comes along', async () => {
  const { page } = await moved(({ data: { cart } }) => ({ data: { cart, note: undefined } }))
  expect(page.body).toMatchObject({ user: null, cart: ['tea'] })
})

test('an old session with nothing in it is none: others keep one for whoever has seen a page', async () => {
  const { ours, page } = await moved(() => ({ data: {} }))
  expect(page).toMatchObject({ status: 200, setCookies: [] })
  expect(ours.backend.size).toBe(0)
  expect((await moved(() => ({ data: {}, userId: 'ada' }))).page.body.userId).toBe('ada')
})

test('a session of express-session that ends with the browser has no end of its own', async () => {
  const ends: unknown[] = [null, false, undefined]
  for (const expires of ends) {
    const kept = { cookie: { expires, originalMaxAge: expires }, user: 'ada' }
    const store = {
      get: (_: string, done: (error: undefined, session: object) => void) => done(undefined, kept),
      destroy: () => {},
    }
    const signed = createHmac('sha256', 's').update('id').digest('base64').replace(/=+$/, '')
    const cookies = new Cookies(`connect.sid=s%3Aid.${encodeURIComponent(signed)}`)
    const [found] = await expressSession({ store, secret: 's' }).find(cookies)
    expect(await (found as NamedSession).read(Date.now())).toEqual({ data: { user: 'ada' } })
  }
})

test('an old session may be left behind', async () => {
  const { ours, page } = await moved(() => undefined)
  expect(page).toMatchObject({ status: 200, setCookies: [], body: { user: null } })
  expect(kindsOf(ours)).toEqual(['fresh schema', 'refused schema'])
})

test.each([
  ['a key that sessions have themselves', { data: { id: 7 } }, 'cannot use the session key "id"'],
  [
    'a value that is not JSON',
    { data: { since: new Date() } },
    "cannot store session value 'since'",
  ],
  ['a time that is none', { data: {}, createdAt: new Date('x') }, 'give it a Date as createdAt'],
  ['a user that is none', { data: {}, userId: '' }, 'a session is bound to the id of a user'],
  ['a lifetime that is none', { data: {}, lifetime: 0.5 }, "the session option 'lifetime'"],
])('%s is told to the developer, and is a 500', async (_, session, message) => {
  const errors: unknown[] = []
  const old = await expressApp()
  const ours = await newApp(old.sessions, {
    session: () => session,
    onError: (error) => errors.push(error),
  })
  const browser = new Browser()
  await browser.get(old.url, '/login')
  expect(await browser.get(ours.url, '/me')).toMatchObject({ status: 500, setCookies: [] })
  expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })])
})

test('a session that is too large for the new store is none, and an event says so', async () => {
  const store = new MemoryStore({ maxSize: 100 })
  const { ours, page } = await moved(() => ({ data: { text: 'x'.repeat(200) } }), store)
  expect(page).toMatchObject({ status: 200, setCookies: [] })
  expect(kindsOf(ours)).toEqual(['fresh too-large', 'refused too-large'])
})

test('a user whose sessions were revoked stays out, also by a copy of the old cookie', async () => {
  const { ours, browser } = await moved(({ data }) => ({ data, userId: 'ada' }))
  const copy = new Browser([...browser.cookies].filter(([name]) => name === 'connect.sid'))
  await browser.get(ours.url, '/revoke')
  expect((await copy.get(ours.url, '/me')).body.user).toBeNull()
  expect((await browser.get(ours.url, '/me')).body.user).toBeNull()
})

test('the new id cannot be computed without the secret, and depends on it', async () => {
  const old = await expressApp()
  const browser = new Browser()
  await browser.get(old.url, '/login')
  const ids = new Set<string | undefined>()
  for (const secret of [newSecret(), newSecret()]) {
    const ours = await newApp(old.sessions, { secret })
    ids.add((await browser.copy().get(ours.url, '/me')).body.id)
  }
  expect(ids.size).toBe(2)
})

/** Finds the notes that sessions were taken over, and hands them out as `notes` says. */
class NotesBackend extends MemoryBackend {
  readonly notes = new Set<string>()
  damaged: string | undefined
  /** Whether notes can be neither read nor written. */
  fails = false

  override async create(key: string, text: string, ttl: number): Promise<boolean> {
    const isNote = text.startsWith('{"nonce"')
    if (this.fails && isNote) throw new Error('the connection was cut')
    if (isNote) this.notes.add(key)
    return super.create(key, text, ttl)
  }

  override async read(key: string) {
    if (this.fails && this.notes.has(key)) throw new Error('the connection was cut')
    const record = await super.read(key)
    return record && this.notes.has(key) && this.damaged !== undefined
      ? { ...record, text: this.damaged }
      : record
  }
}

/** A store of somebody else's, which does not say what its cookie is called. */
class NamelessStore extends SessionStore {
  load() {
    return new Session('id')
  }
  dump() {
    return undefined
  }
}

/** A session of another system that each request names. */
const one: OldSessions = {
  names: ['old'],
  find: async () => [
    {
      text: 'cookie',
      key: 'the one',
      read: async () => ({ data: { user: 'ada' } }),
      end: async () => [],
    },
  ],
}

test.each(['{', 'null', '{"nonce":'])(
  'a note that is damaged (%s) still says that the session was taken over',
  async (damaged) => {
    const backend = new NotesBackend()
    let reads = 0
    const counted: OldSessions = {
      names: ['old'],
      find: async () => [
        {
          text: 'cookie',
          key: 'the one',
          read: async () => {
            reads += 1
            return { data: { user: 'ada' } }
          },
          end: async () => [],
        },
      ],
    }
    const ours = await newApp(counted, { backend })
    const browser = new Browser([['old', 'x']])
    const thief = browser.copy()
    expect((await browser.get(ours.url, '/me')).body.user).toBe('ada')
    await browser.get(ours.url, '/logout')
    backend.damaged = damaged
    expect((await thief.get(ours.url, '/me')).body.user).toBeNull()
    // It is not read again.
    expect(reads).toBe(1)
  },
)

test('while the note cannot be read that an old session was taken over, its cookie is a 503', async () => {
  const backend = new NotesBackend()
  const ours = await newApp(one, { backend })
  const browser = new Browser([['old', 'x']])
  const early = browser.copy()
  await browser.get(ours.url, '/me')
  backend.fails = true
  expect(await early.get(ours.url, '/me')).toMatchObject({ status: 503, setCookies: [] })
  backend.fails = false
  expect((await early.get(ours.url, '/me')).body.user).toBe('ada')
})

test('a logout that cannot be noted is a 503, and can be made again', async () => {
  const backend = new NotesBackend()
  const ours = await newApp(one, { backend })
  const browser = new Browser([['old', 'x']])
  await browser.get(ours.url, '/me')
  backend.fails = true
  expect(await browser.get(ours.url, '/logout')).toMatchObject({ status: 503, setCookies: [] })
  backend.fails = false
  expect((await browser.get(ours.url, '/me')).body.user).toBe('ada')
  expect((await browser.get(ours.url, '/logout')).status).toBe(204)
  expect((await browser.get(ours.url, '/me')).body.user).toBeNull()
})

test('the next release finds the notes of this one', async () => {
  const backend = new NotesBackend()
  const ours = await newApp(one, { backend, secret: 'MbTn0JbWsKzvYvlxUbR5oW3rAqk7cD9eXy1LhT2gUpE' })
  await new Browser([['old', 'x']]).get(ours.url, '/me')
  expect([...backend.notes]).toEqual(['Vdw0D6n8ReKl4Ke_AsTaDUn2Y98MAg5N45E9lmuV9-c'])
})

test('a backend that cannot find the sessions of a user says so when one is to be bound', async () => {
  const errors: unknown[] = []
  const old = await expressApp()
  const ours = await newApp(old.sessions, {
    store: new BackendStore(fromExpressStore(new expressSessionOf.MemoryStore())),
    session: ({ data }) => ({ data, userId: 'ada' }),
    onError: (error) => errors.push(error),
  })
  const browser = new Browser()
  await browser.get(old.url, '/login')
  expect((await browser.get(ours.url, '/me')).status).toBe(500)
  expect(String(errors[0])).toContain('has no index, which session.bind() and UserSessions need')
})

test('what cannot work is refused when the store is made', async () => {
  const { sessions } = await expressApp()
  const options = { secret: newSecret(), until: new Date(Date.now() + DAY) }
  const store = new MemoryStore()
  for (const [work, message] of [
    [() => movingFrom({} as never, store, options), "option 'old' must be the sessions of another"],
    [() => movingFrom(sessions, {} as never, options), "option 'store' must be a store of this"],
    [
      () => movingFrom(sessions, store, { ...options, secret: 'short' }),
      "option 'secret' has 5 bytes",
    ],
    [
      () => movingFrom(sessions, store, { ...options, until: new Date(NaN) }),
      "option 'until' must be a Date",
    ],
    [
      () => movingFrom(sessions, store, { ...options, until: new Date(Date.now() + 401 * DAY) }),
      'at most 400 days',
    ],
    [() => movingFrom(sessions, store, { ...options, timeoutMs: 0 }), "option 'timeoutMs' must be"],
    [
      () => movingFrom(sessions, store, { ...options, rolback: true } as never),
      "option 'rolback' is not an option",
    ],
    [
      () => movingFrom(new NamelessStore(), store, options),
      "option 'old' has to say the name of its cookie: `cookieName`.",
    ],
    [() => movingFrom(store, new MemoryStore(), options), "both have the cookie '__Host-session'"],
  ] as const) {
    expect(work).toThrow(message)
  }
})
