import { setTimeout as rest } from 'node:timers/promises'
import type { SoakResponse, SoakRequest, Client } from './client.js'
import type { Findings } from './findings.js'
import { ownersIn } from './marks.js'

/** A client that checks every response for what other visitors wrote. */
export class CheckingClient {
  readonly #number: number
  readonly #client: Client
  readonly #findings: Findings
  readonly #settling: number

  /** @param settling milliseconds that the server may still work on a request without a response. */
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

  async send(given: SoakRequest): Promise<SoakResponse> {
    const response = await this.#client.send(given)
    for (const owner of ownersIn(response.body)) {
      if (owner === this.#number) continue
      this.#findings.report('cross-talk', `visitor ${this.#number} saw what visitor ${owner} wrote`)
    }
    // The request may still be under way: the next one must not overtake it.
    if (response.status === 0) await rest(response.reason === 'ECONNREFUSED' ? 200 : this.#settling)
    return response
  }

  /** The body of a response with status 200, otherwise `undefined`. */
  async read<Body>(path: string, cookie?: string): Promise<Body | undefined> {
    const response = await this.send(cookie === undefined ? { path } : { path, cookie })
    return response.status === 200 ? (JSON.parse(response.body) as Body) : undefined
  }
}
