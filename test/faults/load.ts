import { App, route } from '../../src/http/index.js'
import type { Component } from '../../src/di/index.js'
import { Session } from '../../src/sessions/session/session.js'
import { sessions, type SessionsOptions } from '../../src/sessions/index.js'
import type { SessionStore } from '../../src/sessions/store/session-store.js'

/** An application that counts in sessions, and destroys them. */
export function countingApp(
  store: SessionStore,
  components: readonly Component[],
  options: SessionsOptions = {},
): App {
  return new App({
    components: [sessions(store, { onWarning: () => {}, ...options }), ...components],
    routes: [
      route.post('/count', [Session], (session) => ({
        n: session.update('n', (n: number | undefined) => (n ?? 0) + 1),
      })),
      route.get('/count', [Session], (session) => ({ n: session.get('n') ?? 0 })),
      route.post('/login', [Session], (session) => session.regenerate()),
      route.post('/logout', [Session], (session) => session.destroy()),
    ],
    onError: () => {},
  })
}

/** One browser that sends one request after the other. */
export class Visitor {
  cookie: string | undefined
  readonly #app: App

  constructor(app: App, cookie?: string) {
    this.#app = app
    this.cookie = cookie
  }

  async send(method: string, path: string): Promise<{ status: number; n: number; body: Body }> {
    const headers = this.cookie === undefined ? {} : { cookie: this.cookie }
    const response = await this.#app.fetch(
      new Request(`https://shop.test${path}`, { method, headers }),
    )
    const set = response.headers.getSetCookie()[0]
    if (set) this.cookie = set.includes('Max-Age=0') ? undefined : set.split(';')[0]
    const text = await response.text()
    const body = (text === '' ? {} : JSON.parse(text)) as Body
    if (response.status >= 400) checkProblem(response)
    return { status: response.status, n: body.n ?? -1, body }
  }
}

interface Body {
  readonly n?: number
  readonly code?: string
}

/** Checks that a failure is a 503 with Retry-After and without a cookie. */
function checkProblem({ status, headers }: Response): void {
  const found = [
    status,
    headers.get('content-type'),
    headers.get('retry-after'),
    headers.getSetCookie().length,
  ].join(' ')
  if (found !== '503 application/problem+json 1 0') {
    throw new Error(`A failure was answered with: ${found}`)
  }
}

/** What visitors experienced during a fault. */
export interface LoadReport {
  readonly acknowledged: number
  readonly failed: number
  /** Acknowledged writes that were missing later. */
  readonly lost: number
  /** Writes that are stored although their response was a failure: their reply may have been lost. */
  readonly unannounced: number
  /** The longest time in which no write was acknowledged, in milliseconds. */
  readonly outage: number
  /** The longest time that one request took, in milliseconds. */
  readonly slowest: number
}

/** Lets visitors count, each with one request after the other, until `stop`. */
export async function startLoad(app: App, visitors = 8): Promise<{ stop(): Promise<LoadReport> }> {
  const total = { acknowledged: 0, failed: 0, lost: 0, unannounced: 0, outage: 0, slowest: 0 }
  const over = new AbortController()
  let lastAt = performance.now()
  const people = Array.from({ length: visitors }, () => new Visitor(app))
  for (const visitor of people) await visitor.send('POST', '/count')
  const work = people.map(async (visitor) => {
    let known = 1
    let failedSince = 0
    while (!over.signal.aborted) {
      const begun = performance.now()
      const { status, n } = await visitor.send('POST', '/count')
      const now = performance.now()
      total.slowest = Math.max(total.slowest, now - begun)
      if (status === 200) {
        total.acknowledged += 1
        total.outage = Math.max(total.outage, now - lastAt)
        lastAt = now
        total.lost += Math.max(0, known + 1 - n)
        total.unannounced += Math.max(0, n - known - 1)
        if (n > known + 1 + failedSince) throw new Error(`${n} after ${known}: counted twice`)
        known = n
        failedSince = 0
      } else {
        total.failed += 1
        failedSince += 1
      }
      // Without a pause the shop would be at its limit, and the figures would not be those of the outage.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return known
  })
  return {
    stop: async () => {
      over.abort()
      const known = await Promise.all(work)
      for (const [index, visitor] of people.entries()) {
        const { n } = await visitor.send('GET', '/count')
        if (n !== known[index]) total.lost += Math.max(0, (known[index] as number) - n)
      }
      return total
    },
  }
}
