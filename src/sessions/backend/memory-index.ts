import type { SessionIndex } from './session-backend.js'

/** The index of a `MemoryBackend`: sweeps itself when it has grown to twice the backend's limit, without a timer. */
export class MemoryIndex implements SessionIndex {
  readonly #now: () => number
  readonly #isKept: (key: string) => boolean
  readonly #users = new Map<string, Map<string, Noted>>()
  #count = 0
  #sweepAt: number

  constructor(limit: number, now: () => number, isKept: (key: string) => boolean) {
    this.#sweepAt = 2 * limit
    this.#now = now
    this.#isKept = isKept
  }

  async add(user: string, key: string, ttl: number): Promise<void> {
    if (this.#count >= this.#sweepAt) this.#sweep()
    const entries = this.#users.get(user) ?? new Map<string, Noted>()
    if (!entries.has(key)) this.#count += 1
    entries.set(key, { notedAt: this.#now(), endsAt: this.#now() + ttl })
    this.#users.set(user, entries)
  }

  async remove(user: string, key: string): Promise<void> {
    this.#delete(user, key)
  }

  async list(user: string, offset: number, limit: number): Promise<string[]> {
    const live: string[] = []
    for (const [key, noted] of this.#users.get(user) ?? []) {
      if (noted.endsAt > this.#now()) live.push(key)
    }
    return live.slice(offset, offset + limit)
  }

  #delete(user: string, key: string): void {
    const entries = this.#users.get(user)
    if (!entries?.delete(key)) return
    this.#count -= 1
    if (entries.size === 0) this.#users.delete(user)
  }

  /** Drops expired entries, and those whose record was deleted or never created. */
  #sweep(): void {
    const now = this.#now()
    for (const [user, entries] of this.#users) {
      for (const [key, noted] of entries) {
        // A young entry may wait for its record: the store notes the user first.
        const isLost = !this.#isKept(key) && noted.notedAt < now - YOUNG
        if (noted.endsAt <= now || isLost) this.#delete(user, key)
      }
    }
    // Twice what remains, so that a flood of logins does not sweep at each of them.
    this.#sweepAt = Math.max(this.#sweepAt, 2 * this.#count)
  }
}

/** How long a store may take between noting a user's session and making its record, in milliseconds. */
const YOUNG = 60_000

interface Noted {
  readonly notedAt: number
  readonly endsAt: number
}
