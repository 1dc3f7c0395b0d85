import { call, scoped, type ClassToken, type Component } from '../di/index.js'
import type { SessionStore } from './store/session-store.js'
import type { StoreCalls } from './calls/store-calls.js'
import { UserSessions } from './server-store/record-sessions.js'

/** Provides `UserSessions`, when the store can find the sessions of a user: it calls the store as visits do. */
export function sessionsOf(
  store: SessionStore | ClassToken<SessionStore>,
  calls: StoreCalls,
): readonly Component[] {
  const methods: SessionStore = typeof store === 'function' ? store.prototype : store
  if (!methods.userSessions) return []
  const finding = store as Required<SessionStore> | ClassToken<Required<SessionStore>>
  return [
    scoped(UserSessions, [call(finding, 'userSessions')], (sessions) => sessions.boundBy(calls)),
  ]
}
