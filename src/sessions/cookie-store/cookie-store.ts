import { Inject, type OptionRules } from '../../di/index.js'
import { aBackend, type SessionBackend } from '../backend/session-backend.js'
import { Cookies, type Cookie } from '../../http/index.js'
import { keysFor } from '../session/session-id.js'
import { SessionLostError, SessionOptionError } from '../errors/errors.js'
import {
  Expiry,
  EXPIRY_RULES,
  newestFirst,
  type ExpiryOptions,
  type SessionMetadata,
} from '../session/expiry.js'
import { emitStepEvents, nextStep, type WriteStep, type WriteOutcome } from '../store/next-step.js'
import { checkSessionOptions, ownOptions } from '../errors/options.js'
import { aSerializer, type Serializer } from '../session/field-texts.js'
import { freshFrom, type Refusal } from '../events/events.js'
import { SessionState } from '../session/session-state.js'
import { SessionStore, type StoreCapabilities } from '../store/session-store.js'
import { StoreCalls } from '../calls/store-calls.js'
import { stateOf } from '../session/session-view.js'
import { Session } from '../session/session.js'
import { checkUserId } from '../session/user.js'
import type { CookiePayload } from './cookie-payload.js'
import { Revocations } from './revocations.js'
import { SentNotes } from './sent-notes.js'
import { SEALED_COOKIE_RULES, SealedCookie, type SealedCookieOptions } from './sealed-cookie.js'

/** How a `CookieStore` keeps sessions; beside these the options of the cookie and of the expiry. */
export interface CookieStoreOptions extends SealedCookieOptions, ExpiryOptions {
  /** Carries what JSON cannot. Default: JSON. */
  readonly serializer?: Serializer
  /**
   * Where destroyed sessions are remembered until their cookies expire, so that a copy of a cookie is
   * worthless after `destroy()` or `regenerate()`, and `revokeUser` works. It is read at each load.
   * Default: nowhere.
   */
  readonly revocations?: SessionBackend
}

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
  /** Where there are `revocations`. */
  readonly #notes: SentNotes | undefined
  /** For calls outside of a visit, which has bounds of its own. */
  readonly #calls = new StoreCalls({}, () => {})

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(given: CookieStoreOptions) {
    super()
    checkSessionOptions(given, RULES)
    const options = ownOptions(given)
    this.#cookie = new SealedCookie(options)
    this.cookieName = this.#cookie.name
    this.#expiry = new Expiry(options)
    this.#serializer = options.serializer
    const { revocations } = options
    const keyOf = keysFor(this.#cookie.purpose)
    this.#notes =
      revocations && new SentNotes(new Revocations(revocations, this.#expiry, keyOf), this.#expiry)
    const isRevocable = revocations !== undefined
    this.capabilities = { isRevocable, mergesWrites: false, takesOnce: false }
  }

  /** Opens the newest cookie of the name that is ours and has not expired; a planted one does not hide it. */
  @Inject(Cookies)
  override load(cookies: Cookies): Session | Promise<Session> {
    const refused: Refusal[] = []
    const tokens = cookies.getAll(this.#cookie.name, this.#cookie.nameOverHttp)
    // As nearly all browsers send it.
    if (tokens.length === 1 && !this.#notes)
      return new Session(this.#open(tokens[0]!, refused) ?? this.#anonymous(refused))
    const live: OpenedSession[] = []
    for (const token of tokens.slice(0, MOST_CANDIDATES)) {
      const state = this.#open(token, refused)
      if (state) live.push({ token, state, metadata: state.metadata as SessionMetadata })
    }
    // The order of cookies says nothing: who can plant one chooses its path, and with it the order.
    live.sort((one, other) => newestFirst(one.metadata, other.metadata))
    return this.#notes && live.length > 0
      ? this.#firstNotRevoked(live, refused, this.#notes.revocations)
      : new Session(this.#chosen(live, refused))
  }

  /** The first of the live ones; the browser has to forget the others. */
  #chosen([chosen, ...others]: readonly OpenedSession[], refused: Refusal[]): SessionState {
    if (!chosen) return this.#anonymous(refused)
    const { state, token, metadata } = chosen
    if (others.length === 0) return state
    // Before the others: events tell of a few alone, and this one may be an attack.
    for (const other of others) refused.unshift({ reason: 'superseded', id: other.state.id })
    state.repairs = this.#cookie.repair(token, metadata, this.#expiry)
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
    if (this.#notes) return this.#dumpRevocable(state, step, this.#notes)
    const cookie = this.#cookieFor(state, step)
    emitSealed(state, step, 'landed')
    return cookie
  }

  async #dumpRevocable(
    state: SessionState,
    step: SealedStep,
    notes: SentNotes,
  ): Promise<Cookie | undefined> {
    await notes.begin(state, step)
    const cookie = this.#cookieFor(state, step)
    const outcome = await notes.write(state, step)
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
    const revocations = this.#notes?.revocations
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
    await this.#notes?.revocations.prolong(session.id, until)
    return this.#cookie.close(session, this.#expiry)
  }

  /** @internal Ends a session that was adopted, or would be, where `revocations` can. */
  async endAdopted(id: string, until: number): Promise<void> {
    await this.#notes?.revocations.revokeSession(id, until)
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
    if (typeof opened === 'string') {
      refused.push({ reason: opened, id: token })
      return undefined
    }
    const { payload, isOldKey } = opened
    const reason = this.#expiry.refusal(payload.metadata)
    if (reason) {
      refused.push({ reason, id: payload.id })
      return undefined
    }
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
    this.#notes?.opened(state, payload.metadata)
    // Sealed again with the newest key, so that the old one can be retired.
    if (isOldKey) state.touch()
    return state
  }

  async #firstNotRevoked(
    live: readonly OpenedSession[],
    refused: Refusal[],
    revocations: Revocations,
  ): Promise<Session> {
    for (const [index, { state, metadata }] of live.entries()) {
      const isRevoked = await revocations.isRevoked(state.id, metadata)
      if (!isRevoked) return new Session(this.#chosen(live.slice(index), refused))
      refused.push({ reason: 'revoked', id: state.id })
    }
    return new Session(this.#anonymous(refused))
  }

  #cookieFor(state: SessionState, step: SealedStep): Cookie {
    if (step.kind === 'destroy') return this.#cookie.clear()
    const { id, record } = step
    const hasNewId = step.kind === 'create' || step.kind === 'regenerate'
    const metadata = this.#notes?.sealedWith(state, record, hasNewId) ?? record.metadata
    return this.#cookie.close({ id, metadata, fields: record.fields }, this.#expiry)
  }
}

type SealedStep = Exclude<WriteStep, { kind: 'nothing' }>

/** A cookie that opened a session. */
interface OpenedSession {
  readonly token: string
  readonly state: SessionState
  readonly metadata: SessionMetadata
}

/** Each costs a decryption; a browser sends one, and a planted one or two. */
const MOST_CANDIDATES = 8

function emitSealed(state: SessionState, step: SealedStep, outcome: WriteOutcome): void {
  emitStepEvents(state, step, outcome)
  const isSealed = outcome === 'landed' && step.kind !== 'destroy'
  if (isSealed && state.origin?.reason === 'old-key')
    state.emit?.({ type: 'resealed', reason: 'old-key', id: state.id })
}

const RULES: OptionRules<CookieStoreOptions> = {
  ...SEALED_COOKIE_RULES,
  ...EXPIRY_RULES,
  serializer: aSerializer,
  revocations: aBackend,
}
