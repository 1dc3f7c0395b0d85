import {
  constructed,
  Hooks,
  inject,
  later,
  scoped,
  type ClassToken,
  type Component,
  type Parameter,
} from '../di/index.js'
import { Reply } from '../http/index.js'
import { SYSTEM_TIMER, type Timer } from './deadline.js'
import { SessionOptionError } from './errors.js'
import { ownOptions } from './own-options.js'
import type { SessionStore } from './session-store.js'
import { SessionView, stateOf } from './session-view.js'
import { Session } from './session.js'
import { Visit, type VisitPolicy } from './visit.js'

/** How sessions are loaded and dumped, whatever the store. */
export interface SessionsOptions {
  /**
   * When a handler fails (it throws, or answers 5xx): `always` keeps what it wrote until then, `success`
   * drops it. `destroy` and `regenerate` are never undone. Default: `always`.
   */
  readonly save?: 'always' | 'success'
  /** Milliseconds that one call of the store may take; beyond it the answer is a 503. Default: 2000. */
  readonly deadline?: number
  /** Sets the timer of the deadline. Default: that of the runtime. */
  readonly timer?: Timer
  /** Hears of failures that did not fail the request. Default: `process.emitWarning`, once a minute at most. */
  readonly report?: (error: Error) => void
}

/**
 * Provides `Session` and `SessionView`: the only registration that sessions need. A handler that asks for
 * neither loads nothing. The store's `load` runs before the handler, its `dump` after it and before the
 * response leaves; both are injected, and checked at start-up.
 *
 * @param store a store, or a class of stores that the injector builds.
 * @throws SessionOptionError when an option cannot work.
 */
export function sessions(
  store: SessionStore | ClassToken<SessionStore>,
  options: SessionsOptions = {},
): Component<Session> {
  return new SessionComponent(store, policyOf(options))
}

class SessionComponent implements Component<Session> {
  readonly label: string
  readonly companions: readonly Component[]
  readonly resolve: Component<Session>['resolve']

  constructor(store: SessionStore | ClassToken<SessionStore>, policy: VisitPolicy) {
    const isClass = typeof store === 'function'
    this.label = `sessions(${isClass ? store.name : store.constructor.name})`
    const view = scoped(SessionView, [Session], (session) => new SessionView(stateOf(session)))
    this.companions = isClass ? [constructed(store), view] : [view]
    this.resolve = inject(
      [later(store, 'load'), later(store, 'dump'), Reply, Hooks],
      (load, dump, reply, hooks) => open(new Visit(dump, reply, policy), load, hooks),
    )
  }

  canHandleParameter(parameter: Parameter): boolean {
    return parameter.token === Session
  }
}

function open(visit: Visit, load: () => unknown, hooks: Hooks): Session | Promise<Session> {
  const opened = (session: Session): Session => {
    hooks.afterHandler((outcome) => visit.end(session, outcome))
    return session
  }
  const session = visit.load(load)
  return session instanceof Promise ? session.then(opened) : opened(session)
}

const MINUTE = 60_000

function policyOf(given: SessionsOptions): VisitPolicy {
  const {
    save = 'always',
    deadline = 2000,
    timer = SYSTEM_TIMER,
    report = reportOnceAMinute(),
  } = ownOptions(given)
  if (save !== 'always' && save !== 'success') {
    throw new SessionOptionError('save', "must be 'always' or 'success'.")
  }
  if (!Number.isSafeInteger(deadline) || deadline < 1 || deadline > MINUTE) {
    throw new SessionOptionError('deadline', `must be 1 to ${MINUTE} milliseconds.`)
  }
  return { save, deadline, timer, report }
}

/** A store in trouble fails for every visitor: one line tells as much as a thousand. */
function reportOnceAMinute(): (error: Error) => void {
  let last = -Infinity
  return (error) => {
    if (performance.now() - last < MINUTE) return
    last = performance.now()
    process.emitWarning(error.message, 'SessionWarning')
  }
}
