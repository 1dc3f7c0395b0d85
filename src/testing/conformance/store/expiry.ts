import assert from 'node:assert/strict'
import type { StoreChecks } from './checks.js'

/** When sessions expire, even if the browser still sends the cookie. */
export const expiryChecks: StoreChecks = {
  'requests keep a session alive, and it expires at the exact millisecond of its idle timeout':
    async (app) => {
      const idle = app.conditions.idleTimeout * 1000
      const visitor = await app.visitor().begin({ secret: 1 })
      for (let visit = 0; visit < 2; visit++) {
        app.pass(idle - 1)
        assert.deepEqual(await visitor.data(), { secret: 1 })
      }
      const copy = visitor.header
      app.pass(idle)
      await app.visitor().opensNothing(copy, 'the session is still there')
    },

  'an active session expires at the exact millisecond of its absolute timeout': async (app) => {
    const { idleTimeout, absoluteTimeout } = app.conditions
    const visitor = await app.visitor().begin({ secret: 1 })
    const step = idleTimeout * 500
    for (let age = step; age < absoluteTimeout * 1000; age += step) {
      app.pass(step)
      assert.deepEqual(await visitor.data(), { secret: 1 })
    }
    app.pass(step - 1)
    const copy = visitor.header
    assert.deepEqual(await visitor.data(copy), { secret: 1 })
    app.pass(1)
    await app.visitor().opensNothing(copy, 'the session is still there')
  },

  'regenerate() without an authentication does not extend the absolute timeout': async (app) => {
    const { idleTimeout, absoluteTimeout } = app.conditions
    const visitor = await app.visitor().begin({ secret: 1 })
    const step = idleTimeout * 500
    for (let age = step; age < absoluteTimeout * 1000; age += step) {
      app.pass(step)
      await visitor.visit((session) => session.regenerate())
    }
    const copy = visitor.header
    app.pass(step)
    await app.visitor().opensNothing(copy, 'the session is still there')
  },

  'expiresAt, where it is known, is the millisecond at which the session ends by itself': async (
    app,
  ) => {
    const idle = app.conditions.idleTimeout * 1000
    for (const passed of [0, idle / 2, idle - 1]) {
      const [early, late] = [await app.visitor().begin(), await app.visitor().begin()]
      app.pass(passed)
      const ends = await Promise.all(
        [early, late].map((visitor) => visitor.visit((session) => session.expiresAt?.getTime())),
      )
      if (ends[0] === undefined) return
      assert.deepEqual(ends, [ends[0], ends[0]])
      const copy = late.header
      app.pass((ends[0] as number) - app.conditions.clock() - 1)
      assert.deepEqual(await early.data(), { begun: true }, 'it ended before')
      app.pass(1)
      await app.visitor().opensNothing(copy, 'it is still there')
    }
  },

  'a handler that outlasts the session does not bring it back': async (app) => {
    const visitor = await app.visitor().begin({ secret: 1 })
    const copy = visitor.header
    const { status } = await visitor.attempt((session) => {
      app.pass(app.conditions.idleTimeout * 1000)
      session.set('late', 1)
    })
    assert.ok(status < 500, `it was answered with ${status}`)
    await app.visitor().opensNothing(copy, 'the session is there again')
    assert.equal((await visitor.data())['secret'], undefined)
  },
}
