import { setTimeout as rest } from 'node:timers/promises'
import type { Client } from './client.js'
import type { Fault, Victims } from './faults.js'
import type { Findings } from './findings.js'
import type { Random } from './random.js'

/** Causes one fault after the other, and checks that the shop recovers from each. */
export class FaultInjector {
  readonly #victims: Victims
  readonly #probe: Client
  readonly #random: Random
  readonly #findings: Findings
  /** The slowest recovery of each kind of fault, in milliseconds. */
  readonly recoveries = new Map<string, number>()

  constructor(victims: Victims, probe: Client, random: Random, findings: Findings) {
    this.#victims = victims
    this.#probe = probe
    this.#random = random
    this.#findings = findings
  }

  /** Causes faults until the signal. When it returns, the last fault is over. */
  async run(faults: readonly Fault[], until: AbortSignal): Promise<void> {
    while (!until.aborted && faults.length > 0) {
      await rest(this.#random.between(1000, 3000))
      if (until.aborted) return
      const fault = this.#random.pick(faults)
      this.#findings.count(`fault: ${fault.name}`)
      await fault.begin(this.#victims, this.#random)
      await rest(this.#random.between(...fault.lasts))
      await fault.end(this.#victims)
      await this.#recover(fault.name)
    }
  }

  /** Waits until three writes of a session in a row succeed. */
  async #recover(name: string): Promise<void> {
    const begun = performance.now()
    let successes = 0
    while (successes < 3) {
      const { status } = await this.#probe.send({ method: 'POST', path: '/api/visits' })
      successes = status === 200 ? successes + 1 : 0
      const took = performance.now() - begun
      this.recoveries.set(name, Math.max(this.recoveries.get(name) ?? 0, took))
      if (took > LIMIT) {
        this.#findings.report('faults without recovery', `${name}, after ${Math.round(took)} ms`)
        return
      }
      if (status !== 200) await rest(25)
    }
  }
}

/** Milliseconds. The shop reconnects within a second; the rest is for a busy machine. */
const LIMIT = 15_000
