/**
 * A Map of what comes and goes with requests. V8 makes the table of a Map anew after some deletions, and the table
 * before it keeps the new one. Once such a table is old, each collection of young objects keeps what later requests
 * put in, until the next full one: half the time of a write to Redis. So another Map takes the place in time.
 */
export class TransientMap<Key, Value> {
  /** What is in it; another Map after some deletions, so it is to be read anew each time. */
  entries: ReadonlyMap<Key, Value> = new Map()
  #deletions = 0

  set(key: Key, value: Value): void {
    ;(this.entries as Map<Key, Value>).set(key, value)
  }

  delete(key: Key): void {
    const entries = this.entries as Map<Key, Value>
    entries.delete(key)
    this.#deletions += 1
    if (this.#deletions < Math.max(FEW, entries.size)) return
    this.entries = new Map(entries)
    this.#deletions = 0
  }
}

/** So few deletions that few tables hang together, and so many that copying the rest costs little for each. */
const FEW = 32
