import assert from 'node:assert/strict'
import type { Session } from '../../../sessions/index.js'
import type { StoreChecks } from './checks.js'

/** What `isRevocable` promises for as long as any cookie of the session can live. */
export const lastingEndChecks: StoreChecks = {
  'a logout with an older cookie ends a session that is remembered since, for all its life': async (
    app,
  ) => {
    const visitor = await app.visitor().begin({ secret: 1 })
    const older = visitor.header
    if ((await visitor.visit(remember)) === NOT_KEPT) return
    const newer = visitor.header
    await app.visitor().visit((session) => session.destroy(), older)
    await app.visitor().opensNothing(newer, 'the remembered session is still there')
    app.pass(REMEMBERED * 1000 - 1)
    await app.visitor().opensNothing(newer, 'the session came back when its end was forgotten')
    await app.visitor().opensNothing(older, 'the session came back when its end was forgotten')
  },

  'a logout ends a session that was to be remembered for longer once, for all that time': async (
    app,
  ) => {
    const visitor = await app.visitor().begin({ secret: 1 })
    if ((await visitor.visit(remember)) === NOT_KEPT) return
    const longer = visitor.header
    await visitor.visit((session) => session.remember(undefined))
    await visitor.visit((session) => session.destroy())
    app.pass(REMEMBERED * 1000 - 1)
    await app.visitor().opensNothing(longer, 'the session came back when its end was forgotten')
  },
}

/** Seconds. */
const REMEMBERED = 30 * 86_400
const NOT_KEPT = 'not kept'

/** A store that keeps data alone refuses, and has no session that lives longer. */
function remember(session: Session): string | undefined {
  try {
    session.remember(REMEMBERED)
    return undefined
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'SESSION_NOT_KEPT')
    return NOT_KEPT
  }
}
