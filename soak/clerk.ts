import { setTimeout as rest } from 'node:timers/promises'
import type { Client, SoakResponse } from './client.js'
import type { Findings } from './findings.js'
import { markOf } from './marks.js'
import type { Random } from './random.js'
import type { Pace } from './visitor.js'

/** The names of the cookies of the two kinds of session. */
export const OFFICE_COOKIES = { customer: '__Host-session', clerk: '__Host-clerk' } as const

/**
 * Somebody with two kinds of session in one browser. They exchange the values of the two cookies, which must open
 * nothing, and log out while a write of theirs is under way, which must not be answered as if it were stored.
 */
export class Clerk {
  readonly #number: number
  readonly #client: Client
  readonly #random: Random
  readonly #findings: Findings
  readonly #pause: Pace['pause']
  #rounds = 0

  /** @param pause between two rounds. */
  constructor(
    number: number,
    client: Client,
    random: Random,
    findings: Findings,
    pause: Pace['pause'] = [10, 90],
  ) {
    this.#number = number
    this.#client = client
    this.#random = random
    this.#findings = findings
    this.#pause = pause
  }

  async visit(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await this.#round()
      await rest(this.#random.between(...this.#pause))
    }
  }

  async #round(): Promise<void> {
    const mark = `${markOf(this.#number)}-${(this.#rounds += 1)}`
    this.#client.cookie = ''
    for (const path of ['/customer', '/clerk']) {
      const begun = await this.#client.send({ method: 'POST', path, json: { mark } })
      if (!isAcknowledged(begun)) return
    }
    await this.#exchangeCookies()
    await this.#writeLate()
  }

  async #exchangeCookies(): Promise<void> {
    const values = new Map(
      this.#client.cookie.split('; ').map((pair) => pair.split('=') as [string, string]),
    )
    const { customer, clerk } = OFFICE_COOKIES
    const cookie = `${customer}=${values.get(clerk)}; ${clerk}=${values.get(customer)}`
    const response = await this.#client.send({ path: '/marks', cookie })
    if (response.status !== 200) return
    this.#findings.count('cookies exchanged')
    const marks = JSON.parse(response.body) as { customer: unknown; clerk: unknown }
    if (marks.customer !== null || marks.clerk !== null)
      this.#findings.report('cookies of one kind that opened another', `clerk ${this.#number}`)
  }

  async #writeLate(): Promise<void> {
    const name = `${this.#number}-${this.#rounds}`
    const { cookie } = this.#client
    const over = new AbortController()
    const late = this.#client
      .send({ method: 'POST', path: `/late/${name}`, cookie })
      .finally(() => over.abort())
    while (!over.signal.aborted && !(await this.#isHeld(name))) await rest(5)
    const logout = await this.#client.send({ method: 'POST', path: '/logout' })
    while (!over.signal.aborted) {
      await this.#client.send({ method: 'POST', path: `/release/${name}` })
      await rest(5)
    }
    const isStored = isAcknowledged(await late)
    // Whether the session had ended before is known only when the logout was acknowledged.
    if (!isAcknowledged(logout)) return
    this.#findings.count('writes after a logout')
    if (isStored)
      this.#findings.report('lost writes that were acknowledged', `clerk ${this.#number}`)
  }

  async #isHeld(name: string): Promise<boolean> {
    const { status, body } = await this.#client.send({ path: `/late/${name}` })
    return status === 200 && (JSON.parse(body) as { isHeld: boolean }).isHeld
  }
}

function isAcknowledged({ status }: SoakResponse): boolean {
  return status >= 200 && status < 400
}
