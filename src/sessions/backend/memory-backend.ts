import { aNumber, checkSessionOptions, ownOptions } from '../errors/options.js'
import { aFunction, type OptionRules } from '../../di/index.js'
import { MemoryIndex } from './memory-index.js'
import type {
  BackendRecord,
  MaybePromise,
  ReplaceResult,
  SessionBackend,
} from './session-backend.js'

/** What a `MemoryBackend` takes. */
export interface MemoryBackendOptions {
  /** How many records it keeps; one more evicts the least recently used. Default: 10,000. */
  readonly limit?: number
  /** Bytes that all records take together; more evicts as well. A character counts two. Default: 128 MiB. */
  readonly maxBytes?: number
  /** Whether a record is evicted only when no other is left. Default: none is. */
  readonly goesLast?: (text: string) => boolean
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
}

interface KeptRecord {
  readonly key: string
  /** It never changes, so that who reads it may keep what they made of it. */
  record: BackendRecord
  /** V8 keeps a character in one or two; two are counted, and what Maps need for a record. */
  bytes: number
  /** Milliseconds since 1970. */
  endsAt: number
  order: UseOrder
  older: KeptRecord | undefined
  newer: KeptRecord | undefined
}

/**
 * Records in the order of their use, as a list: to delete and insert an entry of a Map at each request would make V8
 * copy the table again and again, and keep the tables before it until the next full collection.
 */
class UseOrder {
  oldest: KeptRecord | undefined
  newest: KeptRecord | undefined

  add(kept: KeptRecord): void {
    kept.order = this
    kept.older = this.newest
    if (this.newest) this.newest.newer = kept
    else this.oldest = kept
    this.newest = kept
  }

  remove(kept: KeptRecord): void {
    if (kept.older) kept.older.newer = kept.newer
    else this.oldest = kept.newer
    if (kept.newer) kept.newer.older = kept.older
    else this.newest = kept.older
    kept.older = kept.newer = undefined
  }
}

/**
 * Keeps records in the memory of this process: for tests, development and one-process programs.
 * It sets no timer: what has ended is dropped when it is asked for or evicted.
 *
 * What has to go is what has ended, then the least recently used of those that may go first: a flood of visitors
 * without a login must not log the others out.
 */
export class MemoryBackend implements SessionBackend {
  readonly index: MemoryIndex
  readonly #limit: number
  readonly #maxBytes: number
  readonly #goesLast: (text: string) => boolean
  readonly #now: () => number
  readonly #records = new Map<string, KeptRecord>()
  readonly #first = new UseOrder()
  readonly #last = new UseOrder()
  #bytes = 0
  #addedSinceSweep = 0

  /** @throws SessionOptionError when `limit` or `maxBytes` is not a whole number from 1. */
  constructor(options: MemoryBackendOptions = {}) {
    checkSessionOptions(options, RULES)
    const { limit = 10_000, maxBytes = DEFAULT_BYTES, ...own } = ownOptions(options)
    const { now = Date.now, goesLast = () => false } = own
    this.#limit = limit
    this.#maxBytes = maxBytes
    this.#goesLast = goesLast
    this.#now = now
    this.index = new MemoryIndex(limit, now, (key) => this.#records.has(key))
  }

  /** How many records it keeps, those that ended unnoticed included. */
  get size(): number {
    return this.#records.size
  }

  read(key: string): MaybePromise<BackendRecord | undefined> {
    return this.#use(key)?.record
  }

  create(key: string, text: string, ttl: number): MaybePromise<boolean> {
    if (this.#use(key)) return false
    const record = { text, version: 1 }
    const [order, older, newer] = [this.#orderOf(text), undefined, undefined]
    const kept = { key, record, bytes: 0, endsAt: 0, order, older, newer }
    this.#addedSinceSweep += 1
    this.#records.set(key, kept)
    order.add(kept)
    this.#keep(kept, record, ttl, order)
    return true
  }

  replace(key: string, version: number, text: string, ttl: number): MaybePromise<ReplaceResult> {
    const kept = this.#use(key)
    if (!kept) return 'missing'
    if (kept.record.version !== version) return kept.record
    this.#keep(kept, { text, version: version + 1 }, ttl)
    return 'applied'
  }

  touch(key: string, version: number, text: string, ttl: number): MaybePromise<boolean> {
    const kept = this.#use(key)
    if (kept?.record.version !== version) return false
    this.#keep(kept, { text, version }, ttl)
    return true
  }

  destroy(key: string): MaybePromise<BackendRecord | undefined> {
    const kept = this.#use(key)
    if (kept) this.#drop(kept)
    return kept?.record
  }

  /** Finds a record that has not ended, and makes it the most recently used. */
  #use(key: string): KeptRecord | undefined {
    const kept = this.#records.get(key)
    if (!kept) return undefined
    if (kept.endsAt <= this.#now()) return this.#drop(kept)
    const { order } = kept
    if (order.newest === kept) return kept
    order.remove(kept)
    order.add(kept)
    return kept
  }

  #orderOf(text: string): UseOrder {
    return this.#goesLast(text) ? this.#last : this.#first
  }

  #keep(
    kept: KeptRecord,
    record: BackendRecord,
    ttl: number,
    order = this.#orderOf(record.text),
  ): void {
    const bytes = 256 + 2 * record.text.length
    this.#bytes += bytes - kept.bytes
    kept.record = record
    kept.bytes = bytes
    kept.endsAt = this.#now() + ttl
    if (order !== kept.order) {
      kept.order.remove(kept)
      order.add(kept)
    }
    if (this.#records.size > this.#limit || this.#bytes > this.#maxBytes) this.#makeRoom()
  }

  #drop(kept: KeptRecord): undefined {
    this.#records.delete(kept.key)
    kept.order.remove(kept)
    this.#bytes -= kept.bytes
  }

  #makeRoom(): void {
    // Once for so many new records that a flood does not look through all of them at each one.
    if (this.#addedSinceSweep * 4 >= this.size) this.#sweep()
    while (this.size > this.#limit || this.#bytes > this.#maxBytes) {
      const oldest = this.#first.oldest ?? this.#last.oldest
      if (!oldest) return
      this.#drop(oldest)
    }
  }

  /** Drops what has ended. */
  #sweep(): void {
    this.#addedSinceSweep = 0
    const now = this.#now()
    for (const kept of this.#records.values()) if (kept.endsAt <= now) this.#drop(kept)
  }
}

/** Of all records together. */
export const DEFAULT_BYTES = 2 ** 27

const RULES: OptionRules<MemoryBackendOptions> = {
  limit: aNumber({ unit: 'records' }),
  maxBytes: aNumber({ unit: 'bytes' }),
  goesLast: aFunction,
  now: aFunction,
}
