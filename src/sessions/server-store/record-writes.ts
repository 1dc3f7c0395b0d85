import type { BackendRecord, SessionBackend } from '../backend/session-backend.js'
import { SessionConflictError } from '../errors/errors.js'
import type { Expiry, SessionMetadata } from '../session/expiry.js'
import {
  draftOf,
  draftText,
  type RecordDraft,
  readRecord,
  type StoredSession,
} from '../session/record.js'

/** What one request wants to change in a record. */
export interface RecordEdit {
  /** The record as the request knows it. */
  readonly known: StoredSession
  /** On the clock of `performance.now`: nothing may land afterwards. */
  readonly deadline: number
  /** Whether its request still waits; else it must not be written any more. */
  isAwaited(): boolean
  /**
   * Puts the change into a draft, which may hold those of others.
   *
   * @returns the same draft when there is nothing to write.
   * @throws what fails this request alone.
   */
  applyTo(draft: RecordDraft): RecordDraft
  /** Another request came first, in another process, and there is no merging with what it did. */
  overtaken(): void
}

/** What cannot be merged with the writes of others. It gets the record as it was last seen here. */
export type RecordTask = (newest: BackendRecord | undefined) => Promise<BackendRecord | undefined>

/** What waits to be done with one record. */
interface Pending {
  readonly work: RecordEdit | RecordTask
  readonly resolve: (record: BackendRecord | undefined) => void
  readonly reject: (error: unknown) => void
}

interface PendingEdit extends Pending {
  readonly work: RecordEdit
}

/** The writes of one record in this process. */
interface Lane {
  waiting: Pending[]
  /** The record as it was last written or seen here. */
  newest: BackendRecord | undefined
  patience: NodeJS.Timeout | undefined
}

/**
 * Writes records, each by one writer at a time in this process: while a write is under way the others wait, and
 * then all that wait are merged and written at once. Without it each of n parallel writers would be tried up to n
 * times. A conflict with another process brings the fresh record, and everything is merged onto that.
 */
export class RecordWrites {
  readonly #backend: SessionBackend
  readonly #expiry: Expiry
  /** Milliseconds for which others may come first again and again. */
  readonly #conflictTimeout: number
  readonly #lanes = new Map<string, Lane>()

  constructor(backend: SessionBackend, expiry: Expiry, conflictTimeout: number) {
    this.#backend = backend
    this.#expiry = expiry
    this.#conflictTimeout = conflictTimeout
  }

  /**
   * Writes a change, merged with what others have written; or does a task while nobody else here writes.
   *
   * @returns the record as it is stored now, or `undefined` when there is none any more.
   * @throws SessionConflictError when other requests were faster again and again, or one replaced the id.
   */
  write(key: string, work: RecordEdit | RecordTask): Promise<BackendRecord | undefined> {
    return new Promise((resolve, reject) => {
      const lane = this.#lanes.get(key)
      const pending = { work, resolve, reject }
      if (lane) this.#wait(key, lane, pending)
      else void this.#run(key, [pending], undefined)
    })
  }

  #wait(key: string, lane: Lane, pending: Pending): void {
    lane.waiting.push(pending)
    if (lane.patience) return
    // A write that a store never answers must not hold up the others: they go on beside it.
    const timer = setTimeout(() => {
      // After a stall of the event loop, replies that have arrived are read before `setImmediate`.
      setImmediate(() => {
        if (lane.patience === timer) void this.#run(key, lane.waiting.splice(0), lane.newest)
      })
    }, PATIENCE)
    lane.patience = timer
  }

  async #run(key: string, waiting: Pending[], newest: BackendRecord | undefined): Promise<void> {
    const lane: Lane = { waiting, newest, patience: undefined }
    this.#lanes.set(key, lane)
    let hasWaited = newest !== undefined
    while (lane.waiting.length > 0) {
      let edits = 0
      while (edits < lane.waiting.length && typeof lane.waiting[edits]!.work !== 'function') edits++
      // A task in front is done alone.
      const batch = lane.waiting.splice(0, Math.max(edits, 1))
      const { work } = batch[0] as Pending
      try {
        lane.newest = await (typeof work === 'function'
          ? work(lane.newest)
          : this.#commit(key, batch as PendingEdit[], lane.newest, hasWaited))
        for (const { resolve } of batch) resolve(lane.newest)
      } catch (error) {
        lane.newest = undefined
        for (const { reject } of batch) reject(error)
      }
      hasWaited = true
      clearTimeout(lane.patience)
      lane.patience = undefined
    }
    if (this.#lanes.get(key) === lane) this.#lanes.delete(key)
  }

  /**
   * Merges edits onto the record, and tries to write them until it is known how that ended. Rejects those that fail.
   *
   * @returns the record as it is then; `undefined` when there is none any more.
   */
  async #commit(
    key: string,
    batch: readonly PendingEdit[],
    newest: BackendRecord | undefined,
    hasWaited: boolean,
  ): Promise<BackendRecord | undefined> {
    const giveUpAt = performance.now() + this.#conflictTimeout
    let left = batch
    let known = batch.length === 1 && !newest ? batch[0]!.work.known : newestOf(batch, newest)
    for (let isLate = hasWaited; known; isLate = true) {
      const start = draftOf(known)
      const { draft, applied, deadline } = merge(left, start, isLate)
      // Nobody is left, or there is nothing to write.
      if (draft === start) return known
      const text = draftText(draft)
      const ttl = timeToLive(this.#expiry, draft.metadata)
      const result = await this.#backend.replace(key, known.version, text, ttl, deadline)
      if (result === 'applied') return { text, version: known.version + 1 }
      left = applied
      known = result === 'missing' ? undefined : readRecord(result)
      if (known?.notes.replacedUntil !== undefined) return refuse(left, replaced)
      if (known && performance.now() >= giveUpAt) return refuse(left, overtaken)
    }
    return undefined
  }
}

/** Milliseconds for which writers wait for the one before them. */
const PATIENCE = 250

/** How long to keep a record, in milliseconds from now: the clock of the backend does not matter. */
export function timeToLive(expiry: Expiry, metadata: SessionMetadata): number {
  return Math.max(1, Math.ceil(expiry.endOf(metadata) - expiry.clock()))
}

function newestOf(
  batch: readonly PendingEdit[],
  newest: BackendRecord | undefined,
): StoredSession | undefined {
  let known: StoredSession | undefined
  for (const { work } of batch)
    if (!(known && known.version >= work.known.version)) known = work.known
  return newest && known && newest.version > known.version ? readRecord(newest) : known
}

/** One edit after the other; one that fails, or that nobody awaits any more, is left out. */
function merge(pending: readonly PendingEdit[], start: RecordDraft, isLate: boolean) {
  const applied: PendingEdit[] = []
  const now = isLate ? performance.now() : -Infinity
  let draft = start
  let deadline = Infinity
  for (const each of pending) {
    const { work: edit, reject } = each
    try {
      if (now >= edit.deadline || !edit.isAwaited()) throw overtaken()
      draft = edit.applyTo(draft)
      applied.push(each)
      deadline = Math.min(deadline, edit.deadline)
    } catch (error) {
      reject(error)
    }
  }
  return { draft, applied, deadline }
}

function refuse(pending: readonly PendingEdit[], because: () => Error): undefined {
  for (const { work, reject } of pending) {
    work.overtaken()
    reject(because())
  }
}

export function replaced(): SessionConflictError {
  return new SessionConflictError(
    'another request gave the session a new id; what this one wrote was not stored',
    'replaced',
  )
}

export function overtaken(): SessionConflictError {
  return new SessionConflictError(
    'other requests changed the session again and again; what this one wrote was not stored',
  )
}
