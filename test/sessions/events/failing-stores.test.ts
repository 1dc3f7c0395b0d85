import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Inject, token } from '../../../src/di/index.js'
import { App, Cookie, Cookies, HttpError, route } from '../../../src/http/index.js'
import { recordKey, newSessionId } from '../../../src/sessions/session/session-id.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  Session,
  sessions,
  UserSessions,
  SessionStore,
  SessionStoreError,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { eventWorld, kindOf, listen } from './event-world.js'
import { newSecret } from '../secrets.js'
import { expectWarnings } from '../expect-warnings.js'
import { NAME, START } from './opened-stores.js'

describe('a store that fails', () => {
  /** Over a backend one of whose verbs fails as the test says. */
  function failing(verb: keyof MemoryBackend, error: unknown, policy: SessionsOptions = {}) {
    const time = { now: START }
    const backend = new MemoryBackend({ now: () => START })
    const state = { isDown: false }
    const down = new Proxy(backend, {
      get: (target, name) => {
        if (state.isDown && name === verb) {
          return async () => {
            throw error
          }
        }
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    const listening = listen()
    const store = new BackendStore(down, { clock: () => time.now, touchInterval: 1 })
    const world = eventWorld(store, policy)
    return { ...world, ...listening, time, state }
  }

  test.each([
    ['a code', Object.assign(new Error('password'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['a reason of ours', new SessionStoreError('down', { reason: 'maintenance' }), 'maintenance'],
    ['no reason', new SessionStoreError('down'), 'unspecified'],
    ['an id for a reason', new SessionStoreError('x', { reason: newSessionId() }), 'error'],
    ['an id for a code', Object.assign(new Error('x'), { code: newSessionId() }), 'error'],
    ['a text for a name', Object.assign(new Error('x'), { name: 'GET key 7' }), 'error'],
    ['no error', 'down', 'error'],
    ['an HttpError', new HttpError(502), 'error'],
  ])('fails to load, with %s [RF-01, LG-07]', async (_, error, reason) => {
    using world = failing('read', error)
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    world.heard()
    world.state.isDown = true
    expect((await world.visit(cookie)).status).toBeGreaterThan(500)
    expect(world.heard()).toEqual([`failed/load/${reason}`])
  })

  test('fails to dump, and names the session when it was stored before [R3]', async () => {
    using world = failing('replace', Object.assign(new Error('full'), { code: 'ENOSPC' }))
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    const created = world.events.at(-1)
    world.heard()
    world.state.isDown = true
    await world.visit(cookie, (session) => session.set('user', 'eve'))
    expect(world.events.at(-1)?.session).toBe(created?.session)
    expect(world.heard()).toEqual(['loaded/live', 'failed/dump/ENOSPC'])
  })

  test('fails to note activity, and the visitor is served [ER-08]', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' })
    using world = failing('touch', full, { onWarning: expectWarnings('SESSION_STORE') })
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    world.heard()
    world.state.isDown = true
    world.time.now += 1000
    expect((await world.visit(cookie)).status).toBe(200)
    expect(world.heard()).toEqual(['loaded/live', 'failed/touch/ENOSPC'])
  })

  test('fails to take', async () => {
    using world = failing('replace', Object.assign(new Error('full'), { code: 'ENOSPC' }))
    const { cookie } = await world.visit(undefined, (session) => session.set('code', 7))
    world.heard()
    world.state.isDown = true
    await world.visit(cookie, (session) => session.take('code'))
    expect(world.heard()).toEqual(['loaded/live', 'failed/take/ENOSPC'])
  })

  test('fails to list the sessions of a user', async () => {
    const backend = new MemoryBackend()
    const index = { ...backend.index, list: () => Promise.reject(new Error('no')) }
    const down = new Proxy(backend, {
      get: (target, name) => {
        if (name === 'index') return index
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    const app = new App({
      components: [sessions(new BackendStore(down))],
      routes: [route.get('/', [UserSessions], (ofUser) => ofUser.list('user-7'))],
      onError: () => {},
    })
    using listening = listen()
    expect((await app.fetch(new Request('https://shop.test/'))).status).toBe(503)
    expect(listening.heard()).toEqual(['fresh/no-cookie', 'failed/sessions/error'])
    await app.close()
  })

  test('is late, and what it does after its deadline is no event [CU-02, CU-04]', async () => {
    let land = () => {}
    const landed = new Promise<void>((resolve) => (land = resolve))
    const backend = new MemoryBackend()
    const create = backend.create.bind(backend)
    let created: Promise<boolean> | undefined
    backend.create = (...given) => (created = landed.then(() => create(...given)))
    using listening = listen()
    const timer = { set: (run: () => void) => setImmediate(run), clear: () => {} }
    const world = eventWorld(new BackendStore(backend), { timer })
    const { status } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    expect(status).toBe(503)
    land()
    await created
    await new Promise((resolve) => setImmediate(resolve))
    expect(listening.heard()).toEqual(['fresh/no-cookie', 'failed/dump/timeout'])
  })

  test('gives something that is no session [CU-02]', async () => {
    class Broken extends SessionStore {
      @Inject()
      override load(): Session {
        return { id: 'x' } as Session
      }
      @Inject()
      override dump(): undefined {}
    }
    using listening = listen()
    await eventWorld(new Broken()).visit(undefined)
    expect(listening.heard()).toEqual(['failed/load/contract'])
  })
})

describe('a store of an application', () => {
  class MapStore extends SessionStore {
    readonly records = new Map<string, Record<string, string>>()

    @Inject(Cookies)
    override load(cookies: Cookies): Session {
      const id = cookies.get(NAME) ?? ''
      return Session.fromRecord(id, this.records.get(id)) ?? Session.empty()
    }

    @Inject(Session)
    override dump(session: Session): Cookie | undefined {
      if (session.previousId !== undefined) this.records.delete(session.previousId)
      if (session.isDestroyed) return Cookie.expired(NAME)
      if (!session.isChanged) return undefined
      this.records.set(session.id, session.toRecord())
      return new Cookie(NAME, session.id)
    }
  }

  test('needs to emit nothing: its events follow from what the session asked for', async () => {
    using listening = listen()
    const { visit } = eventWorld(new MapStore())
    const { cookie } = await visit(undefined, (session) => session.set('user', 'ada'))
    expect(listening.heard()).toEqual(['fresh/unspecified', 'created/written'])
    await visit(cookie)
    expect(listening.heard()).toEqual(['loaded/live'])
    await visit(cookie, (session) => session.set('user', 'eve'))
    expect(listening.heard()).toEqual(['loaded/live', 'changed/written'])
    const renewed = await visit(cookie, (session) => session.regenerate())
    expect(listening.heard()).toEqual(['loaded/live', 'regenerated/asked'])
    const login = await visit(renewed.cookie, (session) => session.bind('user-7'))
    expect(listening.heard()).toEqual(['loaded/live', 'regenerated/authenticated'])
    await visit(login.cookie, (session) => session.destroy())
    expect(listening.heard()).toEqual(['loaded/live', 'destroyed/asked'])
  })

  test('events name the kind of session by what handlers ask for [CU-11]', async () => {
    const admin = token<Session>('admin')
    const app = new App({
      components: [
        sessions(new CookieStore({ secret: newSecret() })),
        sessions(new CookieStore({ secret: newSecret(), name: '__Host-admin' }), { as: admin }),
      ],
      routes: [route.get('/', [Session, admin], () => 'both')],
    })
    using listening = listen()
    await app.fetch(new Request('https://shop.test/'))
    expect(listening.events.map((event) => [event.as, kindOf(event)])).toEqual([
      ['Session', 'fresh/no-cookie'],
      ['admin', 'fresh/no-cookie'],
    ])
    await app.close()
  })
})

describe('the option eventKey', () => {
  const backend = new MemoryBackend()
  const hashOf = async (eventKey?: string) => {
    using listening = listen()
    const policy = eventKey === undefined ? {} : { eventKey }
    const id = 'A'.repeat(43)
    await eventWorld(new BackendStore(backend), policy).visit(`${NAME}=${id}`)
    return { id, hash: listening.events[0]?.session }
  }

  test('makes the hashes of several processes the same', async () => {
    const eventKey = newSecret()
    const { id, hash } = await hashOf(eventKey)
    const elsewhere = createHmac('sha256', eventKey).update(recordKey(id)).digest('base64url')
    expect(hash).toBe(elsewhere.slice(0, 22))
    expect((await hashOf(newSecret())).hash).not.toBe(hash)
  })

  test('is random without being given, and the same for all stores of a process', async () => {
    const { id, hash } = await hashOf()
    expect((await hashOf()).hash).toBe(hash)
    expect(recordKey(id)).not.toContain(hash)
  })

  test('is refused when it is short, without showing it [LG-08]', () => {
    const store = new BackendStore(backend)
    for (const eventKey of ['', 'short-event-key', 7 as never, [newSecret()] as never]) {
      expect(() => sessions(store, { eventKey })).toThrow(
        expect.objectContaining({
          code: 'SESSION_OPTION',
          message: "the session option 'eventKey' must be text of at least 32 random bytes.",
        }),
      )
    }
  })
})
