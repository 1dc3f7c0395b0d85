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
  /** It never changes, so that who reads it may keep what they made of it. */
  readonly record: BackendRecord
  /** V8 keeps a character in one or two; two are counted, and what Maps need for a record. */
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly endsAt: number
  readonly goesLast: boolean
}

/**
 * Keeps records in the memory of this process: for tests, development and one-process programs.
 * It sets no timer: what has ended is dropped when it is asked for or evicted.
 *
 * Records stand in the order of their use. What has to go is what has ended, then the least recently used of those
 * that may go first: a flood of visitors without a login must not log the others out.
 */
export class MemoryBackend implements SessionBackend {
  readonly index: MemoryIndex
  readonly #limit: number
  readonly #maxBytes: number
  readonly #goesLast: (text: string) => boolean
  readonly #now: () => number
  /** A Map keeps the order of insertion, so the first key is the least recently used. */
  readonly #first = new Map<string, KeptRecord>()
  readonly #last = new Map<string, KeptRecord>()
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
    const isKept = (key: string) => this.#first.has(key) || this.#last.has(key)
    this.index = new MemoryIndex({ limit, now, isKept })
  }

  /** How many records it keeps, those that ended unnoticed included. */
  get size(): number {
    return this.#first.size + this.#last.size
  }

  read(key: string): MaybePromise<BackendRecord | undefined> {
    return this.#use(key)?.record
  }

  create(key: string, text: string, ttl: number): MaybePromise<boolean> {
    if (this.#use(key)) return false
    this.#addedSinceSweep += 1
    this.#keep(key, text, 1, ttl)
    return true
  }

  replace(key: string, version: number, text: string, ttl: number): MaybePromise<ReplaceResult> {
    const kept = this.#use(key)
    if (!kept) return 'missing'
    if (kept.record.version !== version) return kept.record
    this.#keep(key, text, version + 1, ttl)
    return 'applied'
  }

  touch(key: string, version: number, text: string, ttl: number): MaybePromise<boolean> {
    if (this.#use(key)?.record.version !== version) return false
    this.#keep(key, text, version, ttl)
    return true
  }

  destroy(key: string): MaybePromise<BackendRecord | undefined> {
    const kept = this.#use(key)
    this.#drop(key, kept)
    return kept?.record
  }

  /** Finds a record that has not ended, and makes it the most recently used. */
  #use(key: string): KeptRecord | undefined {
    const records = this.#first.has(key) ? this.#first : this.#last
    const kept = records.get(key)
    if (!kept) return undefined
    if (kept.endsAt <= this.#now()) return this.#drop(key, kept)
    records.delete(key)
    records.set(key, kept)
    return kept
  }

  #keep(key: string, text: string, version: number, ttl: number): void {
    const record = { text, version }
    const kept: KeptRecord = {
      record,
      bytes: 256 + 2 * text.length,
      endsAt: this.#now() + ttl,
      goesLast: this.#goesLast(text),
    }
    this.#drop(key, this.#first.get(key) ?? this.#last.get(key))
    this.#bytes += kept.bytes
    const records = kept.goesLast ? this.#last : this.#first
    records.set(key, kept)
    const count = this.#first.size + this.#last.size
    if (count > this.#limit || this.#bytes > this.#maxBytes) this.#makeRoom()
  }

  #drop(key: string, kept: KeptRecord | undefined): undefined {
    if (!kept) return
    const records = kept.goesLast ? this.#last : this.#first
    records.delete(key)
    this.#bytes -= kept.bytes
  }

  #makeRoom(): void {
    // Once for so many new records that a flood does not look through all of them at each one.
    if (this.#addedSinceSweep * 4 >= this.size) this.#sweep()
    while (this.size > this.#limit || (this.#bytes > this.#maxBytes && this.size > 0)) {
      const records = this.#first.size > 0 ? this.#first : this.#last
      const [oldest] = records as Iterable<[string, KeptRecord]>
      if (oldest) this.#drop(...oldest)
    }
  }

  /** Drops what has ended. */
  #sweep(): void {
    this.#addedSinceSweep = 0
    const now = this.#now()
    for (const records of [this.#first, this.#last]) {
      for (const [key, kept] of records) if (kept.endsAt <= now) this.#drop(key, kept)
    }
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
