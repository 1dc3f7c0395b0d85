/** A record in memory. */
export interface MemoryRecord {
  readonly fields: Map<string, string>
  version: number
  /** Milliseconds since 1970. */
  endsAt: number
}

/** How much is kept, and what goes first. */
export interface MemoryBounds {
  readonly limit: number
  readonly maxBytes: number
  /** Whether a record goes only when all others have gone. */
  readonly goesLast: (fields: ReadonlyMap<string, string>) => boolean
  readonly now: () => number
}

/**
 * Records in the order of their use, within a number and a size. What has to go is what has ended, then the least
 * recently used of those that may go first: a flood of visitors without a login must not log the others out.
 */
export class MemoryRecords {
  readonly #bounds: MemoryBounds
  /** A Map keeps the order of insertion, so the first key is the least recently used. */
  readonly #first = new Map<string, CountedRecord>()
  readonly #last = new Map<string, CountedRecord>()
  #bytes = 0
  #addedSinceSweep = 0

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#first.size + this.#last.size
  }

  has(key: string): boolean {
    return this.#first.has(key) || this.#last.has(key)
  }

  /** Finds a record that has not ended and makes it the most recently used. */
  use(key: string): MemoryRecord | undefined {
    const kept = this.#delete(key)
    if (!kept || kept.endsAt <= this.#bounds.now()) return undefined
    this.#put(key, kept)
    return kept
  }

  add(key: string, record: MemoryRecord): void {
    this.#addedSinceSweep += 1
    this.#put(key, { ...record, bytes: sizeOf(record.fields) })
    this.#makeRoom()
  }

  /** Counts a record again after its fields were changed. */
  changed(key: string): void {
    const kept = this.#delete(key)
    if (!kept) return
    kept.bytes = sizeOf(kept.fields)
    this.#put(key, kept)
    this.#makeRoom()
  }

  delete(key: string): void {
    this.#delete(key)
  }

  #put(key: string, record: CountedRecord): void {
    const records = this.#bounds.goesLast(record.fields) ? this.#last : this.#first
    records.set(key, record)
    this.#bytes += record.bytes
  }

  #delete(key: string): CountedRecord | undefined {
    const records = this.#first.has(key) ? this.#first : this.#last
    const kept = records.get(key)
    if (!kept) return undefined
    records.delete(key)
    this.#bytes -= kept.bytes
    return kept
  }

  #makeRoom(): void {
    if (this.#isFull) this.#sweep()
    while (this.#isFull) {
      for (const oldest of (this.#first.size > 0 ? this.#first : this.#last).keys()) {
        this.#delete(oldest)
        break
      }
    }
  }

  get #isFull(): boolean {
    const { limit, maxBytes } = this.#bounds
    return this.size > limit || (this.#bytes > maxBytes && this.size > 0)
  }

  /** Drops what has ended; once for so many new records that a flood does not sweep at each of them. */
  #sweep(): void {
    if (this.#addedSinceSweep * 4 < this.size) return
    this.#addedSinceSweep = 0
    const now = this.#bounds.now()
    for (const records of [this.#first, this.#last]) {
      for (const [key, { endsAt }] of records) if (endsAt <= now) this.#delete(key)
    }
  }
}

interface CountedRecord extends MemoryRecord {
  bytes: number
}

/** V8 keeps a character in one or two bytes; two are counted, and what Maps need for a record and its fields. */
function sizeOf(fields: ReadonlyMap<string, string>): number {
  let bytes = 256 + 64 * fields.size
  for (const [field, text] of fields) bytes += 2 * (field.length + text.length)
  return bytes
}
