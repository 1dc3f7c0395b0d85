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

/** What waits to be done with one record. */
interface Pending {
  readonly edit: RecordEdit | undefined
  /** What has to be done alone, instead of an edit. */
  readonly task:
    | ((newest: BackendRecord | undefined) => Promise<BackendRecord | undefined>)
    | undefined
  readonly resolve: (record: BackendRecord | undefined) => void
  readonly reject: (error: unknown) => void
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
   * Writes a change, merged with what others have written.
   *
   * @returns the record as it is stored now, or `undefined` when there is none any more.
   * @throws SessionConflictError when other requests were faster again and again, or one replaced the id.
   */
  write(key: string, edit: RecordEdit): Promise<BackendRecord | undefined> {
    return new Promise((resolve, reject) => {
      this.#enter(key, { edit, task: undefined, resolve, reject })
    })
  }

  /** Does what cannot be merged with the writes of others; it gets the record as it was last seen here. */
  alone(key: string, task: Pending['task']): Promise<BackendRecord | undefined> {
    return new Promise((resolve, reject) => {
      this.#enter(key, { edit: undefined, task, resolve, reject })
    })
  }

  #enter(key: string, pending: Pending): void {
    const lane = this.#lanes.get(key)
    if (!lane) return void this.#run(key, [pending], undefined)
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
      const task = lane.waiting.findIndex((each) => each.task)
      const batch = lane.waiting.splice(0, task < 0 ? lane.waiting.length : Math.max(task, 1))
      try {
        lane.newest = await (task === 0
          ? this.#runTask(batch[0] as Pending, lane.newest)
          : this.#commit(key, batch, lane.newest, hasWaited))
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

  async #runTask(
    { task, resolve }: Pending,
    newest: BackendRecord | undefined,
  ): Promise<BackendRecord | undefined> {
    const record = await task?.(newest)
    resolve(record)
    return record
  }

  /**
   * Merges edits onto the record, and tries to write them until it is known how that ended.
   *
   * @returns the record, when it is known what it says now.
   */
  async #commit(
    key: string,
    batch: readonly Pending[],
    newest: BackendRecord | undefined,
    hasWaited: boolean,
  ): Promise<BackendRecord | undefined> {
    const giveUpAt = performance.now() + this.#conflictTimeout
    let left = batch
    let known = newestOf(batch, newest)
    for (let isLate = hasWaited; known; isLate = true) {
      const start = draftOf(known)
      const { draft, applied, deadline } = merge(left, start, isLate)
      // Nobody is left, or there is nothing to write.
      if (draft === start) return settle(applied, known)
      const text = draftText(draft)
      const ttl = timeToLive(this.#expiry, draft.metadata)
      const result = await this.#backend.replace(key, known.version, text, ttl, deadline)
      if (result === 'applied') return settle(applied, { text, version: known.version + 1 })
      left = applied
      known = result === 'missing' ? undefined : readRecord(result)
      if (known?.notes.replacedUntil !== undefined) return refuse(left, replaced)
      if (known && performance.now() >= giveUpAt) return refuse(left, overtaken)
    }
    return settle(left, undefined)
  }
}

/** Milliseconds for which writers wait for the one before them. */
const PATIENCE = 250

/** How long to keep a record, in milliseconds from now: the clock of the backend does not matter. */
export function timeToLive(expiry: Expiry, metadata: SessionMetadata): number {
  return Math.max(1, Math.ceil(expiry.endOf(metadata) - expiry.clock()))
}

function newestOf(
  batch: readonly Pending[],
  newest: BackendRecord | undefined,
): StoredSession | undefined {
  let known: StoredSession | undefined
  for (const { edit } of batch)
    if (edit && !(known && known.version >= edit.known.version)) known = edit.known
  return newest && known && newest.version > known.version ? readRecord(newest) : known
}

/** One edit after the other; one that fails, or that nobody awaits any more, is left out. */
function merge(pending: readonly Pending[], start: RecordDraft, isLate: boolean) {
  const applied: Pending[] = []
  const now = isLate ? performance.now() : -Infinity
  let draft = start
  let deadline = Infinity
  for (const each of pending) {
    const { edit, reject } = each
    if (!edit) continue
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

function settle(
  pending: readonly Pending[],
  record: BackendRecord | undefined,
): BackendRecord | undefined {
  for (const { resolve } of pending) resolve(record)
  return record
}

function refuse(pending: readonly Pending[], because: () => Error): undefined {
  for (const { edit, reject } of pending) {
    edit?.overtaken()
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
