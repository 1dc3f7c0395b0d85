import { describe, expect, test } from 'vitest'
import { listen } from '../events/event-world.js'
import { everyStore, visitsOf } from '../every-store.js'

const ABSOLUTE = 3600

/** A visitor without a session, whose handler does something and takes longer than a session lives. */
function open(make: (typeof everyStore)[string]) {
  const time = { now: 1_700_000_000_000 }
  const clock = () => time.now
  const limits = { clock, idleTimeout: ABSOLUTE, absoluteTimeout: ABSOLUTE }
  const world = visitsOf(make(limits))
  return { time, ...world }
}

describe.each(Object.entries(everyStore))('a new session of a %s', (_, make) => {
  test('whose handler takes longer than `absoluteTimeout` begins when it is stored [A1]', async () => {
    const { time, visit, app } = open(make)
    const begun = await visit(undefined, (session) => {
      session.set('a', 1)
      time.now += ABSOLUTE * 1000
    })
    expect(begun.status).toBe(200)
    time.now += ABSOLUTE * 1000 - 1
    const { result } = await visit(begun.cookie, (session) => session.toObject())
    expect(result).toEqual({ a: 1 })
    time.now += 1
    expect((await visit(begun.cookie, (session) => session.isNew)).result).toBe(true)
    await app.close()
  })

  test('says in such a handler when it ends [A10]', async () => {
    const { time, visit, app } = open(make)
    const { result } = await visit(undefined, (session) => {
      time.now += ABSOLUTE * 1000
      session.set('a', 1)
      return session.expiresAt!.getTime() - time.now
    })
    expect(result).toBe(ABSOLUTE * 1000)
    await app.close()
  })

  test('keeps its start where the handler ends in time', async () => {
    const { time, visit, app } = open(make)
    const start = time.now
    const begun = await visit(undefined, (session) => {
      session.set('a', 1)
      time.now += 1000
    })
    const { result } = await visit(begun.cookie, (session) => session.createdAt!.getTime())
    expect(result).toBe(start)
    await app.close()
  })
})

// A store of one's own decides by itself what it stores.
const ours = Object.entries(everyStore).filter(([name]) => !name.includes('records'))

describe.each(ours)('a login in a new session of a %s', (_, make) => {
  test('that is older than `absoluteTimeout` when its handler ends is lost, and that is said [A1]', async () => {
    const { time, visit, app } = open(make)
    using listening = listen()
    const late = await visit(undefined, (session) => {
      session.regenerate({ authenticated: true })
      time.now += ABSOLUTE * 1000
      session.set('a', 1)
    })
    expect(late.status).toBe(409)
    expect(JSON.parse(late.body)).toMatchObject({ code: 'SESSION_LOST' })
    expect(late.headers.filter(([header]) => header === 'set-cookie')).toEqual([])
    expect(listening.heard()).toEqual(['fresh/no-cookie', 'lost/expired'])
    await app.close()
  })

  test('that was lost leaves a handler that catches it with an empty new session [A1]', async () => {
    const { time, visit, app } = open(make)
    const caught = await visit(undefined, async (session) => {
      session.regenerate({ authenticated: true })
      time.now += ABSOLUTE * 1000
      const lost = await session.commit().catch((error: { reason: string }) => error.reason)
      return [lost, session.isNew, session.authenticatedAt ?? null, session.toObject()]
    })
    expect(caught.result).toEqual(['expired', true, null, {}])
    expect(caught.cookie).toBeUndefined()
    const anew = await visit(undefined, async (session) => {
      session.regenerate({ authenticated: true })
      time.now += ABSOLUTE * 1000
      await session.commit().catch(() => {})
      session.set('a', 2)
    })
    const { result } = await visit(anew.cookie, (session) => [
      session.authenticatedAt ?? null,
      session.toObject(),
    ])
    expect(result).toEqual([null, { a: 2 }])
    await app.close()
  })
})
