import type { Expiry, SessionMetadata } from '../session/expiry.js'
import type { SessionState } from '../session/session-state.js'

/**
 * What revocations have to know of the cookies that were sent for a session: until when the longest is good, and
 * which epoch its login had.
 */
export class SentNotes {
  readonly #expiry: Expiry
  /** When the cookies that were sent expire by themselves. */
  readonly #ends = new WeakMap<SessionState, number>()
  /** What the revocations said of the user at a login in this request. */
  readonly #epochs = new WeakMap<SessionState, { readonly epoch: string | undefined }>()

  constructor(expiry: Expiry) {
    this.#expiry = expiry
  }

  /** Notes the cookie that a session was opened with. */
  opened(state: SessionState, metadata: SessionMetadata): void {
    this.#ends.set(state, Math.max(metadata.reach ?? 0, this.#expiry.limitOf(metadata)))
  }

  loggedIn(state: SessionState, epoch: string | undefined): void {
    this.#epochs.set(state, { epoch })
  }

  /** The epoch of its login: of one in this request, or the one that its cookie says. */
  epochOf(state: SessionState, metadata: SessionMetadata): string | undefined {
    return (this.#epochs.get(state) ?? metadata).epoch
  }

  /** Until when its end has to be remembered. */
  endOf(state: SessionState): number {
    return this.#ends.get(state) ?? this.#expiry.clock()
  }

  /** Notes that it goes on under a new id, which has no other cookies. */
  replaced(state: SessionState, until: number): void {
    this.#ends.set(state, until)
  }

  /** Whether `remember()` gave the session more time than the cookies of its id have. */
  isLonger(state: SessionState): boolean {
    const { isLifetimeChanged, previousId, metadata } = state
    const end = this.#ends.get(state)
    if (!isLifetimeChanged || previousId !== undefined || !metadata || !end) return false
    return this.#expiry.limitOf(metadata) > end
  }

  /** The metadata to seal. When the lifetime was shortened, older cookies of the session are good for longer. */
  sealedWith(state: SessionState, metadata: SessionMetadata, hasNewId: boolean): SessionMetadata {
    const limit = this.#expiry.limitOf(metadata)
    const reach = hasNewId ? limit : Math.max(this.#ends.get(state) ?? limit, limit)
    if (!hasNewId) this.#ends.set(state, reach)
    const epoch = this.epochOf(state, metadata)
    return { ...metadata, epoch, reach: reach > limit ? reach : undefined }
  }
}
