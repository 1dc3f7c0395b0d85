import assert from 'node:assert/strict'
import { gate } from '../gate.js'
import type { StoreChecks } from './checks.js'
import type { VisitedApp } from './visited-app.js'
import type { Act, Visited } from './visitor.js'

/** What `isRevocable` promises to a request that writes: that it is told when the session ended meanwhile. */
export const lostWriteChecks: StoreChecks = {
  'what is written to a session that was destroyed meanwhile is a 409 or 401, whatever the write':
    async (app) => {
      for (const [what, act] of Object.entries(WRITES)) {
        const { status, setCookies } = await afterLogout(app, act)
        assert.ok(isTold(status), `${what} was answered with ${status}, as if it were stored`)
        assert.ok(!setCookies.some(isIssued), `${what} got a cookie`)
      }
    },

  'commit() rejects when the session was destroyed meanwhile, and a handler may catch that': async (
    app,
  ) => {
    let error: unknown
    const { status } = await afterLogout(app, async (session) => {
      session.set('late', 1)
      await session.commit().catch((reason: unknown) => (error = reason))
    })
    assert.ok(error instanceof Error, 'commit() resolved, as if the write were stored')
    assert.ok(isTold((error as Error & { status?: number }).status ?? 0), 'commit() said otherwise')
    assert.equal(status, 204, 'the handler caught the error, and its response was not sent')
  },

  'a request that only reads a session which was destroyed meanwhile succeeds': async (app) => {
    assert.equal((await afterLogout(app, reading)).status, 204)
  },
}

/** The same for a session that expires, which every store with a clock knows. */
export const expiredWriteChecks: StoreChecks = {
  'what a handler writes that outlasts the session is a 409 or 401, and reading is not': async (
    app,
  ) => {
    for (const [what, act] of Object.entries({ ...WRITES, reading })) {
      const visitor = await app.visitor().begin({ n: 0, user: 'ada' })
      const { status } = await visitor.attempt(async (session) => {
        app.pass(app.conditions.idleTimeout * 1000)
        await act(session)
      })
      if (what === 'reading') assert.equal(status, 204)
      else assert.ok(isTold(status), `${what} was answered with ${status}, as if it were stored`)
    }
  },
}

const reading: Act = (session) => session.toObject()

const WRITES: Readonly<Record<string, Act>> = {
  'set()': (session) => session.set('late', true),
  'update()': (session) => session.update('n', (n: number) => n + 1),
  'delete()': (session) => session.delete('user'),
  'clear()': (session) => session.clear(),
  'regenerate()': (session) => session.regenerate(),
}

/** What a request gets whose session was destroyed by another one before it did something. */
async function afterLogout(app: VisitedApp, act: Act): Promise<Visited> {
  const visitor = await app.visitor().begin({ n: 0, user: 'ada' })
  const hold = gate(1)
  const slow = app.visitor().attempt(async (session) => {
    session.get('user')
    await hold.pass()
    return act(session)
  }, visitor.header)
  await hold.full
  await visitor.visit((session) => session.destroy())
  hold.open()
  return slow
}

/** 409 by default; `lostStatus` of `sessions()` may make it 401. */
function isTold(status: number): boolean {
  return status === 409 || status === 401
}

/** Whether a Set-Cookie line gives the browser a value, and does not clear one. */
function isIssued(line: string): boolean {
  return !/^[^=]+=(?:;|$)/.test(line) && !/;\s*max-age=0\b/i.test(line)
}
