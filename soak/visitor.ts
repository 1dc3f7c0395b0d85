import { setTimeout as rest } from 'node:timers/promises'
import { Beliefs, type Outcome } from './beliefs.js'
import type { Client, SoakResponse } from './client.js'
import { damaged } from './damaged-cookies.js'
import { DeadCookies } from './dead-cookies.js'
import type { Findings } from './findings.js'
import { markOf, PLANTED } from './marks.js'
import type { Random } from './random.js'
import { CheckingClient } from './checking-client.js'

/** How fast a visitor goes, in milliseconds. */
export interface Pace {
  /** How long they wait between two actions: from, to. */
  readonly pause: readonly [number, number]
  /** How long the server may still work on a request without a response. */
  readonly settling: number
}

/** The pace at which visitors together do so many things in a second; without a rate, as fast as hands can click. */
export function paceOf({
  visitors,
  rate,
}: {
  readonly visitors: number
  readonly rate?: number
}): Pace {
  if (rate === undefined) return FAST
  const mean = (visitors / rate) * 1000
  return { ...FAST, pause: [Math.ceil(mean / 5), Math.ceil((mean * 9) / 5)] }
}

const FAST: Pace = { pause: [10, 90], settling: 5000 }

/**
 * A visitor: they log in, write, read and log out again and again, one request at a time except for additions, and
 * check every response. Everything that they write carries their number.
 */
export class Visitor {
  readonly #number: number
  readonly #client: CheckingClient
  readonly #dead: DeadCookies
  readonly #random: Random
  readonly #findings: Findings
  readonly #pace: Pace
  #beliefs: Beliefs
  #username = ''
  #lives = 0

  constructor(
    number: number,
    client: Client,
    random: Random,
    findings: Findings,
    pace: Pace = FAST,
  ) {
    this.#number = number
    this.#client = new CheckingClient(number, client, findings, pace.settling)
    this.#dead = new DeadCookies(`visitor ${number}`, this.#client, findings)
    this.#random = random
    this.#findings = findings
    this.#pace = pace
    this.#beliefs = new Beliefs(findings, this.#name)
  }

  /** Visits until the signal, then checks what must be there and what must not. */
  async visit(until: AbortSignal): Promise<void> {
    // They do not all come at once.
    await rest(this.#random.between(0, this.#pace.pause[1]))
    while (!until.aborted) {
      const isThere = this.#username !== '' || (await this.#begin())
      if (isThere) await this.#actions()[this.#random.pick(ODDS)]()
      await rest(this.#random.between(...this.#pace.pause))
    }
    await this.#audit()
  }

  get #name(): string {
    return `visitor ${this.#number}`
  }

  #actions(): Record<(typeof ODDS)[number], () => Promise<unknown>> {
    const random = this.#random
    return {
      note: () => this.#note(),
      add: () => this.#add(1),
      'add in parallel': () => this.#add(random.between(2, 4)),
      read: () => this.#read(),
      page: () => this.#client.send({ path: random.pick(['/', '/sessions']) }),
      'leave while writing': () => this.#note(random.between(0, 12)),
      'use a dead cookie': () => this.#dead.tryOne(random),
      'use a damaged cookie': () => this.#useDamagedCookie(),
      'log in again': () => this.#logInAgain(),
      'log out': () => this.#logOut(),
    }
  }

  /** Begins a session. Sometimes they write before the login, which must not lose it. */
  async #begin(): Promise<boolean> {
    this.#client.forgetCookie()
    this.#beliefs = new Beliefs(this.#findings, this.#name)
    if (this.#random.chance(0.3)) await this.#note()
    const username = `${markOf(this.#number)}-${++this.#lives}`
    const response = await this.#client.send({
      method: 'POST',
      path: '/api/login',
      json: { username },
    })
    // Without the new cookie nobody can know whether they are logged in: begin as somebody else.
    if (outcomeOf(response) !== 'acknowledged') return false
    this.#findings.count('logins')
    this.#username = username
    return true
  }

  async #note(leaveAfter?: number): Promise<void> {
    const name = this.#random.pick(NOTES)
    const text = `${markOf(this.#number)}-${this.#random.between(0, 1e9)}`
    const path = `/api/notes/${encodeURIComponent(name)}`
    const leaving = leaveAfter === undefined ? {} : { leaveAfter }
    const response = await this.#client.send({ method: 'PUT', path, json: { text }, ...leaving })
    this.#beliefs.wrote(name, text, outcomeOf(response))
  }

  async #add(times: number): Promise<void> {
    const [name, path] = this.#random.pick(SUMS)
    const sending = Array.from({ length: times }, () => this.#client.send({ method: 'POST', path }))
    const responses = await Promise.all(sending)
    for (const response of responses) this.#beliefs.added(name, 1, outcomeOf(response))
  }

  /** @returns whether every request was answered. */
  async #read(): Promise<boolean> {
    const me = await this.#client.read<{ username: string | null }>('/api/me')
    if (me && me.username !== this.#username) {
      this.#findings.report('lost sessions', this.#name)
      this.#username = ''
      return true
    }
    const notes = me && (await this.#client.read<Record<string, unknown>>('/api/notes'))
    if (notes) this.#beliefs.sawTexts(notes)
    const visits = notes && (await this.#client.read<{ visits: number }>('/api/visits'))
    if (visits) this.#beliefs.sawSum('visits', visits.visits)
    const cart = visits && (await this.#client.read<{ count: number }>('/api/cart'))
    if (cart) this.#beliefs.sawSum('cart', cart.count)
    return cart !== undefined
  }

  async #logInAgain(): Promise<void> {
    const replaced = this.#client.cookie
    const json = { username: this.#username }
    const outcome = outcomeOf(await this.#client.send({ method: 'POST', path: '/api/login', json }))
    if (outcome === 'acknowledged') this.#dead.add(replaced, REPLACED_ID_READS)
    // Only the response would have shown which of the two cookies is valid now.
    if (outcome === 'unknown') this.#username = ''
  }

  async #logOut(): Promise<void> {
    const { cookie } = this.#client
    const path = this.#random.pick(['/logout', '/api/logout'])
    const response = await this.#client.send({ method: 'POST', path, form: '' })
    if (outcomeOf(response) === 'acknowledged') {
      this.#findings.count('logouts')
      this.#dead.add(cookie, 0)
    }
    this.#username = ''
  }

  async #useDamagedCookie(): Promise<void> {
    const cookie = damaged(this.#client.cookie, this.#random)
    const response = await this.#client.send({ path: '/api/me', cookie })
    this.#findings.count('damaged cookies tried')
    if (response.body.includes(PLANTED)) {
      this.#findings.report('damaged cookies that opened a session', this.#name)
    }
  }

  async #audit(): Promise<void> {
    const { checks } = this.#dead
    if (this.#username !== '') checks.push(() => this.#read())
    for (const check of checks) {
      let isDone = await check()
      for (let attempt = 0; !isDone && attempt < 50; attempt++) {
        await rest(200)
        isDone = await check()
      }
      if (!isDone) this.#findings.report('requests without a response', `${this.#name}, at the end`)
    }
  }
}

const NOTES = ['red', 'green', 'blue', '__proto__', 'ä ö']
const SUMS = [
  ['visits', '/api/visits'],
  ['cart', '/api/cart/tea?quantity=1'],
  ['cart', '/api/cart/mug?quantity=1'],
] as const

/** How often each action is chosen, in percent. */
const ODDS = (
  [
    ['note', 25],
    ['add', 18],
    ['add in parallel', 6],
    ['read', 26],
    ['page', 8],
    ['leave while writing', 1],
    ['use a dead cookie', 8],
    ['use a damaged cookie', 5],
    ['log in again', 1],
    ['log out', 2],
  ] as const
).flatMap(([action, times]) => Array.from({ length: times }, () => action))

/** Milliseconds. A replaced id may read for ten seconds (docs/security.md); the rest is to spare. */
const REPLACED_ID_READS = 13_000

function outcomeOf({ status, reason }: SoakResponse): Outcome {
  if (status >= 200 && status < 400) return 'acknowledged'
  return (status >= 400 && status < 500) || reason === 'ECONNREFUSED' ? 'refused' : 'unknown'
}
