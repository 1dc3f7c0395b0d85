import assert from 'node:assert/strict'
import type { VisitedApp } from './visited-app.js'

/** The cookie name of the store that shares a backend with the one under test. */
export const OTHER_NAME = '__Host-other'

/** Checks that the cookie of one store is worthless for another one over the same backend. */
export async function sharesNothing(app: VisitedApp, other: VisitedApp): Promise<void> {
  const visitor = await app.visitor().begin({ secret: 1 })
  const stranger = await other.visitor().begin({ admin: 1 })
  assert.notEqual(visitor.cookie.name, OTHER_NAME, 'both stores have the same cookie name')
  assert.equal(stranger.cookie.name, OTHER_NAME, 'the other store has not the name that was given')
  const swapped = [
    [other, `${OTHER_NAME}=${visitor.cookie.value}`],
    [app, `${visitor.cookie.name}=${stranger.cookie.value}`],
  ] as const
  for (const [where, header] of swapped) {
    await where.visitor().opensNothing(header, 'a cookie of one store opens a session of the other')
    await where.visitor().attempt((session) => session.set('planted', 1), header)
    await where.visitor().attempt((session) => session.destroy(), header)
  }
  assert.deepEqual(await visitor.data(), { secret: 1 }, 'one store changed a session of the other')
  assert.deepEqual(await stranger.data(), { admin: 1 }, 'one store changed a session of the other')
}
