import type { Expiry, SessionMetadata } from '../session/expiry.js'
import type { SessionState } from '../session/session-state.js'
import type { SessionRecord, WriteStep, WriteOutcome } from '../store/next-step.js'
import type { Revocations } from './revocations.js'

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
    const { epoch } = this.#epochs.get(state) ?? metadata
    return { ...metadata, epoch, reach: reach > limit ? reach : undefined }
  }

  /** Remembers that an id must not come back, and whether a session that was written to has ended elsewhere. */
  write(
    state: SessionState,
    step: WriteStep,
    isLonger: boolean,
    revocations: Revocations,
  ): Promise<WriteOutcome> | undefined {
    if (step.kind === 'nothing' || step.kind === 'touch') return undefined
    if (step.kind === 'patch') return this.#patch(state, step, isLonger, revocations)
    if (step.kind === 'regenerate') return this.#replace(state, step, revocations)
    const id = step.kind === 'destroy' ? step.id : step.destroyedId
    if (id === undefined) return undefined
    return revocations.revokeSession(id, this.#endOf(state)).then(() => 'landed')
  }

  /** An end that comes from now on is remembered for longer; one that came before is seen afterwards. */
  async #patch(
    state: SessionState,
    step: WriteStep & { kind: 'patch' },
    isLonger: boolean,
    revocations: Revocations,
  ): Promise<WriteOutcome> {
    const { id, record } = step
    if (isLonger) await revocations.prolong(id, this.#expiry.limitOf(record.metadata))
    return this.#landed(state, id, record, revocations)
  }

  async #landed(
    state: SessionState,
    id: string,
    { metadata }: SessionRecord,
    revocations: Revocations,
  ): Promise<WriteOutcome> {
    const { epoch } = this.#epochs.get(state) ?? metadata
    return (await revocations.isRevoked(id, { ...metadata, epoch })) ? 'lost' : 'landed'
  }

  async #replace(
    state: SessionState,
    step: WriteStep & { kind: 'regenerate' },
    revocations: Revocations,
  ): Promise<WriteOutcome> {
    const until = this.#endOf(state)
    const outcome = await this.#landed(state, step.previousId, step.record, revocations)
    if (outcome === 'lost') return outcome
    const successor = { id: step.id, until: this.#expiry.limitOf(step.record.metadata) }
    this.#ends.set(state, successor.until)
    const isOurs = await revocations.replaceSession(step.previousId, until, successor)
    return isOurs ? 'landed' : 'lost'
  }

  /** Until when its end has to be remembered. */
  #endOf(state: SessionState): number {
    return this.#ends.get(state) ?? this.#expiry.clock()
  }
}
