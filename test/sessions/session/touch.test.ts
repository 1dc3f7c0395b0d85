import { expect, test } from 'vitest'
import { MemoryStore } from '../../../src/sessions/index.js'
import { everyStore, visitsOf } from '../every-store.js'

const IDLE = 100

test.each(Object.entries(everyStore))(
  'touch() counts from when it is called, however lately activity was noted, with %s',
  async (_, make) => {
    const time = { now: 1_700_000_000_000 }
    const limits = { idleTimeout: IDLE, touchInterval: 50, absoluteTimeout: 3600 }
    const { app, visit } = visitsOf(make({ clock: () => time.now, ...limits }))
    let { cookie } = await visit(undefined, (session) => session.set('a', 1))
    const later = async (seconds: number, act: Parameters<typeof visit>[1]) => {
      time.now += seconds * 1000
      ;({ cookie } = await visit(cookie, act))
    }
    await later(60, (session) => session.touch())
    await later(1, (session) => session.set('a', 2))
    await later(1, (session) => session.touch())
    await later(1, (session) => session.touch())
    time.now += IDLE * 1000 - 1
    const { result } = await visit(cookie, (session) => session.get('a'))
    expect(result).toBe(2)
    await app.close()
  },
)

test('a second touch() of one request is stored as well, after a commit()', async () => {
  const time = { now: 1_700_000_000_000 }
  const limits = { idleTimeout: IDLE, touchInterval: 50, absoluteTimeout: 3600 }
  const { app, visit } = visitsOf(new MemoryStore({ clock: () => time.now, ...limits }))
  const { cookie } = await visit(undefined, (session) => session.set('a', 1))
  time.now += 60_000
  await visit(cookie, async (session) => {
    session.touch()
    await session.commit()
    time.now += 10_000
    session.touch()
  })
  time.now += IDLE * 1000 - 1
  expect((await visit(cookie, (session) => session.get('a') ?? null)).result).toBe(1)
  await app.close()
})

// In a cookie, and in a store that keeps whole records, the last response wins.
const merging = Object.entries(everyStore).filter(([name]) => !/^CookieStore|records/.test(name))

test.each(merging)(
  'touch() of a request that began earlier does not shorten the life of a session, with %s',
  async (_, make) => {
    const time = { now: 1_700_000_000_000 }
    const limits = { idleTimeout: IDLE, touchInterval: 1, absoluteTimeout: 3600 }
    const { app, visit } = visitsOf(make({ clock: () => time.now, ...limits }))
    const { cookie } = await visit(undefined, (session) => session.set('a', 1))
    time.now += 10_000
    await visit(cookie, async (session) => {
      session.touch()
      const { now } = time
      time.now += 20_000
      await visit(cookie, (inner) => inner.touch())
      // The clock of this server is behind.
      time.now = now
    })
    time.now += 20_000 + IDLE * 1000 - 1
    const { result } = await visit(cookie, (session) => session.get('a') ?? null)
    expect(result).toBe(1)
    await app.close()
  },
)
