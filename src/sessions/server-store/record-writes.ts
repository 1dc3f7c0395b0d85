import { TransientMap } from '../../di/index.js'
import type {
  BackendRecord,
  MaybePromise,
  ReplaceResult,
  SessionBackend,
} from '../backend/session-backend.js'
import { SessionConflictError } from '../errors/errors.js'
import type { Expiry } from '../session/expiry.js'
import { readRecord, RecordDraft, type StoredSession } from '../session/record.js'

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

type PendingEdit = Pending & { readonly work: RecordEdit }

type MergedEdit = Pick<PendingEdit, 'work' | 'reject'>

/** A write that was sent. */
interface Attempt {
  /** The record, if it is applied. */
  readonly record: BackendRecord
  readonly applied: readonly RecordEdit[]
  readonly result: MaybePromise<ReplaceResult>
}

/** The writes of one record in this process. */
interface Lane {
  waiting: Pending[]
  /** The record as it was last written or seen here. */
  newest?: BackendRecord | undefined
  /** The first write of the one edit that waits, where it was sent already. */
  begun?: Attempt | undefined
  patience?: NodeJS.Timeout | undefined
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
  /** Made when something has to wait. */
  #lanes: TransientMap<string, Lane> | undefined

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
  write(key: string, work: RecordEdit | RecordTask): MaybePromise<BackendRecord | undefined> {
    const lane = this.#lanes?.entries.get(key)
    let begun: Attempt | undefined
    if (!lane && typeof work !== 'function') {
      begun = this.#attempt(key, [{ work, reject: rethrow }], work.known, false)
      if (!begun) return work.known
      if (begun.result === 'applied') return begun.record
    }
    return new Promise((resolve, reject) => {
      const pending = { work, resolve, reject }
      if (lane) this.#wait(key, lane, pending)
      else void this.#run(key, { waiting: [pending], begun })
    })
  }

  #wait(key: string, lane: Lane, pending: Pending): void {
    lane.waiting.push(pending)
    if (lane.patience) return
    // A write that a store never answers must not hold up the others: they go on beside it.
    const timer = setTimeout(() => {
      // After a stall of the event loop, replies that have arrived are read before `setImmediate`.
      setImmediate(() => {
        if (lane.patience !== timer) return
        void this.#run(key, { waiting: lane.waiting.splice(0), newest: lane.newest })
      })
    }, PATIENCE)
    lane.patience = timer
  }

  async #run(key: string, lane: Lane): Promise<void> {
    ;(this.#lanes ??= new TransientMap()).set(key, lane)
    let hasWaited = lane.newest !== undefined
    while (lane.waiting.length > 0) {
      let edits = 0
      while (edits < lane.waiting.length && typeof lane.waiting[edits]!.work !== 'function') edits++
      // A task in front is done alone.
      const batch = lane.waiting.splice(0, Math.max(edits, 1))
      const { work } = batch[0] as Pending
      try {
        lane.newest = await (typeof work === 'function'
          ? work(lane.newest)
          : this.#commit(key, batch as PendingEdit[], lane, hasWaited))
        for (const { resolve } of batch) resolve(lane.newest)
      } catch (error) {
        lane.newest = undefined
        for (const { reject } of batch) reject(error)
      }
      hasWaited = true
      clearTimeout(lane.patience)
      lane.patience = undefined
    }
    if (this.#lanes?.entries.get(key) === lane) this.#lanes.delete(key)
  }

  /**
   * Merges edits onto the record, and tries to write them until it is known how that ended. Rejects those that fail.
   *
   * @returns the record as it is then; `undefined` when there is none any more.
   */
  async #commit(
    key: string,
    batch: readonly PendingEdit[],
    lane: Lane,
    hasWaited: boolean,
  ): Promise<BackendRecord | undefined> {
    const giveUpAt = performance.now() + this.#conflictTimeout
    let left = batch
    let attempt = lane.begun
    lane.begun = undefined
    let known = newestOf(batch, lane.newest)
    for (let isLate = hasWaited; known; isLate = true) {
      attempt ??= this.#attempt(key, left, known, isLate)
      if (!attempt) return known
      const result = await attempt.result
      if (result === 'applied') return attempt.record
      const { applied } = attempt
      left = left.filter(({ work }) => applied.includes(work))
      attempt = undefined
      known = result === 'missing' ? undefined : readRecord(result)
      if (known?.notes.replacedUntil !== undefined) return refuse(left, replaced)
      if (known && performance.now() >= giveUpAt) return refuse(left, overtaken)
    }
    return undefined
  }

  /** Merges edits onto a record and writes it; nothing when nobody is left, or there is nothing to write. */
  #attempt(
    key: string,
    batch: readonly MergedEdit[],
    known: StoredSession,
    isLate: boolean,
  ): Attempt | undefined {
    const start = new RecordDraft(known)
    const { draft, applied, deadline } = merge(batch, start, isLate)
    if (draft === start) return undefined
    const { text } = draft
    const ttl = this.#expiry.timeToLive(draft.metadata)
    const result = this.#backend.replace(key, known.version, text, ttl, deadline)
    return { record: { text, version: known.version + 1 }, applied, result }
  }
}

/** Milliseconds for which writers wait for the one before them. */
const PATIENCE = 250

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
function merge(pending: readonly MergedEdit[], start: RecordDraft, isLate: boolean) {
  const applied: RecordEdit[] = []
  const now = isLate ? performance.now() : -Infinity
  let draft = start
  let deadline = Infinity
  for (const { work: edit, reject } of pending) {
    try {
      if (now >= edit.deadline || !edit.isAwaited()) throw overtaken()
      draft = edit.applyTo(draft)
      applied.push(edit)
      deadline = Math.min(deadline, edit.deadline)
    } catch (error) {
      reject(error)
    }
  }
  return { draft, applied, deadline }
}

function rethrow(error: unknown): never {
  throw error
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
