import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stateOf } from '../../../src/sessions/session/session-view.js'
import { recordKey } from '../../../src/sessions/session/session-id.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { eventWorld, valueOf } from './event-world.js'
import { expectWarnings } from '../expect-warnings.js'
import { NAME, open, overCookie, overMemory, overRedis } from './opened-stores.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

describe.each([
  ['CookieStore', overCookie],
  ['BackendStore', overMemory],
  ['RedisStore', overRedis(() => server)],
])('the events of a %s', (name, opener) => {
  test('the life of a session, from the first visit to the logout', async () => {
    await using world = open(opener)
    const { cookie } = await world.visit(undefined, (session) => session.set('cart', ['tea']))
    expect(world.heard()).toEqual(['fresh/no-cookie', 'created/written'])
    await world.visit(cookie, (session) => session.get('cart'))
    expect(world.heard()).toEqual(['loaded/live'])
    const written = await world.visit(cookie, (session) => session.set('cart', []))
    expect(world.heard()).toEqual(['loaded/live', 'changed/written'])
    const kept = await world.visit(written.cookie, (session) => session.remember(86_400))
    expect(world.heard()).toEqual(['loaded/live', 'changed/remembered'])
    const renewed = await world.visit(kept.cookie, (session) => session.regenerate())
    expect(world.heard()).toEqual(['loaded/live', 'regenerated/asked'])
    const login = await world.visit(renewed.cookie, (session) =>
      session.regenerate({ authenticated: true }),
    )
    expect(world.heard()).toEqual(['loaded/live', 'regenerated/authenticated'])
    await world.visit(login.cookie, (session) => session.destroy())
    expect(world.heard()).toEqual(['loaded/live', 'destroyed/asked'])
  })

  test('one hash for one id, in place of it', async () => {
    await using world = open(opener)
    const ids: string[] = []
    const { cookie } = await world.visit(undefined, (session) => {
      session.set('user', 'ada')
      ids.push(session.id)
    })
    const login = await world.visit(cookie, (session) => {
      session.bind('user-7')
      ids.push(session.id)
    })
    await world.visit(login.cookie, (session) => session.destroy())
    const [fresh, created, loaded, renewed, , destroyed] = world.events
    expect(fresh?.session).toBeUndefined()
    expect(created?.session).toMatch(/^[\w-]{22}$/)
    expect([loaded?.session, renewed?.previous]).toEqual([created?.session, created?.session])
    expect(destroyed?.session).toBe(renewed?.session)
    expect(renewed?.session).not.toBe(renewed?.previous)
    const told = JSON.stringify(world.events)
    for (const secret of [...ids, ...ids.map(recordKey), valueOf(cookie), 'ada', 'user-7']) {
      expect(told).not.toContain(secret)
    }
  })

  test('each says the class of the store, what is asked for, and how long it took', async () => {
    await using world = open(opener)
    await world.visit(undefined, (session) => session.set('user', 'ada'))
    const facts = {
      store: name,
      as: 'Session',
      session: undefined,
      previous: undefined,
      duration: expect.any(Number),
      operation: undefined,
    }
    expect(world.events).toEqual([
      { ...facts, type: 'fresh', reason: 'no-cookie' },
      { ...facts, type: 'created', reason: 'written', session: expect.any(String) },
    ])
  })

  test('with nobody listening, nothing is prepared', async () => {
    const { store, components, stop } = opener()
    const world = eventWorld(store, {}, components)
    let tell: unknown = 'not asked'
    await world.visit(undefined, (session) => void (tell = stateOf(session).emit))
    expect(tell).toBeUndefined()
    await world.stop()
    stop()
  })

  test('a login of a visitor without a session creates one, a logout with a write ends one and creates one', async () => {
    await using world = open(opener)
    const { cookie } = await world.visit(undefined, (session) => session.bind('user-7'))
    expect(world.heard()).toEqual(['fresh/no-cookie', 'created/authenticated'])
    await world.visit(cookie, (session) => {
      session.destroy()
      session.set('goodbye', true)
    })
    expect(world.heard()).toEqual(['loaded/live', 'destroyed/asked', 'created/written'])
  })

  test('a session that expires while the handler runs is an event, and so are the changes that are lost [EX-12]', async () => {
    await using world = open(opener, { idleTimeout: 100 })
    const cookie = await world.visitor()
    await world.visit(cookie, (session) => {
      session.set('cart', ['tea'])
      world.time.now += 100_000
    })
    expect(world.heard()).toEqual(['loaded/live', 'destroyed/expired', 'lost/expired'])
  })

  test('what a failed handler wrote is an event "lost", where that is the policy [ER-02]', async () => {
    await using world = open(opener, {}, { save: 'success' })
    const cookie = await world.visitor()
    await world.visit(cookie, (session) => {
      session.set('cart', ['tea'])
      throw new Error('no more tea')
    })
    expect(world.heard()).toEqual(['loaded/live', 'lost/handler-failed'])
    await world.visit(cookie, () => {
      throw new Error('no more tea')
    })
    expect(world.heard()).toEqual(['loaded/live'])
  })

  test('a session that has expired says which limit it has reached [EX-01, EX-05]', async () => {
    await using world = open(opener, { idleTimeout: 100, absoluteTimeout: 150 })
    const cookie = await world.visitor()
    world.time.now += 100_000
    await world.visit(cookie)
    expect(world.heard()).toEqual(['fresh/expired-idle', 'refused/expired-idle'])
    world.time.now += 50_000
    await world.visit(cookie)
    expect(world.heard()).toEqual(['fresh/expired-absolute', 'refused/expired-absolute'])
  })

  test('a header full of bad cookies is one fresh visit and four refusals [LG-06]', async () => {
    await using world = open(opener)
    const bad = Array.from({ length: 50 }, () => `${NAME}=${randomBytes(5).toString('hex')}!`)
    await world.visit(bad.join('; '))
    expect(world.heard()).toEqual(['fresh/malformed', ...Array(4).fill('refused/malformed')])
  })

  test('a planted cookie beside the good one is refused, and the good one loaded', async () => {
    await using world = open(opener)
    const cookie = await world.visitor()
    await world.visit(`${NAME}=planted; ${cookie}`)
    const [loaded, refused] = world.events
    expect(world.heard()).toEqual([
      'loaded/live',
      name === 'CookieStore' ? 'refused/unknown-version' : 'refused/malformed',
    ])
    expect(refused?.session).not.toBe(loaded?.session)
  })

  test('data that the schema refuses begins anew, and says so', async () => {
    await using world = open(
      opener,
      {},
      {
        onWarning: expectWarnings('SESSION_DATA'),
        schema: {
          '~standard': {
            version: 1,
            vendor: 'test',
            validate: (data: { user?: string }) =>
              data.user === 'ada' ? { issues: [{ message: 'no' }] } : { value: data },
          },
        },
      },
    )
    const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
    const created = world.events.at(-1)
    world.heard()
    await world.visit(cookie)
    expect(world.events.map(({ session }) => session)).toEqual(Array(2).fill(created?.session))
    expect(world.heard()).toEqual(['fresh/schema', 'refused/schema'])
  })
})
