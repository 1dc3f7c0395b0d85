import assert from 'node:assert/strict'
import type { StoreChecks } from './checks.js'

/** How sessions are destroyed and change their id, in every store. */
export const endingChecks: StoreChecks = {
  'destroy() removes the data and clears the cookie': async (app) => {
    const visitor = await app.visitor().begin()
    const { setCookies } = await visitor.attempt((session) => session.destroy())
    assert.equal(setCookies.length, 1)
    assert.ok(!visitor.hasCookie, 'the browser still has the cookie')
    assert.deepEqual(await visitor.data(), {})
  },

  'destroy() without a session does nothing': async (app) => {
    const { status, setCookies } = await app.visitor().attempt((session) => session.destroy())
    assert.deepEqual([status, setCookies], [204, []])
  },

  'destroy() clears a cookie that opens no session': async (app) => {
    const { name, value } = (await app.visitor().begin()).cookie
    for (const dead of ['x', value.slice(0, -1), `${value}A`]) {
      const visitor = app.visitor()
      const { status, setCookies } = await visitor.attempt(
        (session) => session.destroy(),
        `${name}=${dead}`,
      )
      assert.deepEqual([status, setCookies.length], [204, 1], 'the browser keeps a dead cookie')
      assert.match(setCookies[0]!, new RegExp(`^${name}=;.*max-age=0`, 'i'))
    }
  },

  'a write after destroy() begins another session': async (app) => {
    const visitor = await app.visitor().begin({ secret: 1 })
    const before = visitor.cookie.value
    const ids = (await visitor.visit((session) => {
      const { id } = session
      session.destroy()
      session.set('fresh', 1)
      return [id, session.id]
    })) as string[]
    assert.notEqual(ids[0], ids[1])
    assert.notEqual(visitor.cookie.value, before)
    assert.deepEqual(await visitor.data(), { fresh: 1 })
  },

  'regenerate() changes the id and the cookie, and keeps the data': async (app) => {
    const visitor = await app.visitor().begin({ cart: 1 })
    const before = visitor.cookie.value
    const ids = (await visitor.visit((session) => {
      const { id } = session
      session.regenerate()
      session.set('user', 'ada')
      return [id, session.id]
    })) as string[]
    assert.notEqual(ids[0], ids[1])
    assert.notEqual(visitor.cookie.value, before)
    assert.equal(await visitor.visit((session) => session.id), ids[1])
    assert.deepEqual(await visitor.data(), { cart: 1, user: 'ada' })
  },
}

/** What `isRevocable` promises, without parallel requests. */
export const revocationChecks: StoreChecks = {
  'a copy of the cookie is worthless after destroy()': async (app) => {
    const visitor = await app.visitor().begin({ secret: 1 })
    const copy = visitor.header
    await visitor.visit((session) => session.destroy())
    await app.visitor().opensNothing(copy, 'the session is still there')
    await app.visitor().visit((session) => session.set('planted', 1), copy)
    await app.visitor().opensNothing(copy, 'the session was brought back')
    const { setCookies } = await app.visitor().attempt((session) => session.destroy(), copy)
    assert.equal(setCookies.length, 1, 'a second logout leaves the dead cookie')
  },

  'after destroy() and a new session, the old cookie opens neither': async (app) => {
    const visitor = await app.visitor().begin({ secret: 1 })
    const copy = visitor.header
    await visitor.visit((session) => {
      session.destroy()
      session.set('fresh', 1)
    })
    await app.visitor().opensNothing(copy, 'the session is still there')
  },

  'the cookie from before regenerate() reads nothing that was written later, and writes nothing':
    async (app) => {
      const visitor = await app.visitor().begin({ cart: 1 })
      const copy = visitor.header
      await visitor.visit((session) => {
        session.regenerate()
        session.set('user', 'ada')
      })
      const thief = app.visitor()
      assert.equal(await thief.visit((session) => session.get('user'), copy), undefined)
      // For some seconds it may still read the old data; a write may be refused, or begin another session.
      await thief.attempt((session) => session.set('planted', 1), copy)
      await thief.attempt((session) => session.regenerate(), copy)
      assert.deepEqual(await visitor.data(), { cart: 1, user: 'ada' })
      assert.equal(await thief.visit((session) => session.get('user'), copy), undefined)
    },
}
