import {
  singletonClass,
  recognize,
  inject,
  isSameToken,
  later,
  lazy,
  scoped,
  type ClassToken,
  type Component,
  type Parameter,
  type DIProblem,
  type Token,
  type WiredApplication,
} from '../di/index.js'
import { Exchange, Hooks, HttpError } from '../http/index.js'
import { CsrfToken } from './csrf/csrf-token.js'
import { ownOptions } from './errors/options.js'
import { sessionIfAvailable, SessionView, stateOf, type AnyData } from './session/session-view.js'
import { Session } from './session/session.js'
import { checkSessions, policyOf, warn, type SessionsOptions } from './sessions-options.js'
import {
  methodAs,
  nameOf,
  startUpWarnings,
  userSessionsOf,
  type StartUpWarnings,
  type StoreOrClass,
} from './store-components.js'
import type { SessionStore } from './store/session-store.js'
import { SessionEnd } from './visit/session-end.js'
import { visitsBy } from './visit/visit.js'
import type { VisitPolicy } from './visit/visit-policy.js'
import { conflictsOf, unguardedRoutes, type Registration } from './wiring-mistakes.js'

/**
 * Provides `Session`, `SessionView`, `CsrfToken` and `sessionIfAvailable`: the only registration that
 * sessions need. A handler that asks for none loads nothing. The store's `load` runs before the handler, its
 * `dump` after it and before the response leaves; both are injected, and checked at start-up.
 *
 * @param store a store, or a class of stores that the injector builds.
 * @throws SessionOptionError when an option cannot work.
 */
export function sessions<Data extends object = AnyData>(
  store: SessionStore | ClassToken<SessionStore>,
  options: SessionsOptions<Data> = {},
): Component<Session<Data>> {
  checkSessions(store, options)
  const token = ownOptions(options).as ?? Session
  const warnings = startUpWarnings(store, ownOptions(options).onWarning ?? warn)
  return new SessionComponent(store, token, policyOf(store, token, options), warnings)
}

class SessionComponent<Data extends object> implements Component<Session<Data>>, Registration {
  readonly label: string
  /** A scanner or a preflight that names no route must not make the store work. */
  readonly needsHandler = true
  readonly companions: readonly Component[]
  readonly resolve: Component<Session<Data>>['resolve']
  readonly token: Token
  readonly store: StoreOrClass
  readonly cookieName: string | undefined

  constructor(store: StoreOrClass, token: Token, policy: VisitPolicy, warnings: StartUpWarnings) {
    const isMain = token === Session
    this.label = `sessions(${nameOf(store)})`
    this.token = token
    this.store = store
    this.cookieName = typeof store === 'function' ? undefined : store.cookieName
    this.companions = [
      ...(typeof store === 'function' ? [singletonClass(store)] : []),
      ...warnings.components,
      ...(isMain ? companionsOfSession(store, policy) : []),
    ]
    const dumping = isMain ? store : { dump: methodAs(store, 'dump', token) }
    this.resolve = inject(
      [later(store, 'load'), later(dumping, 'dump'), Exchange, Hooks, ...warnings.tokens],
      visitsBy(policy),
    )
  }

  findMistakes(application: WiredApplication): DIProblem[] {
    // The later one of two tells that they are in each other's way.
    const before = application.components.slice(0, application.components.indexOf(this))
    const conflicts = before.flatMap((other) =>
      other instanceof SessionComponent ? conflictsOf(other, this) : [],
    )
    return [...conflicts, ...unguardedRoutes(this.token, application)]
  }

  canHandleParameter(parameter: Parameter): boolean {
    return isSameToken(parameter.token, this.token)
  }
}

recognize((thing) => thing instanceof SessionComponent)

/** What is asked for beside `Session`, and made of it. */
function companionsOfSession(store: StoreOrClass, policy: VisitPolicy): readonly Component[] {
  return [
    scoped(SessionView, [Session], viewOf),
    scoped(CsrfToken, [Session], (session) => new CsrfToken(session)),
    ifAvailable(policy),
    endOf(store, policy),
    ...userSessionsOf(store, policy),
  ]
}

function viewOf(session: Session): SessionView {
  return new SessionView(stateOf(session))
}

function endOf(store: StoreOrClass, { ends }: VisitPolicy): Component {
  const watch = [Session, later(store, 'load'), Hooks] as const
  return scoped(SessionEnd, watch, (...given) => ends.watch(...given), {
    dispose: (end) => ends.stop(end),
  })
}

function ifAvailable({ onWarning }: VisitPolicy): Component {
  return scoped(sessionIfAvailable, [lazy(Session)], async (session) => {
    try {
      return viewOf(await session())
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 503) throw error
      onWarning(error.cause instanceof Error ? error.cause : error)
      return undefined
    }
  })
}
