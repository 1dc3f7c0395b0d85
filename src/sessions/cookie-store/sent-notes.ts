import type { Expiry, SessionMetadata } from '../session/expiry.js'
import type { SessionState } from '../session/session-state.js'
import type { SessionRecord, WriteStep, WriteOutcome } from '../store/next-step.js'
import type { Revocations } from './revocations.js'

/**
 * What revocations have to know of the cookies that were sent for a session: until when the longest is good, and
 * which epoch its login had.
 */
export class SentNotes {
  readonly revocations: Revocations
  readonly #expiry: Expiry
  /** When the cookies that were sent expire by themselves. */
  readonly #ends = new WeakMap<SessionState, number>()
  /** What the revocations said of the user at a login in this request. */
  readonly #epochs = new WeakMap<SessionState, { readonly epoch: string | undefined }>()

  constructor(revocations: Revocations, expiry: Expiry) {
    this.revocations = revocations
    this.#expiry = expiry
  }

  /** Notes the cookie that a session was opened with. */
  opened(state: SessionState, metadata: SessionMetadata): void {
    this.#ends.set(state, Math.max(metadata.reach ?? 0, this.#expiry.limitOf(metadata)))
  }

  /** Asks for the epoch of a user who logs in by a step. */
  async begin(state: SessionState, step: WriteStep): Promise<void> {
    if (!state.isAuthenticated || (step.kind !== 'create' && step.kind !== 'regenerate')) return
    const { userId } = step.record.metadata
    if (userId === undefined) return
    this.#epochs.set(state, { epoch: await this.revocations.epochOf(userId) })
  }

  /** The metadata to seal. When the lifetime was shortened, older cookies of the same id are good for longer. */
  sealedWith(state: SessionState, { metadata }: SessionRecord, hasNewId: boolean): SessionMetadata {
    const limit = this.#expiry.limitOf(metadata)
    const reach = hasNewId ? limit : (this.#ends.get(state) ?? limit)
    const epoch = this.#epochOf(state, metadata)
    return { ...metadata, epoch, reach: reach > limit ? reach : undefined }
  }

  /** Remembers that an id must not come back, and says whether a session that was written to has ended elsewhere. */
  async write(state: SessionState, step: WriteStep): Promise<WriteOutcome> {
    if (step.kind === 'nothing' || step.kind === 'touch') return 'landed'
    const end = this.#ends.get(state) ?? this.#expiry.clock()
    if (step.kind === 'destroy') return this.#revoke(step.id, end)
    const until = this.#expiry.limitOf(step.record.metadata)
    const outcome =
      step.kind === 'create'
        ? await this.#revoke(step.destroyedId, end)
        : await this.#continue(state, step, end, until)
    this.#ends.set(state, step.kind === 'patch' ? Math.max(until, end) : until)
    return outcome
  }

  async #revoke(id: string | undefined, end: number): Promise<WriteOutcome> {
    if (id !== undefined) await this.revocations.revokeSession(id, end)
    return 'landed'
  }

  async #continue(
    state: SessionState,
    step: WriteStep & { readonly kind: 'patch' | 'regenerate' },
    end: number,
    until: number,
  ): Promise<WriteOutcome> {
    const { metadata } = step.record
    const id = step.kind === 'patch' ? step.id : step.previousId
    // An end that comes from now on is remembered for longer; one that came before is seen afterwards.
    if (step.kind === 'patch' && until > end) await this.revocations.prolong(id, until)
    const epoch = this.#epochOf(state, metadata)
    if (await this.revocations.isRevoked(id, { ...metadata, epoch })) return 'lost'
    if (step.kind === 'patch') return 'landed'
    const isOurs = await this.revocations.replaceSession(id, end, { id: step.id, until })
    return isOurs ? 'landed' : 'lost'
  }

  #epochOf(state: SessionState, metadata: SessionMetadata): string | undefined {
    return (this.#epochs.get(state) ?? metadata).epoch
  }
}
