import { checkNumber, ownOptions } from '../errors/options.js'
import { aFunction, checkedElsewhere, type OptionRules } from '../../di/index.js'
import { checkSessionOptions } from '../errors/check-options.js'
import { MemoryIndex } from './memory-index.js'
import type { BackendRecord, RecordPatch, SessionBackend, WriteOutcome } from './session-backend.js'

/** What a `MemoryBackend` takes. */
export interface MemoryBackendOptions {
  /** How many records it keeps; one more evicts the least recently used. Default: 10,000. */
  readonly limit?: number
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
}

/**
 * Keeps records in the memory of this process: for tests, development and one-process programs.
 * It sets no timer: what has ended is dropped when it is asked for or evicted.
 */
export class MemoryBackend implements SessionBackend {
  readonly index: MemoryIndex
  readonly #limit: number
  readonly #now: () => number
  /** A Map keeps the order of insertion, so the first key is the least recently used. */
  readonly #records = new Map<string, Kept>()

  /** @throws SessionOptionError when `limit` is not a whole number from 1. */
  constructor(options: MemoryBackendOptions = {}) {
    checkSessionOptions(options, RULES)
    const { limit = 10_000, now = Date.now } = ownOptions(options)
    this.#limit = checkNumber('limit', limit, { unit: 'records' })
    this.#now = now
    this.index = new MemoryIndex({
      limit: this.#limit,
      now: this.#now,
      isKept: (key) => this.#records.has(key),
    })
  }

  /** How many records it keeps, those that ended unnoticed included. */
  get size(): number {
    return this.#records.size
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    const kept = this.#use(key)
    return kept && { fields: new Map(kept.fields), version: kept.version }
  }

  async create(key: string, fields: ReadonlyMap<string, string>, ttl: number): Promise<boolean> {
    if (this.#use(key)) return false
    this.#records.set(key, { fields: new Map(fields), version: 1, endsAt: this.#now() + ttl })
    if (this.#records.size > this.#limit) this.#evict()
    return true
  }

  async patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    const kept = this.#use(key)
    if (!kept) return 'lost'
    if (!isAsExpected(kept, patch)) return 'taken'
    for (const field of patch.deleted ?? []) kept.fields.delete(field)
    for (const [field, text] of patch.set) kept.fields.set(field, text)
    kept.version += 1
    kept.endsAt = this.#now() + ttl
    return 'landed'
  }

  async touch(
    key: string,
    version: number,
    fields: ReadonlyMap<string, string>,
    ttl: number,
  ): Promise<WriteOutcome> {
    const kept = this.#use(key)
    if (!kept) return 'lost'
    if (kept.version !== version) return 'taken'
    for (const [field, text] of fields) kept.fields.set(field, text)
    kept.endsAt = this.#now() + ttl
    return 'landed'
  }

  async destroy(key: string): Promise<BackendRecord | undefined> {
    const kept = this.#use(key)
    this.#records.delete(key)
    return kept && { fields: kept.fields, version: kept.version }
  }

  /** Finds a record that has not ended and makes it the most recently used. */
  #use(key: string): Kept | undefined {
    const kept = this.#records.get(key)
    if (!kept) return undefined
    this.#records.delete(key)
    if (kept.endsAt <= this.#now()) return undefined
    this.#records.set(key, kept)
    return kept
  }

  #evict(): void {
    for (const oldest of this.#records.keys()) {
      this.#records.delete(oldest)
      return
    }
  }
}

interface Kept {
  readonly fields: Map<string, string>
  version: number
  endsAt: number
}

/** Whether a record has the version and the texts that a patch expects; else the patch is a conflict. */
export function isAsExpected({ version, fields }: BackendRecord, patch: RecordPatch): boolean {
  if (patch.version !== undefined && patch.version !== version) return false
  for (const [field, text] of patch.expected ?? []) if (fields.get(field) !== text) return false
  return true
}

const RULES: OptionRules<MemoryBackendOptions> = { limit: checkedElsewhere, now: aFunction }
