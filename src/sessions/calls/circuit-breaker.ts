/** How a call came in, which decides what its end says of the store. */
export type Pass =
  /** All was well as it began. */
  | 'calm'
  /** The last call had found the store away. */
  | 'troubled'
  /** The breaker is open, and this one call tries whether the store is back. */
  | 'probe'
  /** Whatever the breaker says: the call has no need of the store. */
  | 'aside'

/** What the end of a call says: the store answered, be it with an error; it is away; or nothing. */
export type Finding = 'answered' | 'away' | 'nothing'

/** How a breaker decides. */
export interface BreakerRules {
  /** How many calls in a row find the store away before it opens. */
  readonly failureThreshold: number
  /** Milliseconds between two calls that try whether the store is back. */
  readonly probeInterval: number
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number
  /** Hears that it opens or closes. */
  readonly onChange: (change: 'opened' | 'closed') => void
}

/**
 * Refuses the calls of a store that is away at once, so that neither visitors wait for it nor it is run
 * over as it comes back; now and then one call tries.
 */
export class Breaker {
  readonly #rules: BreakerRules
  #failures = 0
  #isOpen = false
  #isProbing = false
  #probeAt = 0

  constructor(rules: BreakerRules) {
    this.#rules = rules
  }

  /** Lets a call in, or gives `undefined`: then it is to be refused. Whoever was let in has to leave. */
  enter(): Pass | undefined {
    if (!this.#isOpen) return this.#failures === 0 ? 'calm' : 'troubled'
    if (this.#isProbing || this.#rules.now() < this.#probeAt) return undefined
    this.#isProbing = true
    return 'probe'
  }

  leave(pass: Pass, finding: Finding): void {
    if (pass === 'probe') this.#isProbing = false
    if (pass === 'aside') return
    if (finding === 'answered') this.#close()
    else if (finding === 'away') this.#fail(pass)
  }

  #fail(pass: Pass): void {
    // One cut connection fails all calls that are under way: together they count once.
    this.#failures = pass === 'calm' ? Math.max(1, this.#failures) : this.#failures + 1
    if (this.#isOpen) {
      this.#probeAt = this.#rules.now() + this.#rules.probeInterval
      return
    }
    if (this.#failures < this.#rules.failureThreshold) return
    this.#isOpen = true
    this.#probeAt = this.#rules.now() + this.#rules.probeInterval
    this.#rules.onChange('opened')
  }

  #close(): void {
    this.#failures = 0
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#rules.onChange('closed')
  }
}
