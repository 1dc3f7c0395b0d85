import { Cookie, type Reply } from '../http/index.js'
import type { Outcome } from '../di/index.js'
import { within, type Timer } from './deadline.js'
import { SessionContractError, SessionStoreError } from './errors.js'
import { isSession, stateOf } from './session-view.js'
import { Session } from './session.js'
import { storeFailure, withoutSecrets } from './store-failure.js'

/** The policy that every visit of an application follows. */
export interface VisitPolicy {
  readonly save: 'always' | 'success'
  /** Milliseconds that one call of the store may take. */
  readonly deadline: number
  readonly timer: Timer
  readonly report: (error: Error) => void
}

/** One request's use of a session: loaded once, dumped at its end, or before by `commit()`. */
export class Visit {
  readonly #dump: () => unknown
  readonly #reply: Reply
  readonly #policy: VisitPolicy
  /** The dump that is under way: two of one session never overlap. */
  #dumping: Promise<void> | undefined
  /** What the browser has to learn: sent at the end, also when what came after `commit` failed. */
  #cookie: Cookie | undefined

  constructor(dump: () => unknown, reply: Reply, policy: VisitPolicy) {
    this.#dump = dump
    this.#reply = reply
    this.#policy = policy
  }

  /** @throws HttpError 503 when the store cannot tell: an anonymous session would log the visitor out. */
  load(load: () => unknown): Session | Promise<Session> {
    try {
      const loaded = load()
      if (!isPromise(loaded)) return this.#opened(loaded)
      return this.#within(loaded, 'load').then(
        (session) => this.#opened(session),
        (error: unknown) => Promise.reject(storeFailure(error, 'load')),
      )
    } catch (error) {
      throw storeFailure(error, 'load')
    }
  }

  /** Ends the visit: the response begins when it has settled. */
  async end(session: Session, outcome: Outcome<Response>): Promise<void> {
    const state = stateOf(session)
    const hasFailed = !outcome.ok || outcome.response.status >= 500
    if (hasFailed && this.#policy.save === 'success') state.rollback()
    const isKnown = !session.isNew
    try {
      await this.#store(session)
    } finally {
      state.close()
      this.#answer(outcome.response, isKnown)
    }
  }

  #opened(loaded: unknown): Session {
    if (!isSession(loaded) || !(loaded instanceof Session)) {
      throw storeFailure(new SessionContractError('load', loaded, 'a Session'), 'load')
    }
    const state = stateOf(loaded)
    // A store that keeps sessions to hand them out again would mix visitors.
    if (state.commit) {
      throw storeFailure(
        new SessionContractError('load', loaded, 'each request its own Session'),
        'load',
      )
    }
    state.commit = () => this.#store(loaded)
    return loaded
  }

  /** One dump at a time; the next one writes what came while this one was under way. */
  async #store(session: Session): Promise<void> {
    while (this.#dumping) await this.#dumping.catch(() => undefined)
    this.#dumping = this.#dumpOnce(session)
    try {
      await this.#dumping
    } finally {
      this.#dumping = undefined
    }
  }

  async #dumpOnce(session: Session): Promise<void> {
    const state = stateOf(session)
    // Built-in stores mark in `nextStep`, at the very moment they write.
    if (!state.expiry) {
      state.fields.mark()
      state.mark()
    }
    try {
      const dumped = this.#dump()
      const cookie = isPromise(dumped) ? await this.#within(dumped, 'dump') : dumped
      if (cookie !== undefined) this.#cookie = cookieOf(cookie)
      state.saved()
    } catch (error) {
      // Nothing of the visitor's is lost when only his activity could not be noted.
      if (state.status !== 'clean') throw storeFailure(error, 'dump')
      this.#policy.report(withoutSecrets(error, 'dump'))
    }
  }

  /**
   * A shared cache that keeps a session's cookie gives it to the next visitor, so nothing the application
   * says wins over `no-store` there (CVE-2025-48947). A known visitor's page is not kept either, unless the
   * application says how: else the back button shows it after the logout (OWASP ASVS 5.0, 14.3.2).
   */
  #answer({ headers }: Response, isKnown: boolean): void {
    const reply = this.#reply
    // What is answered may depend on the cookie, also on there being none.
    reply.headers.append('vary', 'Cookie')
    if (this.#cookie) reply.cookie(this.#cookie)
    const isDecided = headers.has('cache-control') || reply.headers.has('cache-control')
    if (this.#cookie || (isKnown && !isDecided)) reply.headers.set('cache-control', 'no-store')
  }

  #within(work: PromiseLike<unknown>, doing: 'load' | 'dump'): Promise<unknown> {
    const { deadline, timer } = this.#policy
    return within(Promise.resolve(work), deadline, timer, () => {
      return new SessionStoreError(`the session store did not ${doing} within ${deadline} ms`)
    })
  }
}

function cookieOf(dumped: unknown): Cookie {
  if (dumped instanceof Cookie) return dumped
  throw new SessionContractError('dump', dumped, 'a Cookie or undefined')
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value
}
