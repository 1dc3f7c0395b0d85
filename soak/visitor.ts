import { setTimeout as rest } from 'node:timers/promises'
import { Beliefs, type Outcome } from './beliefs.js'
import type { Answer, Client } from './client.js'
import { damaged } from './damaged-cookies.js'
import { DeadCookies } from './dead-cookies.js'
import type { Findings } from './findings.js'
import { markOf, PLANTED } from './marks.js'
import type { Random } from './random.js'
import { WaryClient } from './wary-client.js'

/** How fast a visitor goes, in milliseconds. */
export interface Pace {
  /** How long he thinks between two actions: from, to. */
  readonly pause: readonly [number, number]
  /** How long the server may still work on a request that got no answer. */
  readonly settling: number
}

/**
 * A visitor: logs in, writes, reads, logs out, again and again, does one thing at a time except for
 * additions, and holds the shop to what it told him. All he writes carries his number.
 */
export class Visitor {
  readonly #number: number
  readonly #client: WaryClient
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
    pace: Pace = { pause: [10, 90], settling: 5000 },
  ) {
    this.#number = number
    this.#client = new WaryClient(number, client, findings, pace.settling)
    this.#dead = new DeadCookies(`visitor ${number}`, this.#client, findings)
    this.#random = random
    this.#findings = findings
    this.#pace = pace
    this.#beliefs = new Beliefs(findings, this.#name)
  }

  /** Visits until the signal, and at last checks what has to be there and what must not. */
  async visit(until: AbortSignal): Promise<void> {
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

  /** A new session. Sometimes something is written before the login, which must not be lost by it. */
  async #begin(): Promise<boolean> {
    this.#client.forgetCookie()
    this.#beliefs = new Beliefs(this.#findings, this.#name)
    if (this.#random.chance(0.3)) await this.#note()
    const username = `${markOf(this.#number)}-${++this.#lives}`
    const answer = await this.#client.send({
      method: 'POST',
      path: '/api/login',
      json: { username },
    })
    // Whether it happened cannot be asked for without the new cookie: somebody else begins.
    if (outcomeOf(answer) !== 'acknowledged') return false
    this.#findings.count('logins')
    this.#username = username
    return true
  }

  async #note(leaveAfter?: number): Promise<void> {
    const name = this.#random.pick(NOTES)
    const text = `${markOf(this.#number)}-${this.#random.between(0, 1e9)}`
    const path = `/api/notes/${encodeURIComponent(name)}`
    const leaving = leaveAfter === undefined ? {} : { leaveAfter }
    const answer = await this.#client.send({ method: 'PUT', path, json: { text }, ...leaving })
    this.#beliefs.wrote(name, text, outcomeOf(answer))
  }

  async #add(times: number): Promise<void> {
    const [name, path] = this.#random.pick(SUMS)
    const asks = Array.from({ length: times }, () => this.#client.send({ method: 'POST', path }))
    const answers = await Promise.all(asks)
    for (const answer of answers) this.#beliefs.added(name, 1, outcomeOf(answer))
  }

  /** @returns whether all of it was answered. */
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
    if (outcome === 'acknowledged') this.#dead.bury(replaced, REPLACED_ID_READS)
    // Which of the two cookies is good now, only the answer would have told.
    if (outcome === 'unknown') this.#username = ''
  }

  async #logOut(): Promise<void> {
    const { cookie } = this.#client
    const path = this.#random.pick(['/logout', '/api/logout'])
    const answer = await this.#client.send({ method: 'POST', path, form: '' })
    if (outcomeOf(answer) === 'acknowledged') {
      this.#findings.count('logouts')
      this.#dead.bury(cookie, 0)
    }
    this.#username = ''
  }

  async #useDamagedCookie(): Promise<void> {
    const cookie = damaged(this.#client.cookie, this.#random)
    const answer = await this.#client.send({ path: '/api/me', cookie })
    this.#findings.count('damaged cookies tried')
    if (answer.body.includes(PLANTED)) {
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
      if (!isDone) this.#findings.report('requests without an answer', `${this.#name}, at the end`)
    }
  }
}

const NOTES = ['red', 'green', 'blue', '__proto__', 'ä ö']
const SUMS = [
  ['visits', '/api/visits'],
  ['cart', '/api/cart/tea?quantity=1'],
  ['cart', '/api/cart/mug?quantity=1'],
] as const

/** How often each action is drawn, in a hundred. */
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

/** The replaced id may read for ten seconds (docs/security.md); in milliseconds, with some to spare. */
const REPLACED_ID_READS = 13_000

function outcomeOf({ status, reason }: Answer): Outcome {
  if (status >= 200 && status < 400) return 'acknowledged'
  return (status >= 400 && status < 500) || reason === 'ECONNREFUSED' ? 'refused' : 'unknown'
}
