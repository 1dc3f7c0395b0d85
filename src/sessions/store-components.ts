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
import type { UnpublishedEvent } from './events/events.js'
import { RecordSessions } from './server-store/record-sessions.js'
import { stateOf } from './session/session-view.js'
import { Session } from './session/session.js'
import { AllSessions } from './store/all-sessions.js'
import type { SessionStore } from './store/session-store.js'
import { UserSessions } from './store/sessions-of-user.js'
import type { VisitPolicy } from './visit/visit-policy.js'
import { UnawaitedCalls } from './visit/unawaited-calls.js'
import { VisitedUserSessions } from './visit/visited-user-sessions.js'

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
 * A method of a store whose sessions go by another token: where it asks for `Session` it means its own, and not those
 * of another store in the same application.
 */
export function methodAs<Name extends 'dump' | 'userSessions'>(
  store: StoreOrClass,
  name: Name,
  token: Token,
): () => ReturnType<Required<SessionStore>[Name]> {
  type Method = (...values: readonly unknown[]) => ReturnType<Required<SessionStore>[Name]>
  const finding = store as Required<SessionStore> | ClassToken<Required<SessionStore>>
  const tokens = describeParameters(callable([finding, name])).map((parameter) => {
    // An erased type stays what it is, for `ready()` to explain.
    return parameter.token === Session
      ? token
      : ((parameter.token ?? parameter.designType) as AnyToken)
  })
  const run: Method = (instance, ...values) =>
    ((instance as Required<SessionStore>)[name] as Method).apply(instance, values)
  return typeof finding === 'function'
    ? (inject([finding, ...tokens], run) as Method)
    : (inject(tokens, (...values) => run(finding, ...values)) as Method)
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

/**
 * Provides `UserSessions` and `AllSessions`, when the store can find the sessions of a user: they call the store as
 * visits do.
 */
export function userSessionsOf(
  store: StoreOrClass,
  { calls, events, onWarning }: Pick<VisitPolicy, 'calls' | 'events' | 'onWarning'>,
): readonly Component[] {
  if (!methodsOf(store).userSessions) return []
  const finding = store as Required<SessionStore> | ClassToken<Required<SessionStore>>
  const watched = (sessions: UserSessions, hooks: Hooks): UserSessions => {
    const unawaited = new UnawaitedCalls(onWarning, () => {})
    // Now: a stream may call for the first time when its handler has ended.
    hooks.afterHandler(() => unawaited.end())
    return sessions instanceof RecordSessions
      ? new VisitedUserSessions(sessions.boundBy(calls), unawaited)
      : new VisitedUserSessions(sessions, unawaited, calls)
  }
  const emit = (event: UnpublishedEvent): void => events.publish(event)
  const nobody = token<Session>(`no session of ${nameOf(store)}`)
  const outside = { userSessions: methodAs(store, 'userSessions', nobody) }
  return [
    scoped(UserSessions, [call(finding, 'userSessions'), Hooks], watched),
    scoped(nobody, [], () => {
      const session = Session.empty()
      stateOf(session).emit = emit
      return session
    }),
    scoped(AllSessions, [call(outside, 'userSessions'), Hooks], (sessions, hooks) => {
      return new AllSessions(watched(sessions, hooks))
    }),
  ]
}
