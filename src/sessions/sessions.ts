import {
  singletonClass,
  describeToken,
  Hooks,
  inject,
  isSameToken,
  later,
  lazy,
  NamedToken,
  scoped,
  type ClassToken,
  type Component,
  type Parameter,
  type Token,
} from '../di/index.js'
import { Exchange, HttpError } from '../http/index.js'
import { CsrfToken } from './csrf/csrf-token.js'
import { DataSchema, type DataSchemaOptions } from './visit/data-schema.js'
import { dumpAs } from './store-components.js'
import { SessionOptionError } from './errors/errors.js'
import { outsideRequestError } from './errors/usage-error.js'
import { ownOptions } from './errors/own-options.js'
import { EventPublisher } from './visit/event-publisher.js'
import { sessionIfAvailable, SessionView, stateOf, type AnyData } from './session/session-view.js'
import type { SessionStore } from './store/session-store.js'
import { sessionsOf } from './sessions-of-store.js'
import { Session } from './session/session.js'
import { StoreCalls, type StoreCallsOptions } from './calls/store-calls.js'
import { startUpWarnings, type StartUpWarnings } from './store-notices.js'
import { Visit, type VisitPolicy } from './visit/visit.js'

/** How sessions are loaded and dumped, whatever the store. */
export interface SessionsOptions<Data extends object = AnyData>
  extends DataSchemaOptions<Data>, StoreCallsOptions {
  /**
   * What handlers ask for to get these sessions, where an application has two kinds: a subclass of `Session`
   * or a `token<Session<Admin>>('admin')`. Each store needs a cookie name of its own. Default: `Session`.
   */
  readonly as?: Token<Session<Data>>
  /**
   * When a handler fails (it throws, or answers 5xx): `always` keeps what it wrote until then, `success`
   * drops it. `destroy` and `regenerate` are never undone. Default: `always`.
   */
  readonly save?: 'always' | 'success'
  /**
   * Hears of failures that did not fail the request, of sessions that are too large for the store, which
   * are a 413, of a store that is away and comes back, and at start-up of what the store cannot promise.
   * Default: `process.emitWarning`, of what requests bring once a minute at most.
   */
  readonly onWarning?: (error: Error) => void
  /**
   * At least 32 random bytes as text, with which events hash the ids of sessions: the same in all processes
   * whose events are to be joined. Default: random, of this process.
   */
  readonly eventKey?: string
}

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
  const token = options.as ?? Session
  const notices = startUpWarnings(store, ownOptions(options).onWarning ?? warn)
  const events = eventsOf(store, token, options)
  const policy = policyOf(boundsFor(store, options), events, lookUpOf(store))
  return new SessionComponent(store, token, policy, notices)
}

class SessionComponent<Data extends object> implements Component<Session<Data>> {
  readonly label: string
  readonly companions: readonly Component[]
  readonly resolve: Component<Session<Data>>['resolve']
  readonly #token: Token

  constructor(
    store: SessionStore | ClassToken<SessionStore>,
    token: Token,
    policy: VisitPolicy,
    notices: StartUpWarnings,
  ) {
    const isClass = typeof store === 'function'
    this.label = `sessions(${nameOf(store)})`
    this.#token = token
    const isMain = token === Session
    this.companions = [
      ...(isClass ? [singletonClass(store)] : []),
      ...notices.components,
      ...(isMain
        ? [
            scoped(SessionView, [Session], viewOf),
            scoped(CsrfToken, [Session], (session) => new CsrfToken(session)),
            ifAvailable(policy),
            ...sessionsOf(store, policy.calls),
          ]
        : []),
    ]
    this.resolve = inject(
      [
        later(store, 'load'),
        isMain ? later(store, 'dump') : later(dumpAs(store, token), 'dump'),
        Exchange,
        Hooks,
        ...notices.tokens,
      ],
      (load, dump, exchange, hooks) => open(new Visit(dump, exchange, policy), load, hooks, token),
    )
  }

  canHandleParameter(parameter: Parameter): boolean {
    return isSameToken(parameter.token, this.#token)
  }
}

function open(
  visit: Visit,
  load: () => unknown,
  hooks: Hooks,
  token: Token,
  // oxlint-disable-next-line typescript/no-explicit-any -- the data is declared where the session is asked for
): any {
  const opened = (loaded: Session): Session => {
    const session = instanceOf(token, loaded)
    try {
      hooks.afterHandler((outcome) => visit.end(session, outcome))
    } catch (error) {
      throw outsideRequestError(error)
    }
    return session
  }
  const session = visit.load(load)
  return session instanceof Promise ? session.then(opened) : opened(session)
}

/** Whoever asks for a subclass gets an instance of it. */
function instanceOf(token: Token, session: Session): Session {
  const isSubclass = typeof token === 'function' && token.prototype instanceof Session
  return isSubclass ? new (token as unknown as typeof Session)(stateOf(session)) : session
}

function viewOf(session: Session): SessionView {
  return new SessionView(stateOf(session))
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

const MINUTE = 60_000

function nameOf(store: SessionStore | ClassToken<SessionStore>): string {
  return typeof store === 'function' ? store.name : store.constructor.name
}

function eventsOf(
  store: SessionStore | ClassToken<SessionStore>,
  token: Token,
  options: object,
): EventPublisher {
  const { eventKey } = ownOptions<{ readonly eventKey?: string }>(options)
  const as = token instanceof NamedToken ? token.description : describeToken(token)
  return new EventPublisher(nameOf(store), as, eventKey)
}

/** A class is built later, and by others; then any cookie may name a session. */
function lookUpOf(store: SessionStore | ClassToken<SessionStore>): VisitPolicy['looksUp'] {
  const known = typeof store === 'function' ? undefined : store
  return (cookies) => known?.looksUp?.(cookies) ?? cookies.size > 0
}

/** A part that is away is not the store that is away. */
function boundsFor<Options extends StoreCallsOptions>(
  store: SessionStore | ClassToken<SessionStore>,
  given: Options,
): Options {
  const options = ownOptions(given)
  const methods: SessionStore = typeof store === 'function' ? store.prototype : store
  const isBroken = options.failureThreshold !== undefined || methods.isPartitioned?.() !== true
  return isBroken ? options : ownOptions({ ...options, failureThreshold: Infinity })
}

function policyOf(
  given: Omit<SessionsOptions<object>, 'as'>,
  events: EventPublisher,
  looksUp: VisitPolicy['looksUp'],
): VisitPolicy {
  const options = ownOptions(given)
  const { save = 'always', onWarning = reportOnceAMinute() } = options
  if (save !== 'always' && save !== 'success') {
    throw new SessionOptionError('save', "must be 'always' or 'success'.")
  }
  const isDescribed = options.schema ?? options.version ?? options.migrate
  const schema = isDescribed === undefined ? undefined : new DataSchema(options, onWarning)
  const calls = new StoreCalls(options, breakerNews(events, options.onWarning))
  return { save, calls, schema, events, onWarning, looksUp }
}

/** Both changes are told, so each has a minute of its own. */
function breakerNews(
  events: EventPublisher,
  report?: (error: Error) => void,
): (change: 'opened' | 'closed', error: Error) => void {
  const reports = { opened: report ?? reportOnceAMinute(), closed: report ?? reportOnceAMinute() }
  return (change, error) => {
    if (events.isObserved) events.publish({ type: 'breaker', reason: change }, undefined)
    reports[change](error)
  }
}

/** A store in trouble fails for every visitor: one line tells as much as a thousand. */
function reportOnceAMinute(): (error: Error) => void {
  let last = -Infinity
  return (error) => {
    if (performance.now() - last < MINUTE) return
    last = performance.now()
    warn(error)
  }
}

function warn(error: Error): void {
  process.emitWarning(error.message, 'SessionWarning')
}
