import type { Findings } from './findings.js'
import type { Random } from './random.js'
import type { CheckingClient } from './checking-client.js'

/** The last cookies of a visitor whose sessions were destroyed or replaced: they must not open a session. */
export class DeadCookies {
  readonly #whose: string
  readonly #client: CheckingClient
  readonly #findings: Findings
  #dead: { readonly cookie: string; readonly from: number }[] = []

  constructor(whose: string, client: CheckingClient, findings: Findings) {
    this.#whose = whose
    this.#client = client
    this.#findings = findings
  }

  /** @param after milliseconds in which the cookie may still read. */
  add(cookie: string, after: number): void {
    this.#dead = [...this.#dead.slice(-4), { cookie, from: performance.now() + after }]
  }

  /** Uses one of them. */
  async tryOne(random: Random): Promise<void> {
    if (this.#dead.length > 0) await this.#try(random.pick(this.#dead))
  }

  /** One check for each of them. It returns whether there was a response. */
  get checks(): (() => Promise<boolean>)[] {
    return this.#dead.map((one) => () => this.#try(one))
  }

  async #try({ cookie, from }: { cookie: string; from: number }): Promise<boolean> {
    if (from > performance.now()) return true
    const me = await this.#client.read<{ username: unknown }>('/api/me', cookie)
    const notes = me && (await this.#client.read<object>('/api/notes', cookie))
    if (!notes) return false
    this.#findings.count('dead cookies tried')
    if (me.username !== null || Object.keys(notes).length > 0) {
      this.#findings.report('revived sessions', this.#whose)
    }
    return true
  }
}
