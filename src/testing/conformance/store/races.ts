import assert from 'node:assert/strict'
import { gate, meetingPoint } from '../gate.js'
import type { StoreChecks } from './checks.js'
import type { Act } from './visitor.js'

/** Parallel requests, in every store. */
export const raceChecks: StoreChecks = {
  'parallel first visits begin a session each': async (app) => {
    const visitors = Array.from({ length: 10 }, () => app.visitor())
    const pass = meetingPoint(visitors.length)
    const ids = await Promise.all(
      visitors.map((visitor, n) =>
        visitor.visit(async (session) => {
          await pass()
          return session.set('n', n).id
        }),
      ),
    )
    assert.equal(new Set(ids).size, visitors.length)
    assert.deepEqual(
      await Promise.all(visitors.map((visitor) => visitor.data())),
      visitors.map((_, n) => ({ n })),
    )
  },

  'parallel writes within one request are all kept': async (app) => {
    const visitor = await app.visitor().begin()
    const { setCookies } = await visitor.attempt((session) =>
      Promise.all(
        ['a', 'b', 'c'].map(async (key) => {
          await new Promise(setImmediate)
          session.set(key, key)
        }),
      ),
    )
    assert.ok(setCookies.length <= 1)
    assert.deepEqual(await visitor.data(), { begun: true, a: 'a', b: 'b', c: 'c' })
  },
}

/** What `mergesWrites` promises. */
export const mergeChecks: StoreChecks = {
  'parallel writes of different keys lose none': async (app) => {
    const visitor = await app.visitor().begin()
    const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`)
    const pass = meetingPoint(keys.length)
    await Promise.all(
      keys.map((key) =>
        visitor.visit(async (session) => {
          session.get('begun')
          await pass()
          session.set(key, key)
        }),
      ),
    )
    const data = await visitor.data()
    assert.deepEqual(data, { begun: true, ...Object.fromEntries(keys.map((key) => [key, key])) })
  },

  'parallel updates of one key all count': async (app) => {
    const visitor = await app.visitor().begin({ n: 0, list: [] })
    const pass = meetingPoint(20)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        visitor.visit(async (session) => {
          session.get('n')
          await pass()
          session.update('n', (n: number) => n + 1)
          session.update('list', (list: number[]) => [...list, index])
        }),
      ),
    )
    const data = (await visitor.data()) as { n: number; list: number[] }
    assert.equal(data.n, 20)
    assert.equal(new Set(data.list).size, 20)
  },

  'one request removes a key while another writes a second one': async (app) => {
    const visitor = await app.visitor().begin({ x: 1 })
    const pass = meetingPoint(2)
    const acts: Act[] = [(session) => session.delete('x'), (session) => session.set('y', 2)]
    await Promise.all(
      acts.map((act) =>
        visitor.visit(async (session) => {
          session.get('x')
          await pass()
          act(session)
        }),
      ),
    )
    assert.deepEqual(await visitor.data(), { y: 2 })
  },
}

/** What `takesOnce` promises. */
export const takeChecks: StoreChecks = {
  'take() gives a value to exactly one of many requests': async (app) => {
    const visitor = await app.visitor().begin({ code: 'once', other: 1 })
    const pass = meetingPoint(10)
    const values = await Promise.all(
      Array.from({ length: 10 }, () =>
        visitor.visit(async (session) => {
          await pass()
          return session.take('code')
        }),
      ),
    )
    assert.deepEqual(
      values.filter((value) => value !== undefined),
      ['once'],
    )
    assert.deepEqual(await visitor.data(), { other: 1 })
  },
}

/** What `isRevocable` promises while other requests run. */
export const revivalChecks: StoreChecks = {
  'requests under way do not bring back a session that was destroyed': async (app) => {
    for (let round = 0; round < 6; round++) {
      const isLoggedOut = round % 2 === 0
      // Only after the logout: at the same time, regenerate() may come first, and the logout destroys the next id.
      const acts = isLoggedOut ? [...SLOW_ACTS, regenerate] : SLOW_ACTS
      const visitor = await app.visitor().begin({ user: 'ada', n: 0 })
      const copy = visitor.header
      const late = app.visitor()
      const hold = gate(acts.length)
      const slow = acts.map((act) =>
        late.attempt(async (session) => {
          session.get('user')
          await hold.pass()
          return act(session)
        }, copy),
      )
      await hold.full
      const logout = visitor.visit((session) => session.destroy())
      if (isLoggedOut) await logout
      hold.open()
      await Promise.all([logout, ...slow])
      await app.visitor().opensNothing(copy, 'the session was brought back')
      if (late.hasCookie)
        await app.visitor().opensNothing(late.header, 'the session has another id now')
    }
  },

  'a request that only touches the session does not bring it back after destroy()': async (app) => {
    const visitor = await app.visitor().begin()
    const copy = visitor.header
    const hold = gate(1)
    const reading = app.visitor().attempt(async (session) => {
      session.get('begun')
      await hold.pass()
      session.touch()
    }, copy)
    await hold.full
    await visitor.visit((session) => session.destroy())
    hold.open()
    await reading
    await app.visitor().opensNothing(copy, 'the session was brought back')
  },

  'of parallel regenerate()s at most one succeeds, and the data exists once': async (app) => {
    const visitor = await app.visitor().begin({ cart: 1 })
    const copy = visitor.header
    const browsers = Array.from({ length: 3 }, () => app.visitor())
    const pass = meetingPoint(browsers.length)
    await Promise.all(
      browsers.map((browser) =>
        browser.attempt(async (session) => {
          session.get('cart')
          await pass()
          session.regenerate()
        }, copy),
      ),
    )
    const successful = browsers.filter((browser) => browser.hasCookie)
    const data = await Promise.all(successful.map((browser) => browser.data()))
    const found = data.filter((one) => 'cart' in one)
    assert.deepEqual(found, [{ cart: 1 }])
  },
}

const SLOW_ACTS: readonly Act[] = [
  (session) => session.set('late', true),
  (session) => session.update('n', (n: number) => n + 1),
  (session) => session.delete('user'),
  (session) => session.clear(),
  (session) => session.touch(),
  (session) => session.take('user'),
]

const regenerate: Act = (session) => session.regenerate()
