/** How a call was let in, which decides what its result means. */
export type Pass =
  /** The last call succeeded. */
  | 'calm'
  /** The last call failed. */
  | 'troubled'
  /** The breaker is open, and this one call looks for recovery. */
  | 'probe'
  /** The call does not need the store, so the breaker does not matter. */
  | 'aside'

/** What the result of a call shows: the store answered, perhaps with an error; it is down; or nothing. */
export type Finding = 'answered' | 'away' | 'nothing'

/** How a breaker decides. */
export interface BreakerRules {
  /** How many calls in a row fail before it opens. */
  readonly failureThreshold: number
  /** Milliseconds between two probes. */
  readonly probeInterval: number
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  /** Called when it opens or closes. */
  readonly onChange: (change: 'opened' | 'closed') => void
}

/**
 * Circuit breaker: while the store is down, calls fail at once, so that visitors do not wait and the store is
 * not overrun as it recovers. One probe per interval looks for recovery.
 */
export class Breaker {
  /** Whether nothing is wrong, so that a call need neither enter nor leave. A plain field, because each call reads it. */
  isCalm = true
  readonly #rules: BreakerRules
  #failures = 0
  #isOpen = false
  #isProbing = false
  #probeAt = 0

  constructor(rules: BreakerRules) {
    this.#rules = rules
  }

  /** Lets a call in, or gives `undefined` to refuse it. A call that was let in has to `leave`. */
  enter(): Pass | undefined {
    if (!this.#isOpen) return this.#failures === 0 ? 'calm' : 'troubled'
    if (this.#isProbing || this.#rules.now() < this.#probeAt) return undefined
    this.#isProbing = true
    return 'probe'
  }

  leave(pass: Pass, finding: Finding): void {
    if (pass === 'probe') this.#isProbing = false
    if (pass === 'aside') return
    if (finding === 'away') return this.#fail(pass)
    if (finding === 'nothing') return
    this.#failures = 0
    this.isCalm = true
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#rules.onChange('closed')
  }

  #fail(pass: Pass): void {
    this.isCalm = false
    // One cut connection fails all calls that are under way: together they count once.
    this.#failures = pass === 'calm' ? Math.max(1, this.#failures) : this.#failures + 1
    if (!this.#isOpen && this.#failures < this.#rules.failureThreshold) return
    this.#probeAt = this.#rules.now() + this.#rules.probeInterval
    if (this.#isOpen) return
    this.#isOpen = true
    this.#rules.onChange('opened')
  }
}
