import type { Cookie } from '../../http/index.js'
import type { Expiry, SessionMetadata } from './expiry.js'
import type { Serializer } from './field-texts.js'
import type { SessionOrigin, UnpublishedEvent } from '../events/events.js'

/** What a store gives to open a session. */
export interface StateOptions {
  /** The id under which the store holds it; without one the session is new. */
  readonly id?: string
  readonly metadata?: SessionMetadata
  /** Field name to encoded text, as the store holds them. */
  readonly fields?: ReadonlyMap<string, string>
  readonly serializer?: Serializer | undefined
  readonly expiry?: Expiry | undefined
  /** Makes ids. Default: 256 random bits. */
  readonly newId?: () => string
  /** How it came to be opened; for events. */
  readonly origin?: SessionOrigin
  /** The request came with a replaced id: reading only. */
  readonly isReadOnly?: boolean
  /** What a custom store keeps of it. Without, a built-in store opened it, and dumps by `nextStep`. */
  readonly persistedAs?: PersistedAs
  /**
   * Removes one field from the store, at once and exactly once however many requests ask; gives the text
   * it had, or `undefined` when another request was first. Without it `take` is a read and a delete.
   *
   * @param deadline on the clock of `performance.now`: nothing is removed afterwards.
   */
  readonly takeField?: (field: string, deadline?: number) => Promise<string | undefined>
  /** What the store that opened it needs to dump it, and what tools find the store by. */
  readonly writer?: object
}

/** What a custom store keeps: the record, which is everything; the data alone; or what its dump will show. */
export type PersistedAs = 'record' | 'data' | 'unknown'

/** What a dump is about to write: under which id, if at all, and with which times. */
export interface PendingWrite {
  readonly id: string | undefined
  readonly metadata: SessionMetadata | undefined
  /** The metadata from which those of the dump were made. */
  readonly basis: SessionMetadata | undefined
  readonly generation: number
}

/** What a session asks of its visit. */
export interface SessionVisit {
  /** Dumps early. */
  commit(): Promise<void>
  /** Watches over a promise that has to be awaited, such as `session.commit()`. */
  watch<Value>(call: string, work: Promise<Value>): Promise<Value>
  /** Takes a field out of the store, within the bounds in which the application calls it. */
  take<Value>(work: (deadline: number) => Promise<Value>): Promise<Value>
}

/** What the visit and a session tell each other; a session that a test opens by hand has none of it. */
export abstract class VisitSide {
  /** What the dump of a custom store has read so far; set while it runs. */
  dumpReads: Set<'data' | 'record'> | undefined
  visit: SessionVisit | undefined
  /** When the dump that runs now has to have landed, on the clock of `performance.now`. */
  deadline: number | undefined
  /** Why what was written is lost, where its store dumps nothing of it. */
  lostAs: 'expired' | undefined
  /** Whether the request came with cookies: a custom store does not say which of them it refused. */
  hasCookies = false
  /** Takes the events of the session; set while somebody listens. */
  emit: ((event: UnpublishedEvent) => void) | undefined
  /** For a browser that sent several live cookies: makes it keep this one only. The visit sends them. */
  repairs: readonly Cookie[] | undefined
  /** Number of dumps that timed out; a late one compares it and undoes its writes. */
  abandonedDumps = 0
  /** Whether the response begins, so that nothing can be written any more. */
  isClosed = false
}
