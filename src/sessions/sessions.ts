import {
  constructed,
  Hooks,
  inject,
  later,
  lazy,
  scoped,
  type ClassToken,
  type Component,
  type Parameter,
} from '../di/index.js'
import { Exchange, HttpError } from '../http/index.js'
import { DataSchema, type DataSchemaOptions } from './data-schema.js'
import { SYSTEM_TIMER, type Timer } from './deadline.js'
import { SessionOptionError } from './errors.js'
import { ownOptions } from './own-options.js'
import { sessionIfAvailable } from './session-if-available.js'
import type { SessionStore } from './session-store.js'
import { SessionView, stateOf, type AnyData } from './session-view.js'
import { Session } from './session.js'
import { StoreCalls } from './store-calls.js'
import { Visit, type VisitPolicy } from './visit.js'

/** How sessions are loaded and dumped, whatever the store. */
export interface SessionsOptions<Data extends object = AnyData> extends DataSchemaOptions<Data> {
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
 * Provides `Session`, `SessionView` and `sessionIfAvailable`: the only registration that sessions need. A
 * handler that asks for none loads nothing. The store's `load` runs before the handler, its `dump` after it
 * and before the response leaves; both are injected, and checked at start-up.
 *
 * @param store a store, or a class of stores that the injector builds.
 * @throws SessionOptionError when an option cannot work.
 */
export function sessions<Data extends object = AnyData>(
  store: SessionStore | ClassToken<SessionStore>,
  options: SessionsOptions<Data> = {},
): Component<Session<Data>> {
  return new SessionComponent(store, policyOf(options))
}

class SessionComponent<Data extends object> implements Component<Session<Data>> {
  readonly label: string
  readonly companions: readonly Component[]
  readonly resolve: Component<Session<Data>>['resolve']

  constructor(store: SessionStore | ClassToken<SessionStore>, policy: VisitPolicy) {
    const isClass = typeof store === 'function'
    this.label = `sessions(${isClass ? store.name : store.constructor.name})`
    const views = [scoped(SessionView, [Session], viewOf), ifAvailable(policy)]
    this.companions = isClass ? [constructed(store), ...views] : views
    this.resolve = inject(
      [later(store, 'load'), later(store, 'dump'), Exchange, Hooks],
      (load, dump, exchange, hooks) => open(new Visit(dump, exchange, policy), load, hooks),
    )
  }

  canHandleParameter(parameter: Parameter): boolean {
    return parameter.token === Session
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the data is declared where the session is asked for
function open(visit: Visit, load: () => unknown, hooks: Hooks): any {
  const opened = (session: Session): Session => {
    hooks.afterHandler((outcome) => visit.end(session, outcome))
    return session
  }
  const session = visit.load(load)
  return session instanceof Promise ? session.then(opened) : opened(session)
}

function viewOf(session: Session): SessionView {
  return new SessionView(stateOf(session))
}

function ifAvailable({ report }: VisitPolicy): Component {
  return scoped(sessionIfAvailable, [lazy(Session)], async (session) => {
    try {
      return viewOf(await session())
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 503) throw error
      report(error.cause instanceof Error ? error.cause : error)
      return undefined
    }
  })
}

const MINUTE = 60_000

function policyOf(given: SessionsOptions<object>): VisitPolicy {
  const options = ownOptions(given)
  const { save = 'always', deadline = 2000, timer = SYSTEM_TIMER } = options
  const { report = reportOnceAMinute() } = options
  if (save !== 'always' && save !== 'success') {
    throw new SessionOptionError('save', "must be 'always' or 'success'.")
  }
  if (!Number.isSafeInteger(deadline) || deadline < 1 || deadline > MINUTE) {
    throw new SessionOptionError('deadline', `must be 1 to ${MINUTE} milliseconds.`)
  }
  const isDescribed = options.schema ?? options.version ?? options.migrate
  const schema = isDescribed === undefined ? undefined : new DataSchema(options, report)
  return { save, calls: new StoreCalls(deadline, timer), schema, report }
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
