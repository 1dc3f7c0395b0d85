import type { SessionMetadata } from './expiry.js'

/** What a dump is about to write: the id under which, if at all, and the times. */
export interface PendingWrite {
  readonly id: string | undefined
  readonly metadata: SessionMetadata | undefined
  /** The metadata that the marked ones were made from. */
  readonly basis: SessionMetadata | undefined
  readonly generation: number
}

export const NOTHING_PENDING: PendingWrite = {
  id: undefined,
  metadata: undefined,
  basis: undefined,
  generation: 0,
}
