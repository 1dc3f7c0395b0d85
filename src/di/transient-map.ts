/**
 * A Map of what comes and goes with requests. V8 makes the table of a Map anew after some deletions, and the table
 * before it keeps the new one. Once such a table is old, each collection of young objects keeps what later requests
 * put in, until the next full one: half the time of a write to Redis. So another Map takes the place in time.
 */
export class TransientMap<Key, Value> {
  #entries = new Map<Key, Value>()
  #deletions = 0

  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  /** The key that was set first, of those that are there. */
  get oldest(): Key | undefined {
    return this.#entries.keys().next().value
  }

  /** Those that are there as it begins. */
  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return this.#entries[Symbol.iterator]()
  }

  set(key: Key, value: Value): void {
    this.#entries.set(key, value)
  }

  delete(key: Key): void {
    this.#entries.delete(key)
    this.#deletions += 1
    if (this.#deletions < Math.max(FEW, this.#entries.size)) return
    this.#entries = new Map(this.#entries)
    this.#deletions = 0
  }
}

/** So few deletions that few tables hang together, and so many that copying the rest costs little for each. */
const FEW = 32
