import type { Findings } from './findings.js'

/**
 * What a visitor was told of a write: `acknowledged` (2xx, 3xx) has to stay, `refused` (4xx) must not
 * be there, and `unknown` (503, or no answer) may be either.
 */
export type Outcome = 'acknowledged' | 'refused' | 'unknown'

/**
 * What has to be true of one session, by what its visitor wrote and was told. A read after which no
 * write is under way settles what was unknown: from then on it has to stay as it was seen.
 */
export class Beliefs {
  readonly #findings: Findings
  readonly #whose: string
  readonly #texts = new Map<string, { known: string | undefined; perhaps: string[] }>()
  readonly #sums = new Map<string, { known: number; perhaps: number }>()

  constructor(findings: Findings, whose: string) {
    this.#findings = findings
    this.#whose = whose
  }

  wrote(name: string, text: string, outcome: Outcome): void {
    this.#countWrite(outcome)
    const belief = this.#texts.get(name) ?? { known: undefined, perhaps: [] }
    this.#texts.set(name, belief)
    if (outcome === 'unknown') belief.perhaps.push(text)
    if (outcome !== 'acknowledged') return
    belief.known = text
    belief.perhaps = []
  }

  /** A number in the session was asked to grow. */
  added(name: string, amount: number, outcome: Outcome): void {
    this.#countWrite(outcome)
    const belief = this.#sums.get(name) ?? { known: 0, perhaps: 0 }
    this.#sums.set(name, belief)
    if (outcome === 'acknowledged') belief.known += amount
    if (outcome === 'unknown') belief.perhaps += amount
  }

  sawTexts(seen: Readonly<Record<string, unknown>>): void {
    for (const [name, belief] of this.#texts) {
      const text = Object.hasOwn(seen, name) ? seen[name] : undefined
      if (text !== belief.known) {
        if (belief.perhaps.includes(String(text))) this.#findings.count('unknown writes applied')
        else this.#findings.report('lost acknowledged writes', `${this.#whose}, text ${name}`)
        belief.known = text === undefined ? undefined : String(text)
      }
      belief.perhaps = []
    }
  }

  sawSum(name: string, seen: number): void {
    const belief = this.#sums.get(name) ?? { known: 0, perhaps: 0 }
    const { known, perhaps } = belief
    const where = `${this.#whose}, ${name}: ${seen} instead of ${known} to ${known + perhaps}`
    const tooMany = seen - known - perhaps
    if (seen < known) this.#findings.report('lost acknowledged writes', where, known - seen)
    else if (tooMany > 0) this.#findings.report('writes applied too often', where, tooMany)
    else this.#findings.count('unknown writes applied', seen - known)
    this.#sums.set(name, { known: seen, perhaps: 0 })
  }

  #countWrite(outcome: Outcome): void {
    this.#findings.count(`writes ${outcome}`)
  }
}
