import {
  call,
  callable,
  describeParameters,
  inject,
  scoped,
  singleton,
  token,
  type AnyToken,
  type ClassToken,
  type Component,
  type Token,
} from '../di/index.js'
import { Hooks } from '../http/index.js'
import { SessionStoreError } from './errors/errors.js'
import { RecordSessions } from './server-store/record-sessions.js'
import { BoundedUserSessions } from './calls/bounded-user-sessions.js'
import { Session } from './session/session.js'
import type { SessionStore } from './store/session-store.js'
import { UserSessions } from './store/sessions-of-user.js'
import type { VisitPolicy } from './visit/visit-policy.js'
import { WatchedUserSessions } from './visit/watched-user-sessions.js'

/** A store, or a class of stores that the injector builds. */
export type StoreOrClass = SessionStore | ClassToken<SessionStore>

/** What can be asked of a store before it is built: its methods. */
export function methodsOf(store: StoreOrClass): SessionStore {
  return typeof store === 'function' ? store.prototype : store
}

export function nameOf(store: StoreOrClass): string {
  return typeof store === 'function' ? store.name : store.constructor.name
}

/**
 * The `dump` of a store whose sessions go by another token: where it asks for `Session` it means its own,
 * and not those of another store in the same application.
 */
export function dumpAs(
  store: StoreOrClass,
  token: Token,
): { readonly dump: () => ReturnType<SessionStore['dump']> } {
  const tokens = describeParameters(callable([store, 'dump'])).map((parameter) => {
    // An erased type stays what it is, for `ready()` to explain.
    return parameter.token === Session
      ? token
      : ((parameter.token ?? parameter.designType) as AnyToken)
  })
  const dump =
    typeof store === 'function'
      ? inject([store, ...tokens], (instance: SessionStore, ...values) => instance.dump(...values))
      : inject(tokens, (...values) => store.dump(...values))
  return { dump }
}

/** Reports the start-up warnings of a store when the application gets ready; asking for `tokens` makes it happen. */
export interface StartUpWarnings {
  readonly tokens: readonly Token[]
  readonly components: readonly Component[]
}

/** A store that never warns adds nothing to the wiring; whether a class does is known when it is built. */
export function startUpWarnings(
  store: StoreOrClass,
  onWarning: (error: Error) => void,
): StartUpWarnings {
  const isClass = typeof store === 'function'
  if (!isClass && !store.startUpWarnings) return { tokens: [], components: [] }
  const reported = token<true>(`start-up warnings of ${nameOf(store)}`)
  const report = async (built: SessionStore) => {
    const warnings = (await built.startUpWarnings?.()) ?? []
    for (const warning of warnings) onWarning(new SessionStoreError(warning))
    return true as const
  }
  const component = isClass
    ? singleton(reported, [store], report)
    : singleton(reported, [], () => report(store))
  return { tokens: [reported], components: [component] }
}

/** Provides `UserSessions`, when the store can find the sessions of a user: it calls the store as visits do. */
export function userSessionsOf(
  store: StoreOrClass,
  { calls, onWarning }: Pick<VisitPolicy, 'calls' | 'onWarning'>,
): readonly Component[] {
  if (!methodsOf(store).userSessions) return []
  const finding = store as Required<SessionStore> | ClassToken<Required<SessionStore>>
  return [
    scoped(UserSessions, [call(finding, 'userSessions'), Hooks], (sessions, hooks) => {
      const bounded =
        sessions instanceof RecordSessions
          ? sessions.boundBy(calls)
          : new BoundedUserSessions(sessions, calls)
      return new WatchedUserSessions(bounded, hooks, onWarning)
    }),
  ]
}
