import type { Outcome } from '../../di/index.js'
import type { Cookie, Exchange, Hooks } from '../../http/index.js'
import type { StoreCaller } from '../calls/store-calls.js'
import { contractError, type StoreWork } from '../calls/store-failure.js'
import { cookieGiven, NO_STORE, sendCookies } from './session-headers.js'
import { UnawaitedCalls } from './unawaited-calls.js'
import { beginDump } from '../session/custom-record.js'
import { SessionLostError } from '../errors/errors.js'
import { outsideRequestError } from '../errors/usage-error.js'
import { sessionChannel } from './event-publisher.js'
import { dumpFailed, isChanged, VisitEvents } from './visit-events.js'
import type { VisitPolicy } from './visit-policy.js'
import type { UnpublishedEvent } from '../events/events.js'
import type { SessionState } from '../session/session-state.js'
import type { SessionVisit } from '../session/state-options.js'
import { isSession, stateOf } from '../session/session-view.js'
import { Session } from '../session/session.js'
import { emitStepEvents, stepOfCustomStore } from '../store/next-step.js'

/** Opens the session of a request. */
export function visitsBy(policy: VisitPolicy) {
  // oxlint-disable-next-line typescript/no-explicit-any -- the data is declared where the session is asked for
  return (load: () => unknown, dump: () => unknown, exchange: Exchange, hooks: Hooks): any =>
    new Visit(dump, exchange, policy).run(load, hooks)
}

/** One request's use of a session: loaded once, dumped at its end, or before by `commit()`. */
class Visit implements SessionVisit, StoreCaller {
  readonly #dump: () => unknown
  readonly #exchange: Exchange
  readonly #policy: VisitPolicy
  /** Set when somebody listened to events as the visit began. */
  readonly #events: VisitEvents | undefined
  /** Set when the session is open. */
  #state!: SessionState
  /** The dump that is under way: two of one session never overlap. */
  #dumping: Promise<void> | undefined
  /** Made when a handler calls what it has to await. */
  #calls: UnawaitedCalls | undefined
  /** Whether the visitor came with a session that is still theirs. */
  #isKnown = false
  /** What the browser has to learn: sent at the end, also when what came after `commit` failed. */
  #cookie: Cookie | undefined

  constructor(dump: () => unknown, exchange: Exchange, policy: VisitPolicy) {
    this.#dump = dump
    this.#exchange = exchange
    this.#policy = policy
    this.#events = sessionChannel.hasSubscribers ? new VisitEvents(policy.events) : undefined
  }

  /**
   * The life of a session within a request: it is loaded and accepted here. After the handler, `#end` closes and
   * stores it, and writes the headers. The response begins when that has settled.
   *
   * @throws HttpError 503 when the store cannot tell: an anonymous session would log the visitor out.
   */
  run(load: () => unknown, hooks: Hooks): Session | Promise<Session> {
    const { calls, schema } = this.#policy
    this.#events?.begin()
    try {
      const loaded = calls.run('load', load, this)
      if (schema || loaded instanceof Promise) return this.#openLater(loaded, hooks)
      return this.#opened(this.#accept(loaded), hooks)
    } catch (error) {
      return this.#notOpened(error, hooks)
    }
  }

  /** Visitors without a session are served while the store is down. */
  needsStore(doing: StoreWork): boolean {
    if (doing === 'load') return this.#policy.looksUp(this.#exchange.cookies)
    return !this.#state.isNew || this.#state.status !== 'clean'
  }

  async #openLater(loading: unknown, hooks: Hooks): Promise<Session> {
    let session: Session
    try {
      session = this.#accept(await loading)
      const checking = this.#policy.schema?.check(session)
      if (checking) await checking
    } catch (error) {
      return this.#notOpened(error, hooks)
    }
    return this.#opened(session, hooks)
  }

  /** Takes what `load` gave, when it is a session, and connects it with this visit. */
  #accept(loaded: unknown): Session {
    if (!isSession(loaded) || !(loaded instanceof Session))
      throw contractError('load', loaded, 'a Session')
    const state = stateOf(loaded)
    // A store that keeps sessions to hand them out again would mix visitors.
    if (state.visit) throw contractError('load', loaded, 'each request its own Session')
    state.visit = this
    // A built-in store says what it refused.
    if (!state.origin) state.hasCookies = this.#exchange.cookies.size > 0
    const events = this.#events
    if (events) {
      // It has a name before it is assigned: V8 makes a function that is written on the right of a property an old
      // object at once, so that the whole request, which it reaches, would be kept until the next full collection.
      const emit = (event: UnpublishedEvent): void => events.emit(event)
      state.emit = emit
    }
    const { subclass } = this.#policy
    return subclass ? new subclass(state) : loaded
  }

  async commit(): Promise<void> {
    await this.#store()
  }

  watch<Value>(call: string, work: Promise<Value>): Promise<Value> {
    this.#calls ??= new UnawaitedCalls(this.#policy.onWarning, () => this.#state.lost())
    return this.#calls.watch(call, work)
  }

  async take<Value>(work: (deadline: number) => Promise<Value>): Promise<Value> {
    try {
      return await this.#policy.calls.run('take', work)
    } catch (error) {
      this.#events?.failed('take', error, this.#state.storedId)
      throw error
    }
  }

  #opened(session: Session, hooks: Hooks): Session | Promise<never> {
    this.#state = stateOf(session)
    this.#events?.loaded(this.#state)
    try {
      hooks.afterHandler((outcome) => this.#end(outcome))
    } catch (error) {
      // Whoever asks when the request is over awaits it, whatever the store.
      return Promise.reject(outsideRequestError(error))
    }
    return session
  }

  #notOpened(error: unknown, hooks: Hooks): never {
    this.#events?.notLoaded(error)
    try {
      // An error, or a page without the session, depends on the cookie as well.
      hooks.afterHandler(() => this.#writeHeaders())
    } catch (tooLate) {
      throw outsideRequestError(tooLate)
    }
    throw error
  }

  /**
   * What happens to the session when the handler has ended: it is closed, stored, and the browser is told. What a
   * failed handler wrote is dropped, where the application wants that.
   */
  #end(outcome: Outcome<Response>): void | Promise<void> {
    const state = this.#state
    this.#calls?.end()
    const hasFailed = !outcome.ok || outcome.response.status >= 500
    if (hasFailed && this.#policy.save === 'success') {
      if (state.emit && isChanged(state)) {
        state.emit({ type: 'lost', reason: 'handler-failed', id: state.storedId })
      }
      state.rollback()
    }
    // What a promise that nobody awaited writes from now on would be lost: it throws.
    state.isClosed = true
    this.#isKnown = !state.isNew
    const stored = this.#store()
    if (!stored) return this.#writeHeaders(state)
    // `finally` would make two promises more.
    return stored.then(
      () => this.#writeHeaders(state),
      (error: unknown) => {
        this.#writeHeaders(state)
        throw error
      },
    )
  }

  /** One dump at a time; the next one writes what came while this one was under way. */
  #store(): void | Promise<void> {
    if (this.#dumping) return this.#storeNext()
    const state = this.#state
    // Built-in stores mark in `nextStep`, at the very moment they write.
    const assertKept = state.persistedAs && beginDump(state)
    this.#events?.begin()
    try {
      const dump = (deadline: number): unknown => {
        state.deadline = deadline
        return this.#dump()
      }
      const given = this.#policy.calls.run('dump', dump, this)
      if (!(given instanceof Promise)) return this.#dumped(given, assertKept)
      return (this.#dumping = this.#dumpedLater(given, assertKept))
    } catch (error) {
      return this.#failed(error)
    }
  }

  async #dumpedLater(given: Promise<unknown>, assertKept: (() => void) | undefined): Promise<void> {
    try {
      this.#dumped(await given, assertKept)
    } catch (error) {
      await this.#failed(error)
    }
  }

  /** Takes the cookie that `dump` gave. */
  #dumped(given: unknown, assertKept: (() => void) | undefined): void {
    const state = this.#state
    assertKept?.()
    if (given !== undefined)
      this.#cookie = cookieGiven(this.#exchange, given, this.#policy.onWarning)
    if (state.lostAs) throw new SessionLostError(state.lostAs)
    if (assertKept && state.emit) emitStepEvents(state, stepOfCustomStore(state), 'landed')
    state.saved()
    this.#events?.end()
    this.#dumping = undefined
  }

  async #storeNext(): Promise<void> {
    while (this.#dumping) await this.#dumping.catch(() => undefined)
    await this.#store()
  }

  async #failed(error: unknown): Promise<void> {
    this.#dumping = undefined
    dumpFailed(this.#state, error, this.#policy, this.#events)
  }

  /**
   * Tells the browser and caches. A known visitor's page is not kept, unless the application says how: else the back
   * button shows it after the logout (OWASP ASVS 5.0, 14.3.2). It is done by a hook, so it stays when the request
   * fails: a browser that does not get the cookie of a session that was stored is logged out, or keeps a replaced id.
   */
  #writeHeaders(state?: SessionState): void {
    const { reply } = this.#exchange
    // What is answered may depend on the cookie, also on there being none.
    reply.vary('Cookie')
    if (this.#cookie || state?.repairs) sendCookies(this.#exchange, this.#cookie, state?.repairs)
    else if (this.#isKnown) reply.setDefaults(NO_STORE)
    // What a store does after its deadline belongs to no visit.
    if (state) state.emit = undefined
  }
}
