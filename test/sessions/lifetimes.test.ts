import { describe, expect, test } from 'vitest'
import { CookieStore, MemoryBackend } from '../../src/sessions/index.js'
import { BackendStore } from '../../src/sessions/server-store/server-store.js'
import { VisitedApp } from '../../src/testing/conformance/store/visited-app.js'
import { newSecret } from './secrets.js'
import { gate, visitors } from './server-store/server-store-suite.js'

const IDLE = 1_800_000
const DAY = 86_400_000
const MONTH = 30 * 86_400

/** A server-side store by the clock of the test, and a backend that can hold up its writes. */
async function world() {
  const time = { now: 1_700_000_000_000 }
  const clock = () => time.now
  const backend = new HeldBackend({ now: clock })
  const made = await visitors(
    async (options) => ({ store: new BackendStore(backend, options), backend }),
    { clock },
  )
  return { ...made, time, backend }
}

class HeldBackend extends MemoryBackend {
  hold: (() => Promise<void>) | undefined

  override async replace(...given: Parameters<MemoryBackend['replace']>) {
    await this.hold?.()
    return super.replace(...given)
  }
}

describe('remember()', () => {
  test('with undefined gives the ordinary limits back, in the record too', async () => {
    const { visit, visitor, dataOf, time } = await world()
    const cookie = await visitor({ a: 1 })
    await visit(cookie, (session) => session.remember(MONTH))
    const { setCookies } = await visit(cookie, (session) => session.remember(undefined))
    expect(setCookies).toEqual([expect.not.stringContaining('Max-Age')])
    const seen = await visit(cookie, (session) => [
      session.lifetime ?? null,
      session.expiresAt?.getTime(),
    ])
    expect(seen.result).toEqual([null, time.now + IDLE])
    time.now += IDLE - 1
    expect(await dataOf(cookie)).toEqual({ a: 1 })
    time.now += IDLE
    expect(await dataOf(cookie)).toEqual({})
  })

  test('with undefined gives them back in a cookie store as well', async () => {
    const app = await VisitedApp.open((conditions) => ({
      store: new CookieStore({ secret: newSecret(), ...conditions }),
    }))
    const visitor = await app.visitor().begin({ a: 1 })
    await visitor.visit((session) => session.remember(MONTH))
    await visitor.visit((session) => session.remember(undefined))
    expect(await visitor.visit((session) => session.lifetime)).toBeUndefined()
    const { header } = visitor
    app.pass(IDLE)
    await app.visitor().opensNothing(header, 'the session is still there')
  })

  test('during a commit that is under way is not lost', async () => {
    const { visit, visitor, dataOf, time, backend } = await world()
    const cookie = await visitor({ a: 1 })
    const writing = gate()
    backend.hold = writing.pass
    const visiting = visit(cookie, async (session) => {
      session.set('a', 2)
      const committed = session.commit()
      await writing.waited
      session.remember(MONTH)
      backend.hold = undefined
      writing.open()
      await committed
    })
    const { setCookies } = await visiting
    expect(setCookies).toEqual([expect.stringContaining(`Max-Age=${MONTH};`)])
    time.now += 29 * DAY
    expect(await dataOf(cookie)).toEqual({ a: 2 })
  })

  test('of a commit is not written again at the end, over what another request wrote', async () => {
    const { visit, visitor, backend } = await world()
    const cookie = await visitor({ a: 1 })
    const hold = gate()
    const slow = visit(cookie, async (session) => {
      session.remember(MONTH)
      await session.commit()
      await hold.pass()
      session.set('a', 2)
    })
    await hold.waited
    await visit(cookie, (session) => session.remember(undefined))
    hold.open()
    expect((await slow).status).toBe(200)
    const seen = await visit(cookie, (session) => [session.get('a'), session.lifetime ?? null])
    expect(seen.result).toEqual([2, null])
    expect(backend.size).toBe(1)
  })

  test('keeps the session among those of its user for as long as it lives', async () => {
    const { visit, time } = await world()
    const { cookie } = await visit(undefined, (session) => session.bind('ada'))
    await visit(cookie, (session) => session.remember(MONTH))
    time.now += 29 * DAY
    const listed = await visit(cookie, async (_, ofUser) => (await ofUser.list()).length)
    expect(listed.result).toBe(1)
    const revoked = await visit(undefined, (_, ofUser) => ofUser.revokeAll('ada'))
    expect(revoked.result).toBe(1)
    expect((await visit(cookie, (session) => session.isNew)).result).toBe(true)
  })

  test('of a first visit, and with the login itself, does the same', async () => {
    const { visit, time } = await world()
    const { cookie } = await visit(undefined, (session) => {
      session.bind('ada')
      session.remember(MONTH)
    })
    time.now += 29 * DAY
    const listed = await visit(cookie, async (_, ofUser) => (await ofUser.list()).length)
    expect(listed.result).toBe(1)
  })

  test('survives a renewal and a second login', async () => {
    const { visit, dataOf, time } = await world()
    const first = await visit(undefined, (session) => {
      session.bind('ada')
      session.set('a', 1)
      session.remember(MONTH)
    })
    const second = await visit(first.cookie, (session) => session.regenerate())
    const third = await visit(second.cookie, (session) => session.bind('ada'))
    expect(third.setCookies).toEqual([expect.stringContaining(`Max-Age=${MONTH};`)])
    time.now += 29 * DAY
    expect(await dataOf(third.cookie)).toEqual({ a: 1 })
  })
})

describe('activity', () => {
  test('of two parallel requests the later one counts, in either order of their ends', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { visit, visitor, dataOf, time } = await world()
      const cookie = await visitor({ a: 1 })
      const holds = [gate(), gate()] as const
      const ends: Promise<unknown>[] = []
      time.now += IDLE / 2
      ends.push(visit(cookie, () => holds[0].pass()))
      await holds[0].waited
      time.now += IDLE / 4
      ends.push(visit(cookie, () => holds[1].pass()))
      await holds[1].waited
      const last = time.now
      for (const index of order) {
        holds[index].open()
        await ends[index]
      }
      time.now = last + IDLE - 1
      expect(await dataOf(cookie)).toEqual({ a: 1 })
    }
  })
})

describe('a cookie store', () => {
  test('gives by take() what is there, once, to a browser that takes the new cookie', async () => {
    const app = await VisitedApp.open((conditions) => ({
      store: new CookieStore({ secret: newSecret(), ...conditions }),
    }))
    const visitor = await app.visitor().begin({ code: 'once', other: 1 })
    expect(await visitor.visit((session) => session.take('code'))).toBe('once')
    expect(await visitor.visit((session) => session.take('code'))).toBeUndefined()
    expect(await visitor.data()).toEqual({ other: 1 })
  })
})
