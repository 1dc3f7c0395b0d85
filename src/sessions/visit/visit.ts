import type { Outcome } from '../../di/index.js'
import { Cookie, type Cookies, type Exchange } from '../../http/index.js'
import { writeSessionHeaders, droppedCookie } from './session-headers.js'
import { beginDump } from '../session/custom-record.js'
import type { DataSchema } from './data-schema.js'
import { SessionStoreError, SessionTooLargeError } from '../errors/errors.js'
import { VisitEvents } from './visit-events.js'
import type { EventPublisher } from './event-publisher.js'
import type { UnpublishedEvent } from '../events/unpublished-event.js'
import type { SessionState } from '../session/session-state.js'
import { isSession, stateOf } from '../session/session-view.js'
import { Session } from '../session/session.js'
import type { StoreCalls } from '../calls/store-calls.js'
import { causeOf, storeFailure } from '../calls/store-failure.js'

/** The policy that every visit of an application follows. */
export interface VisitPolicy {
  readonly save: 'always' | 'success'
  readonly calls: StoreCalls
  readonly schema: DataSchema | undefined
  readonly events: EventPublisher
  /** Whether the store has to look up what the cookies of a request name. */
  readonly looksUp: (cookies: Cookies) => boolean
  /** Hears of what `onError` does not: failures that did not fail the request, and sessions too large. */
  readonly onWarning: (error: Error) => void
}

/** One request's use of a session: loaded once, dumped at its end, or before by `commit()`. */
export class Visit {
  readonly #dump: () => unknown
  readonly #exchange: Exchange
  readonly #policy: VisitPolicy
  /** Only there when somebody listened to events as the visit began. */
  readonly #observation: VisitEvents | undefined
  /** The dump that is under way: two of one session never overlap. */
  #dumping: Promise<void> | undefined
  /** What the browser has to learn: sent at the end, also when what came after `commit` failed. */
  #cookie: Cookie | undefined

  constructor(dump: () => unknown, exchange: Exchange, policy: VisitPolicy) {
    this.#dump = dump
    this.#exchange = exchange
    this.#policy = policy
    this.#observation = policy.events.isObserved ? new VisitEvents(policy.events) : undefined
  }

  /** @throws HttpError 503 when the store cannot tell: an anonymous session would log the visitor out. */
  load(load: () => unknown): Session | Promise<Session> {
    return this.#observation ? this.#observation.load(() => this.#open(load)) : this.#open(load)
  }

  /** Ends the visit: the response begins when it has settled. */
  end(session: Session, outcome: Outcome<Response>): void | Promise<void> {
    const state = stateOf(session)
    const hasFailed = !outcome.ok || outcome.response.status >= 500
    if (hasFailed && this.#policy.save === 'success') this.#rollback(state)
    const isKnown = !session.isNew
    // What a promise that nobody awaited writes from now on would be lost: it throws.
    state.close()
    const ended = (): void => {
      // What a store does after its deadline has no visit to belong to.
      state.emit = undefined
      writeSessionHeaders(this.#exchange, outcome.response, { cookie: this.#cookie, isKnown })
    }
    let storing: void | Promise<void>
    try {
      storing = this.#store(session)
    } catch (error) {
      ended()
      throw error
    }
    return storing ? storing.finally(ended) : ended()
  }

  #open(load: () => unknown): Session | Promise<Session> {
    const { calls, looksUp } = this.#policy
    const loaded = calls.run('load', load, () => looksUp(this.#exchange.cookies))
    return loaded instanceof Promise
      ? loaded.then((session) => this.#opened(session))
      : this.#opened(loaded)
  }

  #opened(loaded: unknown): Session | Promise<Session> {
    if (!isSession(loaded) || !(loaded instanceof Session))
      throw broken('load', loaded, 'a Session')
    const state = stateOf(loaded)
    // A store that keeps sessions to hand them out again would mix visitors.
    if (state.commit) throw broken('load', loaded, 'each request its own Session')
    this.#accompany(loaded, state)
    const checked = this.#policy.schema?.check(loaded)
    return checked ? checked.then(() => loaded) : loaded
  }

  /**
   * Gives a session what it asks of its visit. Each function has a name before it is assigned: V8 makes one that
   * is written on the right of a property an old object at once, so that the whole request, which it reaches,
   * would be kept until the next full collection.
   */
  #accompany(session: Session, state: SessionState): void {
    const commit = async (): Promise<void> => this.#store(session)
    state.commit = commit
    const observation = this.#observation
    if (observation) {
      const tell = (news: UnpublishedEvent): void => observation.tell(news)
      state.emit = tell
    }
    const { takeField } = state
    if (takeField) {
      const take = (field: string): Promise<string | undefined> => {
        return this.#take(state, () => takeField(field))
      }
      state.takeField = take
    }
  }

  async #take<Text>(state: SessionState, take: () => Promise<Text>): Promise<Text> {
    try {
      return await this.#policy.calls.run('take', take)
    } catch (error) {
      this.#observation?.failed('take', error, state.storedId)
      throw error
    }
  }

  #rollback(state: SessionState): void {
    if (state.emit && isChanged(state)) {
      state.emit({ type: 'lost', reason: 'handler-failed', id: state.storedId })
    }
    state.rollback()
  }

  /** One dump at a time; the next one writes what came while this one was under way. */
  #store(session: Session): void | Promise<void> {
    if (this.#dumping) return this.#storeNext(session)
    const dumping = this.#dumpOnce(session)
    if (!dumping) return undefined
    this.#dumping = dumping.finally(() => {
      this.#dumping = undefined
    })
    return this.#dumping
  }

  async #storeNext(session: Session): Promise<void> {
    while (this.#dumping) await this.#dumping.catch(() => undefined)
    await this.#store(session)
  }

  #dumpOnce(session: Session): void | Promise<void> {
    const state = stateOf(session)
    // Built-in stores mark in `nextStep`, at the very moment they write.
    const assertKept = state.persistedAs && beginDump(state)
    this.#observation?.begin()
    const landed = (dumped: unknown): void => {
      assertKept?.()
      this.#learn(dumped)
      if (state.persistedAs) this.#observation?.landed(state)
      state.saved()
      this.#observation?.end()
    }
    try {
      const isStored = () => !state.isNew || state.status !== 'clean'
      const dumped = this.#policy.calls.run('dump', this.#dump, isStored)
      if (!(dumped instanceof Promise)) return landed(dumped)
      return dumped.then(landed).catch((error: unknown) => this.#failed(state, error))
    } catch (error) {
      return this.#failed(state, error)
    }
  }

  #failed(state: SessionState, error: unknown): void {
    state.abandonedDumps += 1
    const isTouch = state.status === 'clean'
    this.#observation?.failed(isTouch ? 'touch' : 'dump', error, state.storedId)
    this.#observation?.end()
    const cause = causeOf(error)
    // A 413 is nothing that `onError` hears of, but the operator has to know which keys are large.
    if (isTouch || cause instanceof SessionTooLargeError) this.#policy.onWarning(cause as Error)
    // Nothing of the visitor's is lost when only his activity could not be noted.
    if (!isTouch) throw error
  }

  #learn(dumped: unknown): void {
    if (dumped === undefined) return
    if (!(dumped instanceof Cookie)) throw broken('dump', dumped, 'a Cookie or undefined')
    this.#cookie = dumped
    const reason = droppedCookie(this.#exchange, dumped)
    if (reason) this.#policy.onWarning(new SessionStoreError(reason))
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

function broken(method: 'load' | 'dump', given: unknown, expected: string): Error {
  const message = `the session store's ${method}() gave ${kindOf(given)}; it has to give ${expected}`
  return storeFailure(new SessionStoreError(message, { reason: 'contract' }), method)
}

/** What kind of thing it is, and nothing of what is in it. */
function kindOf(given: unknown): string {
  if (given === null || given === undefined) return String(given)
  return Array.isArray(given) ? 'an array' : `a value of type ${typeof given}`
}
