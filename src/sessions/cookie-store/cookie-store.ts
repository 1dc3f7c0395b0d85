import { Inject, type OptionRules } from '../../di/index.js'
import { Cookies, type Cookie } from '../../http/index.js'
import { aBackend, type SessionBackend, type WriteOutcome } from '../backend/session-backend.js'
import { checkSessionOptions } from '../errors/check-options.js'
import { SessionLostError, SessionOptionError } from '../errors/errors.js'
import {
  Expiry,
  EXPIRY_RULES,
  limitReached,
  type ExpiryOptions,
  type SessionMetadata,
} from '../session/expiry.js'
import { nextStep, type WriteStep } from '../store/next-step.js'
import { ownOptions } from '../errors/options.js'
import { aSerializer, type Serializer } from '../session/field-value.js'
import { freshFrom, type Refusal } from '../events/unpublished-event.js'
import { SessionState } from '../session/session-state.js'
import { SessionStore, type StoreCapabilities } from '../store/session-store.js'
import { StoreCalls } from '../calls/store-calls.js'
import { stateOf } from '../session/session-view.js'
import { Session } from '../session/session.js'
import { emitStepEvents } from '../store/step-events.js'
import { Revocations } from './revocations.js'
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
  readonly #cookie: SealedCookie
  readonly #expiry: Expiry
  readonly #serializer: Serializer | undefined
  readonly #revocations: Revocations | undefined
  /** For calls outside of a visit, which has bounds of its own. */
  readonly #calls = new StoreCalls({}, () => {})
  /** When the cookies that were sent expire by themselves. */
  readonly #ends = new WeakMap<SessionState, number>()

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(given: CookieStoreOptions) {
    super()
    checkSessionOptions(given, RULES)
    const options = ownOptions(given)
    this.#cookie = new SealedCookie(options)
    this.#expiry = new Expiry(options)
    this.#serializer = options.serializer
    this.#revocations = options.revocations && new Revocations(options.revocations, this.#expiry)
    const isRevocable = this.#revocations !== undefined
    this.capabilities = { isRevocable, mergesWrites: false, takesOnce: false }
  }

  /** Opens the first cookie of the name that is ours and has not expired; a planted one does not hide it. */
  @Inject(Cookies)
  override load(cookies: Cookies): Session | Promise<Session> {
    const tokens = this.#cookie.sentIn(cookies).slice(0, MOST_CANDIDATES)
    const refused: Refusal[] = []
    if (this.#revocations && tokens.length > 0) {
      return this.#firstNotRevoked(tokens, refused, this.#revocations)
    }
    for (const token of tokens) {
      const state = this.#open(token, refused)
      if (state) return new Session(state)
    }
    return new Session(this.#anonymous(refused))
  }

  /**
   * @throws SessionTooLargeError when the cookie would be larger than browsers take.
   * @throws SessionLostError when the session was revoked while it was written to.
   */
  @Inject(Session)
  override dump(session: Session): Cookie | undefined | Promise<Cookie | undefined> {
    const step = nextStep(session)
    const state = stateOf(session)
    const cookie = this.#cookieFor(state, step)
    const ended = (outcome: WriteOutcome): Cookie | undefined => {
      emitSealed(state, step, outcome)
      // Another request destroyed it, a logout perhaps: a new id must not bring the session back.
      if (outcome === 'lost') throw new SessionLostError()
      return cookie
    }
    const writing = this.#revocations && this.#write(state, step, this.#revocations)
    return writing ? writing.then(ended) : ended('landed')
  }

  /**
   * Revokes all sessions that `session.bind` gave to a user, but none of later logins. For a change of
   * password, or an account that is closed.
   *
   * @throws SessionOptionError when the store has no `revocations`.
   * @throws HttpError 503 when they fail or take longer than 2 seconds.
   */
  async revokeUser(userId: string): Promise<void> {
    const revocations = this.#revocations
    if (!revocations) throw new SessionOptionError('revocations', 'is needed to revoke cookies.')
    await this.#calls.run('dump', () => revocations.revokeUser(userId))
  }

  #anonymous(refused: readonly Refusal[]): SessionState {
    const origin = freshFrom(refused)
    return new SessionState({ expiry: this.#expiry, serializer: this.#serializer, origin })
  }

  #open(token: string, refused: Refusal[]): SessionState | undefined {
    const opened = this.#cookie.open(token)
    const { payload } = opened
    if (!payload) {
      refused.push({ reason: opened.reason, id: token })
      return undefined
    }
    if (this.#expiry.isOver(payload.metadata)) {
      refused.push({ reason: limitReached(this.#expiry, payload.metadata), id: payload.id })
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
    })
    if (this.#revocations) {
      const { metadata } = payload
      this.#ends.set(state, Math.max(metadata.reach ?? 0, this.#expiry.limitOf(metadata)))
    }
    // Sealed again with the newest key, so that the old one can be retired.
    if (isOldKey) state.touch()
    return state
  }

  async #firstNotRevoked(
    tokens: readonly string[],
    refused: Refusal[],
    revocations: Revocations,
  ): Promise<Session> {
    for (const token of tokens) {
      const state = this.#open(token, refused)
      if (!state?.metadata) continue
      if (!(await revocations.isRevoked(state.id, state.metadata))) return new Session(state)
      refused.push({ reason: 'revoked', id: state.id })
    }
    return new Session(this.#anonymous(refused))
  }

  /** Remembers that an id must not come back, and whether a session that was written to has ended elsewhere. */
  #write(
    state: SessionState,
    step: WriteStep,
    revocations: Revocations,
  ): Promise<WriteOutcome> | undefined {
    if (step.kind === 'nothing' || step.kind === 'touch') return undefined
    if (step.kind === 'patch') return this.#landed(step.id, step, revocations)
    if (step.kind === 'regenerate') return this.#replace(state, step, revocations)
    const id = step.kind === 'destroy' ? step.id : step.destroyedId
    if (id === undefined) return undefined
    return revocations.revokeSession(id, this.#endOf(state)).then(() => 'landed')
  }

  async #landed(
    id: string,
    { record }: WriteStep & { kind: 'patch' | 'regenerate' },
    revocations: Revocations,
  ): Promise<WriteOutcome> {
    return (await revocations.isRevoked(id, record.metadata)) ? 'lost' : 'landed'
  }

  async #replace(
    state: SessionState,
    step: WriteStep & { kind: 'regenerate' },
    revocations: Revocations,
  ): Promise<WriteOutcome> {
    const until = this.#endOf(state)
    const outcome = await this.#landed(step.previousId, step, revocations)
    if (outcome === 'lost') return outcome
    const successor = { id: step.id, until: this.#expiry.limitOf(step.record.metadata) }
    this.#ends.set(state, successor.until)
    const isOurs = await revocations.replaceSession(step.previousId, until, successor)
    return isOurs ? 'landed' : 'lost'
  }

  #endOf(state: SessionState): number {
    return this.#ends.get(state) ?? this.#expiry.clock()
  }

  #cookieFor(state: SessionState, step: WriteStep): Cookie | undefined {
    if (step.kind === 'nothing') return undefined
    if (step.kind === 'destroy') return this.#cookie.clear()
    const { metadata, fields } = step.record
    const sealed = this.#revocations ? this.#withReach(state, step.kind, metadata) : metadata
    return this.#cookie.close({ id: step.id, metadata: sealed, fields }, this.#expiry)
  }

  /** When the lifetime was shortened, older cookies of the session are still valid for longer. */
  #withReach(
    state: SessionState,
    kind: WriteStep['kind'],
    metadata: SessionMetadata,
  ): SessionMetadata {
    const limit = this.#expiry.limitOf(metadata)
    // A new id has no other cookies.
    const reach = kind === 'regenerate' ? limit : Math.max(this.#ends.get(state) ?? limit, limit)
    if (kind !== 'regenerate') this.#ends.set(state, reach)
    return { ...metadata, reach: reach > limit ? reach : undefined }
  }
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

const RULES: OptionRules<CookieStoreOptions> = {
  ...SEALED_COOKIE_RULES,
  ...EXPIRY_RULES,
  serializer: aSerializer,
  revocations: aBackend,
}
