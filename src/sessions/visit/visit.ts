import type { Outcome } from '../../di/index.js'
import type { Cookies, Exchange, Hooks } from '../../http/index.js'
import { contractError } from './contract-error.js'
import { VisitReply } from './visit-reply.js'
import { UnawaitedCalls } from './unawaited-calls.js'
import { beginDump } from '../session/custom-record.js'
import type { DataSchema } from './data-schema.js'
import { SessionLostError, SessionTooLargeError } from '../errors/errors.js'
import { outsideRequestError } from '../errors/usage-error.js'
import { sessionChannel, type EventPublisher } from './event-publisher.js'
import { VisitEvents } from './visit-events.js'
import type { UnpublishedEvent } from '../events/unpublished-event.js'
import type { SessionState } from '../session/session-state.js'
import { isSession, stateOf } from '../session/session-view.js'
import { Session } from '../session/session.js'
import type { StoreCalls } from '../calls/store-calls.js'
import { causeOf } from '../calls/store-failure.js'
import { stepOfCustomStore } from '../store/next-step.js'
import { emitStepEvents } from '../store/step-events.js'

/** The policy that every visit of an application follows. */
export interface VisitPolicy {
  readonly save: 'always' | 'success'
  /** The status when what a handler wrote is lost. */
  readonly lostStatus: 401 | 409
  readonly calls: StoreCalls
  readonly schema: DataSchema | undefined
  readonly events: EventPublisher
  /** What handlers ask for, when it is a subclass of `Session`. */
  readonly subclass: typeof Session | undefined
  /** Whether the store has to look up what the cookies of a request name. */
  readonly looksUp: (cookies: Cookies) => boolean
  /** Takes what `onError` does not get: failures that did not fail the request, and sessions too large. */
  readonly onWarning: (error: Error) => void
}

/** One request's use of a session: loaded once, dumped at its end, or before by `commit()`. */
export class Visit {
  readonly #dump: () => unknown
  readonly #exchange: Exchange
  readonly #policy: VisitPolicy
  /** Set when somebody listened to events as the visit began. */
  readonly #events: VisitEvents | undefined
  /** The dump that is under way: two of one session never overlap. */
  #dumping: Promise<void> | undefined
  /** Made when a handler calls what it has to await. */
  #calls: UnawaitedCalls | undefined
  readonly #reply: VisitReply

  constructor(dump: () => unknown, exchange: Exchange, policy: VisitPolicy) {
    this.#dump = dump
    this.#exchange = exchange
    this.#policy = policy
    this.#reply = new VisitReply(exchange, policy.onWarning)
    this.#events = sessionChannel.hasSubscribers ? new VisitEvents(policy.events) : undefined
  }

  /**
   * The life of a session within a request, in the order of its steps. The response begins when the last one
   * has settled.
   *
   * @throws HttpError 503 when the store cannot tell: an anonymous session would log the visitor out.
   */
  run(load: () => unknown, hooks: Hooks): Session | Promise<Session> {
    const open = () => andThen(this.#load(load), (loaded) => this.#accept(loaded))
    const opened = (session: Session): Session => {
      afterHandler(hooks, (outcome) => {
        const state = stateOf(session)
        this.#close(state, outcome)
        const stored = this.#store(state)
        const end = () => {
          // What a store does after its deadline belongs to no visit.
          state.emit = undefined
          this.#reply.write()
        }
        return stored ? stored.finally(end) : end()
      })
      return session
    }
    // An error, or a page without the session, depends on the cookie as well.
    const failed = (error: unknown): never => {
      afterHandler(hooks, () => this.#reply.write())
      throw error
    }
    try {
      const loading = this.#events?.load(open) ?? open()
      return loading instanceof Promise ? loading.then(opened, failed) : opened(loading)
    } catch (error) {
      return failed(error)
    }
  }

  #load(load: () => unknown): unknown {
    const { calls, looksUp } = this.#policy
    return calls.run('load', load, () => looksUp(this.#exchange.cookies))
  }

  /** Takes what `load` gave, when it is a session that fits the schema, and connects it with this visit. */
  #accept(loaded: unknown): Session | Promise<Session> {
    if (!isSession(loaded) || !(loaded instanceof Session))
      throw contractError('load', loaded, 'a Session')
    const state = stateOf(loaded)
    // A store that keeps sessions to hand them out again would mix visitors.
    if (state.commit) throw contractError('load', loaded, 'each request its own Session')
    this.#attach(state)
    const { schema, subclass } = this.#policy
    const session = subclass ? new subclass(state) : loaded
    return andThen(schema?.check(session), () => session)
  }

  /**
   * Gives a session what it asks of its visit. Each function has a name before it is assigned: V8 makes one that
   * is written on the right of a property an old object at once, so that the whole request, which it reaches,
   * would be kept until the next full collection.
   */
  #attach(state: SessionState): void {
    const commit = async (): Promise<void> => this.#store(state)
    state.commit = commit
    const watch = <Value>(call: string, work: Promise<Value>): Promise<Value> => {
      this.#calls ??= new UnawaitedCalls(this.#policy.onWarning, () => state.lost())
      return this.#calls.watch(call, work)
    }
    state.watch = watch
    state.hasCookies = this.#exchange.cookies.size > 0
    const events = this.#events
    if (events) {
      const emit = (event: UnpublishedEvent): void => events.emit(event)
      state.emit = emit
    }
    const { takeField } = state
    if (takeField) {
      const take = (field: string): Promise<string | undefined> => {
        return this.#take(state, (deadline) => takeField(field, deadline))
      }
      state.takeField = take
    }
  }

  async #take<Text>(state: SessionState, take: (deadline: number) => Promise<Text>): Promise<Text> {
    try {
      return await this.#policy.calls.run('take', take)
    } catch (error) {
      this.#events?.failed('take', error, state.storedId)
      throw error
    }
  }

  /** Ends writing; drops what a failed handler wrote, where the application wants that. */
  #close(state: SessionState, outcome: Outcome<Response>): void {
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
    this.#reply.isKnown = !state.isNew
    this.#reply.repairs = state.repairs
  }

  /** One dump at a time; the next one writes what came while this one was under way. */
  #store(state: SessionState): void | Promise<void> {
    if (this.#dumping) return this.#storeNext(state)
    // Built-in stores mark in `nextStep`, at the very moment they write.
    const assertKept = state.persistedAs && beginDump(state)
    this.#events?.begin()
    const dumped = (given: unknown): void => {
      assertKept?.()
      this.#reply.learn(given)
      if (state.lostAs) throw new SessionLostError(state.lostAs)
      if (assertKept && state.emit) emitStepEvents(state, stepOfCustomStore(state), 'landed')
      state.saved()
      this.#events?.end()
      this.#dumping = undefined
    }
    try {
      const isStored = () => !state.isNew || state.status !== 'clean'
      const dump = (deadline: number): unknown => {
        state.deadline = deadline
        return this.#dump()
      }
      const given = this.#policy.calls.run('dump', dump, isStored)
      if (!(given instanceof Promise)) return dumped(given)
      this.#dumping = given.then(dumped).catch((error: unknown) => this.#failed(state, error))
      return this.#dumping
    } catch (error) {
      return this.#failed(state, error)
    }
  }

  async #storeNext(state: SessionState): Promise<void> {
    while (this.#dumping) await this.#dumping.catch(() => undefined)
    await this.#store(state)
  }

  async #failed(state: SessionState, error: unknown): Promise<void> {
    this.#dumping = undefined
    state.abandonedDumps += 1
    const isTouch = state.status === 'clean'
    const isLost = error instanceof SessionLostError
    if (!isTouch || !isLost) {
      this.#events?.failed(isTouch ? 'touch' : 'dump', error, state.storedId)
    }
    this.#events?.end()
    if (isLost) return this.#lost(error, isTouch)
    const cause = causeOf(error)
    // `onError` gets no 413, but the operator has to know which keys are large.
    if (isTouch || cause instanceof SessionTooLargeError) this.#policy.onWarning(cause as Error)
    // The visitor loses nothing when only their activity could not be noted.
    if (!isTouch) throw error
  }

  /** A visitor who only read has lost nothing. */
  #lost({ reason }: SessionLostError, isTouch: boolean): void {
    if (!isTouch) throw new SessionLostError(reason, this.#policy.lostStatus)
  }
}

/** Continues with a value, or when its promise settles: a synchronous store stays synchronous. */
function andThen<Value, Next>(
  value: Value | Promise<Value>,
  next: (value: Value) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(next) : next(value)
}

function afterHandler(
  hooks: Hooks,
  end: (outcome: Outcome<Response>) => void | Promise<void>,
): void {
  try {
    hooks.afterHandler(end)
  } catch (error) {
    throw outsideRequestError(error)
  }
}

/** A value that cannot be stored is a change, too. */
function isChanged(state: SessionState): boolean {
  try {
    return !state.fields.changes().isEmpty
  } catch {
    return true
  }
}
