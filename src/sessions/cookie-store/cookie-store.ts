import { Inject } from '../../di/index.js'
import { Cookies, type Cookie } from '../../http/index.js'
import { keysFor } from '../session/session-id.js'
import { SessionLostError, SessionOptionError } from '../errors/errors.js'
import { Expiry, isNewer } from '../session/expiry.js'
import { nextStep, type WriteStep, type WriteOutcome } from '../store/next-step.js'
import { checkSessionOptions, ownOptions } from '../errors/options.js'
import type { Serializer } from '../session/field-value.js'
import { freshFrom, type Refusal } from '../events/unpublished-event.js'
import { SessionState } from '../session/session-state.js'
import { SessionStore, type StoreCapabilities } from '../store/session-store.js'
import { StoreCalls } from '../calls/store-calls.js'
import { stateOf } from '../session/session-view.js'
import { Session } from '../session/session.js'
import { checkUserId } from '../session/user.js'
import { emitStepEvents } from '../store/step-events.js'
import type { CookiePayload } from './cookie-payload.js'
import { Revocations } from './revocations.js'
import { COOKIE_STORE_RULES, type CookieStoreOptions } from './cookie-store-options.js'
import { SentNotes } from './sent-notes.js'
import { SealedCookie } from './sealed-cookie.js'

/**
 * Keeps the whole session in the cookie, encrypted: nothing to run, nothing to look up. What that cannot
 * give is said by `capabilities`: without `revocations` a copied cookie is good until its sealed end, also
 * after `destroy()`; of parallel requests that write, the last response wins.
 */
export class CookieStore extends SessionStore {
  override readonly capabilities: StoreCapabilities
  override readonly cookieName: string
  readonly #cookie: SealedCookie
  readonly #expiry: Expiry
  readonly #serializer: Serializer | undefined
  readonly #revocations: Revocations | undefined
  /** For calls outside of a visit, which has bounds of its own. */
  readonly #calls = new StoreCalls({}, () => {})
  readonly #notes: SentNotes

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(given: CookieStoreOptions) {
    super()
    checkSessionOptions(given, COOKIE_STORE_RULES)
    const options = ownOptions(given)
    this.#cookie = new SealedCookie(options)
    this.cookieName = this.#cookie.name
    this.#expiry = new Expiry(options)
    this.#notes = new SentNotes(this.#expiry)
    this.#serializer = options.serializer
    const { revocations } = options
    this.#revocations =
      revocations && new Revocations(revocations, this.#expiry, keysFor(this.#cookie.purpose))
    const isRevocable = this.#revocations !== undefined
    this.capabilities = { isRevocable, mergesWrites: false, takesOnce: false }
  }

  /** Opens the newest cookie of the name that is ours and has not expired; a planted one does not hide it. */
  @Inject(Cookies)
  override load(cookies: Cookies): Session | Promise<Session> {
    const refused: Refusal[] = []
    const tokens = this.#cookie.sentIn(cookies)
    // As nearly all browsers send it.
    if (tokens.length === 1 && !this.#revocations)
      return new Session(this.#open(tokens[0]!, refused) ?? this.#anonymous(refused))
    const live: OpenedSession[] = []
    for (const token of tokens.slice(0, MOST_CANDIDATES)) {
      const state = this.#open(token, refused)
      if (state) live.push({ token, state })
    }
    if (live.length > 1) live.sort(newestFirst)
    if (this.#revocations && live.length > 0) {
      return this.#firstNotRevoked(live, refused, this.#revocations)
    }
    return new Session(this.#chosen(live, refused))
  }

  /** The first of the live ones; the browser has to forget the others. */
  #chosen([chosen, ...others]: readonly OpenedSession[], refused: Refusal[]): SessionState {
    if (!chosen) return this.#anonymous(refused)
    const { state, token } = chosen
    if (others.length === 0 || !state.metadata) return state
    for (const other of others) refused.push({ reason: 'superseded', id: other.state.id })
    state.repairs = this.#cookie.repair(token, state.metadata, this.#expiry)
    return state
  }

  /**
   * @throws SessionTooLargeError when the cookie would be larger than browsers take.
   * @throws SessionLostError when the session was revoked while it was written to.
   */
  @Inject(Session)
  override dump(session: Session): Cookie | undefined | Promise<Cookie | undefined> {
    const state = stateOf(session)
    const step = nextStep(session)
    if (step.kind === 'nothing') return undefined
    if (this.#revocations) return this.#revocably(state, step, this.#revocations)
    const cookie = this.#cookieFor(state, step)
    emitSealed(state, step, 'landed')
    return cookie
  }

  async #revocably(
    state: SessionState,
    step: WriteStep,
    revocations: Revocations,
  ): Promise<Cookie | undefined> {
    const userId = userWhoLoggedIn(state, step)
    if (userId !== undefined) this.#notes.loggedIn(state, await revocations.epochOf(userId))
    const isLonger = this.#notes.isLonger(state)
    const cookie = this.#cookieFor(state, step)
    const outcome = (await this.#notes.write(state, step, isLonger, revocations)) ?? 'landed'
    emitSealed(state, step, outcome)
    // Another request destroyed it, a logout perhaps: a new id must not bring the session back.
    if (outcome === 'lost') throw new SessionLostError()
    return cookie
  }

  /**
   * Revokes all sessions that `session.bind` gave to a user, but none of later logins, whatever the clocks of the
   * servers say. For a change of password, or an account that is closed.
   *
   * @throws TypeError when it cannot be the id of a user.
   * @throws SessionOptionError when the store has no `revocations`.
   * @throws HttpError 503 when they fail or take longer than 2 seconds.
   */
  async revokeUser(userId: string): Promise<void> {
    const revocations = this.#revocations
    if (!revocations) throw new SessionOptionError('revocations', 'is needed to revoke cookies.')
    const checked = checkUserId(userId)
    await this.#calls.run('dump', () => revocations.revokeUser(checked))
  }

  /**
   * Seals a session that another system kept.
   *
   * @internal
   * @param until so long its end is remembered, in milliseconds since 1970, where `revocations` can.
   */
  async adopt(session: CookiePayload, until: number): Promise<Cookie> {
    await this.#revocations?.prolong(session.id, until)
    return this.#cookie.close(session, this.#expiry)
  }

  /** @internal Ends a session that was adopted, or would be, where `revocations` can. */
  async endAdopted(id: string, until: number): Promise<void> {
    await this.#revocations?.revokeSession(id, until)
  }

  #anonymous(refused: readonly Refusal[]): SessionState {
    const origin = freshFrom(refused)
    return new SessionState({
      expiry: this.#expiry,
      serializer: this.#serializer,
      origin,
      writer: this,
    })
  }

  #open(token: string, refused: Refusal[]): SessionState | undefined {
    const opened = this.#cookie.open(token)
    const { payload } = opened
    if (!payload) {
      refused.push({ reason: opened.reason, id: token })
      return undefined
    }
    const reason = this.#expiry.refusal(payload.metadata)
    if (reason) {
      refused.push({ reason, id: payload.id })
      return undefined
    }
    const { isOldKey } = opened
    // Named one by one: a spread costs as much as the rest of the constructor.
    const state = new SessionState({
      id: payload.id,
      metadata: payload.metadata,
      fields: payload.fields,
      expiry: this.#expiry,
      serializer: this.#serializer,
      origin: { type: 'loaded', reason: isOldKey ? 'old-key' : 'live', refused },
      writer: this,
    })
    if (this.#revocations) this.#notes.opened(state, payload.metadata)
    // Sealed again with the newest key, so that the old one can be retired.
    if (isOldKey) state.touch()
    return state
  }

  async #firstNotRevoked(
    live: readonly OpenedSession[],
    refused: Refusal[],
    revocations: Revocations,
  ): Promise<Session> {
    for (const [index, { state }] of live.entries()) {
      const isRevoked = state.metadata && (await revocations.isRevoked(state.id, state.metadata))
      if (!isRevoked) return new Session(this.#chosen(live.slice(index), refused))
      refused.push({ reason: 'revoked', id: state.id })
    }
    return new Session(this.#anonymous(refused))
  }

  #cookieFor(state: SessionState, step: WriteStep): Cookie | undefined {
    if (step.kind === 'nothing') return undefined
    if (step.kind === 'destroy') return this.#cookie.clear()
    const { metadata, fields } = step.record
    const sealed = this.#revocations
      ? this.#notes.sealedWith(state, metadata, step.kind === 'regenerate')
      : metadata
    return this.#cookie.close({ id: step.id, metadata: sealed, fields }, this.#expiry)
  }
}

/** A cookie that opened a session. */
interface OpenedSession {
  readonly token: string
  readonly state: SessionState
}

/** The order of cookies says nothing: who can plant one chooses its path, and with it the order. */
function newestFirst({ state: one }: OpenedSession, { state: other }: OpenedSession): number {
  if (!one.metadata || !other.metadata) return 0
  return isNewer(one.metadata, other.metadata) ? -1 : 1
}

function userWhoLoggedIn({ isAuthenticated }: SessionState, step: WriteStep): string | undefined {
  if (!isAuthenticated || (step.kind !== 'create' && step.kind !== 'regenerate')) return undefined
  return step.record.metadata.userId
}

/** Each costs a decryption; a browser sends one, and a planted one or two. */
const MOST_CANDIDATES = 8

function emitSealed(state: SessionState, step: WriteStep, outcome: WriteOutcome): void {
  if (!state.emit) return
  emitStepEvents(state, step, outcome)
  const isSealed = outcome === 'landed' && step.kind !== 'nothing' && step.kind !== 'destroy'
  if (!isSealed || state.origin?.reason !== 'old-key') return
  state.emit({ type: 'resealed', reason: 'old-key', id: state.id })
}
