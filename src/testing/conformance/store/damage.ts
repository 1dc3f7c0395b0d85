import assert from 'node:assert/strict'
import type { VisitedApp } from './visited-app.js'

/** Checks that a visitor whose session was damaged where it is kept is not stuck. */
export async function isNotStuck(app: VisitedApp, damage: () => unknown): Promise<void> {
  const visitor = await app.visitor().begin({ a: 1, b: 2 })
  await damage()
  // No session, or one of which the damaged values are typed errors: a handler that catches them goes on.
  await visitor.visit((session) => {
    for (const key of ['a', 'b']) {
      try {
        session.get(key)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'SESSION_DATA', 'an error of another kind')
      }
    }
  })
  await visitor.visit((session) => session.destroy())
  assert.ok(!visitor.hasCookie, 'after the logout the browser still has the cookie')
  await visitor.begin({ fresh: 1 })
  assert.deepEqual(await visitor.data(), { fresh: 1 })
}
