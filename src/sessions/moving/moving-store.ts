import { inject, type AnyToken } from '../../di/index.js'
import { type Cookie, Cookies } from '../../http/index.js'
import type { CookieStore } from '../cookie-store/cookie-store.js'
import type { ServerStore } from '../server-store/server-store.js'
import { StoreCalls } from '../calls/store-calls.js'
import { causeOf, type StoreWork } from '../calls/store-failure.js'
import { SessionStoreError, SessionTooLargeError } from '../errors/errors.js'
import { freshFrom, type Refusal, type RefusalReason } from '../events/events.js'
import type { SessionState } from '../session/session-state.js'
import { stateOf } from '../session/session-view.js'
import { Session } from '../session/session.js'
import { SessionStore, type StoreCapabilities } from '../store/session-store.js'
import type { UserSessions } from '../store/sessions-of-user.js'
import { Move } from './move.js'
import { recordOfOld, type Convert } from './moved-session.js'
import type { NamedSession, OldSessions } from './systems/old-sessions.js'
import { OurSessions } from './our-sessions.js'
import { StoreMethod } from './store-method.js'
import type { NewHome, ReadOld } from './take-over.js'

/** What a move does, checked. */
export interface MovingPolicy {
  readonly old: OldSessions | OurSessions
  readonly store: ServerStore | CookieStore
  /** In milliseconds since 1970. */
  readonly until: number
  readonly rollback: boolean
  readonly session: Convert
  readonly timeoutMs: number
  /** Where the sessions of a request go. */
  homeOf(state: SessionState): NewHome
}

/** A store that takes over what another system left. Everything else is done by the store that it is given. */
export class MovingStore extends SessionStore {
  override readonly capabilities: StoreCapabilities
  override readonly cookieName: string
  override readonly load: SessionStore['load']
  override readonly dump: SessionStore['dump']
  override readonly userSessions?: (...values: unknown[]) => UserSessions
  readonly #policy: MovingPolicy
  readonly #loadNew: StoreMethod
  readonly #dumpNew: StoreMethod
  /** The old system may be slow or away while the new store is not: it has bounds of its own. */
  readonly #calls: StoreCalls
  readonly #moves = new WeakMap<SessionState, Move>()

  constructor(policy: MovingPolicy) {
    super()
    const { store, old, timeoutMs } = policy
    this.#policy = policy
    this.#calls = new StoreCalls({ deadline: timeoutMs }, () => {})
    this.#loadNew = new StoreMethod(store, 'load', Cookies)
    this.#dumpNew = new StoreMethod(store, 'dump', Session)
    this.capabilities = store.capabilities
    this.cookieName = store.cookieName
    const { tokens } = this.#loadNew
    const oldTokens: readonly AnyToken[] = old instanceof OurSessions ? old.tokens : []
    this.load = inject([Cookies, ...tokens, ...oldTokens], (cookies: Cookies, ...values) =>
      this.#load(cookies, values.slice(0, tokens.length), values.slice(tokens.length)),
    )
    this.dump = inject([Session, ...this.#dumpNew.tokens], (session: Session, ...values) =>
      this.#dump(session, values),
    )
    if (store.userSessions) {
      const method = new StoreMethod(store, 'userSessions')
      this.userSessions = inject(
        method.tokens,
        (...values) => method.call(undefined, values) as UserSessions,
      )
    }
  }

  override async startUpWarnings(): Promise<readonly string[]> {
    const { old, store, until } = this.#policy
    const stores = old instanceof OurSessions ? [old.store, store] : [store]
    const warnings = await Promise.all(
      stores.map(async (each) => (await each.startUpWarnings?.()) ?? []),
    )
    return [...warnings.flat(), ...(Date.now() >= until ? [OVER] : [])]
  }

  override isPartitioned(): boolean {
    return this.#policy.store.isPartitioned?.() === true
  }

  override looksUp(cookies: Cookies): boolean {
    const { store } = this.#policy
    return (store.looksUp?.(cookies) ?? cookies.size > 0) || this.#isOldIn(cookies)
  }

  async #load(
    cookies: Cookies,
    values: readonly unknown[],
    oldValues: readonly unknown[],
  ): Promise<Session> {
    const session = (await this.#loadNew.call(cookies, values)) as Session
    const state = stateOf(session)
    const { old, until, rollback } = this.#policy
    const isOver = (state.expiry?.clock() ?? 0) >= until
    if (isOver || !this.#isOldIn(cookies)) return session
    const sessions = old instanceof OurSessions ? old.with(oldValues) : old
    const move = new Move(() => this.#callOld('load', () => sessions.find(cookies)))
    const taken = state.isNew && !hasEnded(state) && (await this.#takeOver(move, state, values))
    if (taken) return taken
    move.isOldDone = !state.isNew && !rollback
    this.#moves.set(state, move)
    return session
  }

  /** The session of the first cookie of the old system that opens one. */
  async #takeOver(
    move: Move,
    state: SessionState,
    values: readonly unknown[],
  ): Promise<Session | undefined> {
    const refused: Refusal[] = [...(state.origin?.refused ?? [])]
    for (const each of await move.named()) {
      const opened = 'reason' in each ? each.reason : await this.#open(each, move, state, values)
      if (typeof opened !== 'string') {
        const { id } = opened
        stateOf(opened).origin = { type: 'loaded', reason: 'moved', refused }
        this.#moves.set(stateOf(opened), move)
        move.id = id
        return opened
      }
      refused.push({ reason: opened, id: each.text })
    }
    state.origin = freshFrom(refused)
    return undefined
  }

  async #open(
    named: NamedSession,
    move: Move,
    state: SessionState,
    values: readonly unknown[],
  ): Promise<Session | RefusalReason> {
    const home = this.#policy.homeOf(state)
    const taken = await home
      .takeOver(named.key, this.#reading(named, state))
      .catch(tooLargeOrRethrown)
    if (typeof taken === 'string') return taken
    const cookies = new Cookies(`${this.cookieName}=${taken.value}`)
    const session = (await this.#loadNew.call(cookies, values)) as Session
    const opened = stateOf(session)
    if (opened.isNew)
      return taken.isFirst ? (opened.origin?.refused[0]?.reason ?? 'unknown') : 'moved'
    const isSent = taken.isSent && !opened.isReadOnly
    move.cookie = isSent ? taken.cookie(opened) : undefined
    move.isFirst = taken.isFirst
    // Without a key each request would take it over again; and without memory the next request shows that the
    // browser got the cookie.
    move.isOldDone =
      isSent && (named.key === undefined || (!this.#policy.rollback && home.remembers))
    return session
  }

  #reading(named: NamedSession, state: SessionState): ReadOld {
    const { expiry } = state
    return async () => {
      const now = expiry?.clock() ?? NaN
      const old = await this.#callOld('load', () => named.read(now))
      if (typeof old === 'string') return old
      const record = await recordOfOld(old, this.#policy.session, state)
      return typeof record === 'string' ? record : (expiry?.refusal(record.metadata) ?? record)
    }
  }

  async #dump(session: Session, values: readonly unknown[]): Promise<Cookie | undefined> {
    const state = stateOf(session)
    const move = this.#moves.get(state)
    const isEnd = state.isNew && (state.previousId !== undefined || state.status === 'destroyed')
    // First: when this fails, the visitor is told so, and their session of ours is still there to be ended again.
    if (move && isEnd) {
      await move.close(this.#policy.homeOf(state))
      await this.#endOld(move, state)
    }
    const given = (await this.#dumpNew.call(session, values)) as Cookie | undefined
    if (!move || isEnd) return given
    if (move.isFirst) state.emit?.({ type: 'created', reason: 'moved', id: move.id })
    move.isFirst = false
    if (move.isOldDone) await this.#endOldLater(move, state)
    return given ?? (state.id === move.id ? move.cookie : undefined)
  }

  async #endOld(move: Move, state: SessionState): Promise<void> {
    const forgotten = await this.#callOld('dump', () => move.endOld())
    // A cookie of the same name is ours by now.
    const others = forgotten.filter(({ name }) => name !== this.cookieName)
    state.repairs = [...(state.repairs ?? []), ...others]
  }

  /** The visitor loses nothing when it fails: their old cookie stays, and the next request tries again. */
  async #endOldLater(move: Move, state: SessionState): Promise<void> {
    try {
      await this.#endOld(move, state)
    } catch {
      state.emit?.({ type: 'failed', reason: OLD_STORE, operation: 'dump', id: state.id })
    }
  }

  #isOldIn(cookies: Cookies): boolean {
    return this.#policy.old.names.some((name) => cookies.has(name))
  }

  /** @throws SessionStoreError when the old system fails or is late. */
  async #callOld<Value>(doing: StoreWork, work: () => Promise<Value>): Promise<Value> {
    try {
      return await this.#calls.run(doing, work)
    } catch (error) {
      const message = `the old session store did not ${doing === 'load' ? 'read' : 'destroy'} a session`
      throw new SessionStoreError(message, { reason: OLD_STORE, cause: causeOf(error) })
    }
  }
}

/** Whether a cookie of ours says that the visitor was here, and that their session has ended. */
function hasEnded({ origin }: SessionState): boolean {
  const { refused = [] } = origin ?? {}
  return refused.some(({ reason }) => reason.startsWith('expired') || reason === 'revoked')
}

function tooLargeOrRethrown(error: unknown): 'too-large' {
  if (error instanceof SessionTooLargeError) return 'too-large'
  throw error
}

const OLD_STORE = 'old-store'

const OVER =
  'The move of sessions is over: `until` has passed, and no old session is taken over any more. ' +
  'Give sessions() the new store itself, in place of movingFrom(…).'
