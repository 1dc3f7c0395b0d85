import { setTimeout as rest } from 'node:timers/promises'
import type { Answer, Ask, Client } from './client.js'
import type { Findings } from './findings.js'
import { ownersIn } from './marks.js'

/** The client of a visitor who looks at every answer for what others wrote. */
export class WaryClient {
  readonly #number: number
  readonly #client: Client
  readonly #findings: Findings
  readonly #settling: number

  /** @param settling milliseconds that the server may still work on a request that got no answer. */
  constructor(number: number, client: Client, findings: Findings, settling: number) {
    this.#number = number
    this.#client = client
    this.#findings = findings
    this.#settling = settling
  }

  /** What the jar holds: `name=value`, or '' for nothing. */
  get cookie(): string {
    return this.#client.cookie
  }

  forgetCookie(): void {
    this.#client.cookie = ''
  }

  async send(ask: Ask): Promise<Answer> {
    const answer = await this.#client.send(ask)
    for (const owner of ownersIn(answer.body)) {
      if (owner === this.#number) continue
      this.#findings.report('cross-talk', `visitor ${this.#number} saw what visitor ${owner} wrote`)
    }
    // The request may still be under way: what he sends next must not overtake it.
    if (answer.status === 0) await rest(answer.reason === 'ECONNREFUSED' ? 200 : this.#settling)
    return answer
  }

  /** The body of an answer; `undefined` when it was no success. */
  async read<Body>(path: string, cookie?: string): Promise<Body | undefined> {
    const answer = await this.send(cookie === undefined ? { path } : { path, cookie })
    return answer.status === 200 ? (JSON.parse(answer.body) as Body) : undefined
  }
}
