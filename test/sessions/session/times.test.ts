import { Redis } from 'ioredis'
import { BackendStore, MemoryBackend, value, type Session } from 'ingot'
import { RedisStore } from 'ingot/redis'
import { describe, expect, test } from 'vitest'
import { startRedis } from '../../support/redis-server.js'
import { everyStore, visitsOf } from '../every-store.js'
import { eventWorld, listen } from '../events/event-world.js'

const START = 1_800_000_000_000
const HOUR = 3_600_000
const SECOND = 1000

function worldOf(name: string, options: { idleTimeout?: number; touchInterval?: number } = {}) {
  const time = { now: START }
  const make = everyStore[name] as (typeof everyStore)[string]
  return { time, ...visitsOf(make({ clock: () => time.now, ...options })) }
}

describe.each(Object.keys(everyStore))('the times of a session in %s', (name) => {
  test('that are ahead of the clock by more than a minute open none [A7]', async () => {
    const { time, visit } = worldOf(name)
    using events = listen()
    time.now = START + HOUR
    const { cookie } = await visit(undefined, (session) => session.set('a', 1))
    time.now = START - HOUR
    events.heard()
    expect((await visit(cookie, (session) => session.isNew)).result).toBe(true)
    const isCustom = name === 'a store of records'
    expect(events.heard()).toEqual(
      isCustom ? ['fresh/unspecified'] : ['fresh/future', 'refused/future'],
    )
    // The visitor is not stuck: what they write is a session of now.
    const next = await visit(cookie, (session) => session.set('b', 2))
    expect((await visit(next.cookie, (session) => session.toObject())).result).toEqual({ b: 2 })
  })

  test('may be ahead by a minute: clocks of servers differ [A7]', async () => {
    const { time, visit } = worldOf(name)
    const { cookie } = await visit(undefined, (session) => session.set('a', 1))
    time.now = START - 60 * SECOND
    expect((await visit(cookie, (session) => session.get('a'))).result).toBe(1)
    time.now = START - 60 * SECOND - 1
    expect((await visit(cookie, (session) => session.get('a'))).result).toBeNull()
  })

  test('an authentication or an activity ahead opens none [A7]', async () => {
    const { time, visit } = worldOf(name)
    const { cookie } = await visit(undefined, (session) => session.set('a', 1))
    time.now = START + 10 * 60 * SECOND
    const touched = await visit(cookie, (session) => session.touch())
    time.now = START + 8 * 60 * SECOND
    expect((await visit(touched.cookie, (session) => session.isNew)).result).toBe(true)
    const again = await visit(undefined, (session) => session.set('a', 1))
    time.now = START + 20 * 60 * SECOND
    const login = await visit(again.cookie, (session) =>
      session.regenerate({ authenticated: true }),
    )
    time.now = START + 18 * 60 * SECOND
    expect((await visit(login.cookie, (session) => session.isNew)).result).toBe(true)
  })

  test('expiresAt is when it ends if the visitor does nothing more [A10]', async () => {
    const { time, visit } = worldOf(name, { idleTimeout: 1800, touchInterval: 300 })
    const { cookie } = await visit(undefined, (session) => session.set('a', 1))
    const endOf = async (
      from: string | undefined,
      prepare: (session: Session) => void = () => {},
    ) => {
      const visited = await visit(from, (session) => {
        prepare(session)
        return session.expiresAt?.getTime()
      })
      return { end: (visited.result as number) - START, cookie: visited.cookie }
    }
    // Noted not long ago: this visit will not be noted.
    time.now = START + 299 * SECOND
    expect((await endOf(cookie)).end).toBe(1800 * SECOND)
    // A minute left: this visit is noted at its end.
    time.now = START + 1740 * SECOND
    const { end, cookie: noted } = await endOf(cookie)
    expect(end).toBe((1740 + 1800) * SECOND)
    time.now = START + end - 1
    expect((await visit(noted, (session) => session.get('a'))).result).toBe(1)
    const [last] = [time.now - START]
    time.now += 10 * SECOND
    const written = await visit(noted, (session) => session.get('a'))
    const latest = written.cookie
    // A write and a touch are noted at once.
    const touching = await endOf(latest, (session) => session.touch())
    expect(touching.end).toBe(last + 10 * SECOND + 1800 * SECOND)
  })
})

test('expiresAt never passes the absolute limit, nor revives what is over [A10]', async () => {
  const time = { now: START }
  const { visit } = visitsOf(
    new BackendStore(new MemoryBackend({ now: () => time.now }), {
      clock: () => time.now,
      idleTimeout: 1800,
      absoluteTimeout: 2000,
    }),
  )
  const { cookie } = await visit(undefined, (session) => session.set('a', 1))
  time.now += 1700 * SECOND
  const { result } = await visit(cookie, (session) => session.expiresAt?.getTime())
  expect(result).toBe(START + 2000 * SECOND)
  const late = await visit(cookie, (session) => {
    time.now += 400 * SECOND
    return session.expiresAt?.getTime()
  })
  expect(late.result).toBe(START + 2000 * SECOND)
})

test('a clock that was set back does not lengthen the grace of a replaced id [A7]', async () => {
  const time = { now: START }
  const backend = new MemoryBackend({ now: () => START })
  const store = new BackendStore(backend, { clock: () => time.now, regenerateGrace: 10 })
  const { visit } = visitsOf(store)
  const { cookie } = await visit(undefined, (session) => session.set('a', 1))
  time.now = START + 24 * 60 * SECOND
  await visit(cookie, (session) => session.regenerate())
  time.now = START
  using events = listen()
  expect((await visit(cookie, (session) => session.isNew)).result).toBe(true)
  expect(events.heard()).toEqual(['fresh/replaced', 'refused/replaced'])
})

test('times ahead open no session of a RedisStore [A7]', async () => {
  await using server = await startRedis()
  const redis = new Redis(server.port)
  const time = { now: START }
  const store = new RedisStore({ clock: () => time.now })
  const { app, visit } = eventWorld(store, {}, [value(Redis, redis)])
  const { cookie } = await visit(undefined, (session) => session.set('a', 1))
  time.now -= 61 * SECOND
  using events = listen()
  await visit(cookie)
  expect(events.heard()).toEqual(['fresh/future', 'refused/future'])
  await app.close()
  redis.disconnect()
})
