/** How expired rows are removed. */
export interface SweepRules {
  /** Milliseconds between two looks; `Infinity`: never. */
  readonly interval: number
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  /** Deletes at most `BATCH` rows, and says how many. */
  readonly sweep: () => Promise<number>
}

/**
 * Removes rows that have expired: a small batch when the backend has nothing to do, as often as that happens while
 * there are more. It sets no timer, so it keeps no process alive; without requests no rows are added either.
 */
export class ExpiredRows {
  readonly #rules: SweepRules
  #nextAt: number
  #isSweeping = false

  constructor(rules: SweepRules) {
    this.#rules = rules
    this.#nextAt = rules.now() + rules.interval
  }

  /** The backend has nothing to do at the moment. */
  idle(): void {
    const { now } = this.#rules
    if (this.#isSweeping || now() < this.#nextAt) return
    this.#isSweeping = true
    void this.#sweep()
  }

  async #sweep(): Promise<void> {
    const { interval, now, sweep } = this.#rules
    try {
      const count = await sweep()
      this.#nextAt = count < BATCH ? now() + interval : now()
    } catch {
      // Rows that have expired count as gone, whether they are there or not: the next time will do.
      this.#nextAt = now() + interval
    }
    this.#isSweeping = false
  }
}

/** Rows that one statement deletes: few, so that it holds nobody up. */
export const BATCH = 200
