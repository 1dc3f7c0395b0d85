import type { Findings } from './findings.js'

/**
 * The response to a write: `acknowledged` (2xx, 3xx) must be there later, `refused` (4xx) must not, and
 * `unknown` (503, or no response) may be there or not.
 */
export type Outcome = 'acknowledged' | 'refused' | 'unknown'

/**
 * What one session must hold, from the writes of its visitor and the responses to them. A read while no write is
 * under way decides what was unknown: from then on it must stay as it was read.
 */
export class Beliefs {
  readonly #findings: Findings
  readonly #whose: string
  readonly #texts = new Map<string, { known: string | undefined; possible: string[] }>()
  readonly #sums = new Map<string, { known: number; possible: number }>()

  constructor(findings: Findings, whose: string) {
    this.#findings = findings
    this.#whose = whose
  }

  wrote(name: string, text: string, outcome: Outcome): void {
    this.#countWrite(outcome)
    const belief = this.#texts.get(name) ?? { known: undefined, possible: [] }
    this.#texts.set(name, belief)
    if (outcome === 'unknown') belief.possible.push(text)
    if (outcome !== 'acknowledged') return
    belief.known = text
    belief.possible = []
  }

  /** The visitor added to a number in the session. */
  added(name: string, amount: number, outcome: Outcome): void {
    this.#countWrite(outcome)
    const belief = this.#sums.get(name) ?? { known: 0, possible: 0 }
    this.#sums.set(name, belief)
    if (outcome === 'acknowledged') belief.known += amount
    if (outcome === 'unknown') belief.possible += amount
  }

  sawTexts(seen: Readonly<Record<string, unknown>>): void {
    for (const [name, belief] of this.#texts) {
      const text = Object.hasOwn(seen, name) ? seen[name] : undefined
      if (text !== belief.known) {
        if (belief.possible.includes(String(text))) this.#findings.count('unknown writes applied')
        else this.#findings.report('lost acknowledged writes', `${this.#whose}, text ${name}`)
        belief.known = text === undefined ? undefined : String(text)
      }
      belief.possible = []
    }
  }

  sawSum(name: string, seen: number): void {
    const belief = this.#sums.get(name) ?? { known: 0, possible: 0 }
    const { known, possible } = belief
    const where = `${this.#whose}, ${name}: ${seen} instead of ${known} to ${known + possible}`
    const tooMany = seen - known - possible
    if (seen < known) this.#findings.report('lost acknowledged writes', where, known - seen)
    else if (tooMany > 0) this.#findings.report('writes applied too often', where, tooMany)
    else this.#findings.count('unknown writes applied', seen - known)
    this.#sums.set(name, { known: seen, possible: 0 })
  }

  #countWrite(outcome: Outcome): void {
    this.#findings.count(`writes ${outcome}`)
  }
}
