import { checkNumber, ownOptions } from '../errors/options.js'
import { aFunction, checkedElsewhere, type OptionRules } from '../../di/index.js'
import { checkSessionOptions } from '../errors/check-options.js'
import { MemoryIndex } from './memory-index.js'
import { MemoryRecords } from './memory-records.js'
import type { BackendRecord, RecordPatch, SessionBackend, WriteOutcome } from './session-backend.js'

/** What a `MemoryBackend` takes. */
export interface MemoryBackendOptions {
  /** How many records it keeps; one more evicts the least recently used. Default: 10,000. */
  readonly limit?: number
  /** Bytes that all records take together; more evicts as well. A character counts two. Default: 128 MiB. */
  readonly maxBytes?: number
  /** Whether a record is evicted only when no other is left. Default: none is. */
  readonly goesLast?: (fields: ReadonlyMap<string, string>) => boolean
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
}

/**
 * Keeps records in the memory of this process: for tests, development and one-process programs.
 * It sets no timer: what has ended is dropped when it is asked for or evicted.
 */
export class MemoryBackend implements SessionBackend {
  readonly index: MemoryIndex
  readonly #now: () => number
  readonly #records: MemoryRecords

  /** @throws SessionOptionError when `limit` or `maxBytes` is not a whole number from 1. */
  constructor(options: MemoryBackendOptions = {}) {
    checkSessionOptions(options, RULES)
    const { limit = 10_000, maxBytes = DEFAULT_BYTES, ...own } = ownOptions(options)
    const { now = Date.now, goesLast = () => false } = own
    this.#now = now
    this.#records = new MemoryRecords({
      limit: checkNumber('limit', limit, { unit: 'records' }),
      maxBytes: checkNumber('maxBytes', maxBytes, { unit: 'bytes' }),
      goesLast,
      now,
    })
    this.index = new MemoryIndex({ limit, now, isKept: (key) => this.#records.has(key) })
  }

  /** How many records it keeps, those that ended unnoticed included. */
  get size(): number {
    return this.#records.size
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    const kept = this.#records.use(key)
    return kept && { fields: new Map(kept.fields), version: kept.version }
  }

  async create(key: string, fields: ReadonlyMap<string, string>, ttl: number): Promise<boolean> {
    if (this.#records.use(key)) return false
    this.#records.add(key, { fields: new Map(fields), version: 1, endsAt: this.#now() + ttl })
    return true
  }

  async patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    const kept = this.#records.use(key)
    if (!kept) return 'lost'
    if (!isAsExpected(kept, patch)) return 'taken'
    for (const field of patch.deleted ?? []) kept.fields.delete(field)
    for (const [field, text] of patch.set) kept.fields.set(field, text)
    kept.version += 1
    kept.endsAt = this.#now() + ttl
    this.#records.changed(key)
    return 'landed'
  }

  async touch(
    key: string,
    version: number,
    fields: ReadonlyMap<string, string>,
    ttl: number,
  ): Promise<WriteOutcome> {
    const kept = this.#records.use(key)
    if (!kept) return 'lost'
    if (kept.version !== version) return 'taken'
    for (const [field, text] of fields) kept.fields.set(field, text)
    kept.endsAt = this.#now() + ttl
    this.#records.changed(key)
    return 'landed'
  }

  async destroy(key: string): Promise<BackendRecord | undefined> {
    const kept = this.#records.use(key)
    this.#records.delete(key)
    return kept && { fields: kept.fields, version: kept.version }
  }
}

/** Of all records together. */
const DEFAULT_BYTES = 2 ** 27

/** Whether a record has the version and the texts that a patch expects; else the patch is a conflict. */
export function isAsExpected({ version, fields }: BackendRecord, patch: RecordPatch): boolean {
  if (patch.version !== undefined && patch.version !== version) return false
  for (const [field, text] of patch.expected ?? []) if (fields.get(field) !== text) return false
  return true
}

const RULES: OptionRules<MemoryBackendOptions> = {
  limit: checkedElsewhere,
  maxBytes: checkedElsewhere,
  goesLast: aFunction,
  now: aFunction,
}
