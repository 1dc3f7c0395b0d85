import { describe, expect, test } from 'vitest'
import { CookieStore, MemoryBackend, MemoryStore } from '../../../src/sessions/index.js'
import { BackendStore } from '../../../src/sessions/server-store/server-store.js'
import {
  VisitedApp,
  type StoreConditions,
  type StoreWorld,
} from '../../../src/testing/conformance/store/visited-app.js'
import { newSecret } from '../secrets.js'

const stores: Record<string, (conditions: StoreConditions) => StoreWorld> = {
  MemoryStore: (conditions: StoreConditions) => ({ store: new MemoryStore(conditions) }),
  CookieStore: (conditions: StoreConditions) => ({
    store: new CookieStore({ secret: newSecret(), ...conditions }),
  }),
  'CookieStore with revocations': (conditions: StoreConditions) => ({
    store: new CookieStore({
      secret: newSecret(),
      revocations: new MemoryBackend({ now: conditions.clock }),
      ...conditions,
    }),
  }),
}

const IDLE = 1_800_000

describe.each(Object.entries(stores))(
  'a handler that takes longer than a session of a %s lives',
  (_, open) => {
    test('still begins one, for a visitor without [EX-12]', async () => {
      const app = await VisitedApp.open(open)
      const visitor = app.visitor()
      const { status, setCookies } = await visitor.attempt((session) => {
        app.pass(IDLE)
        session.set('a', 1)
      })
      expect([status, setCookies.length]).toEqual([204, 1])
      expect(await visitor.data()).toEqual({ a: 1 })
      app.pass(IDLE - 1)
      expect(await visitor.data()).toEqual({ a: 1 })
    })

    test('still begins one where it wrote before the time was over', async () => {
      const app = await VisitedApp.open(open)
      const visitor = app.visitor()
      await visitor.attempt((session) => {
        session.set('a', 1)
        app.pass(IDLE)
      })
      expect(await visitor.data()).toEqual({ a: 1 })
    })

    test('begins another one after destroy(), and ends the old one', async () => {
      const app = await VisitedApp.open(open)
      const visitor = await app.visitor().begin({ old: 1 })
      const { header } = visitor
      await visitor.attempt((session) => {
        app.pass(IDLE)
        session.destroy()
        session.set('fresh', 1)
      })
      expect(await visitor.data()).toEqual({ fresh: 1 })
      expect(visitor.header).not.toBe(header)
    })

    test('does nothing where nothing was written', async () => {
      const app = await VisitedApp.open(open)
      const { status, setCookies } = await app.visitor().attempt((session) => {
        app.pass(IDLE)
        return session.get('a')
      })
      expect([status, setCookies]).toEqual([204, []])
    })

    test('ends the session, whatever it did to it, and clears the cookie [EX-12]', async () => {
      for (const act of ['read', 'write', 'renew', 'renew and write', 'log out'] as const) {
        const app = await VisitedApp.open(open)
        const visitor = await app.visitor().begin({ secret: 1 })
        const { header } = visitor
        await visitor.attempt((session) => {
          app.pass(IDLE)
          if (act.startsWith('renew')) session.regenerate()
          if (act.endsWith('write')) session.set('late', 1)
          if (act === 'log out') session.destroy()
        })
        expect([act, visitor.hasCookie]).toEqual([act, false])
        expect(await app.visitor().visit((session) => session.isNew, header)).toBe(true)
      }
    })
  },
)

test('a renewal that comes too late ends the record that is stored, and makes none', async () => {
  // The backend has a clock of its own, so only what is deleted is gone.
  const backend = new MemoryBackend()
  const app = await VisitedApp.open((conditions) => ({
    store: new BackendStore(backend, conditions),
  }))
  const visitor = await app.visitor().begin({ secret: 1 })
  expect(backend.size).toBe(1)
  await visitor.attempt((session) => {
    session.regenerate()
    app.pass(IDLE)
    session.set('late', 1)
  })
  expect(backend.size).toBe(0)
})
