import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { History } from '../../src/dev/history.js'
import type { EventFacts, RequestFacts } from '../../src/dev/messages.js'
import { eventOf, requestOf, sessionOf } from './facts.js'

/** What the page says after some requests, each as its title and reason. */
function whyAfter(...requests: readonly (RequestFacts | 'reload')[]): string[] {
  const history = new History()
  history.starting(undefined)
  for (const request of requests) {
    if (request === 'reload') history.starting('app.ts')
    else history.heard({ type: 'ended', request })
  }
  return history.state.findings.map(({ title, why }) => `${title}. ${why}`)
}

const id = 'the id of a session, in its cookie'
const key = createHash('sha256').update(id).digest('base64url').slice(0, 12)
const session = sessionOf({ key })

const withCookie = (events: readonly EventFacts[], facts: Partial<RequestFacts> = {}) =>
  requestOf({ events, ...facts, cookies: { ...requestOf().cookies, sent: [['s', id]] } })

const began = withCookie([eventOf({ type: 'loaded', session: key })], { sessions: [session] })
const unknown = withCookie([eventOf({ type: 'refused', reason: 'unknown' })], { path: '/cart' })

test('a session that a request destroyed ended by that request', () => {
  const logout = withCookie(
    [
      eventOf({
        type: 'destroyed',
        reason: 'asked',
        session: key,
        at: Date.parse('2026-11-01T12:00:00'),
      }),
    ],
    { method: 'POST', path: '/logout' },
  )
  expect(whyAfter(began, logout, unknown)).toEqual([
    `GET /cart came with a cookie that opens no session: unknown. The session ${key} ended at 12:00:00: POST /logout destroyed it.`,
  ])
})

test('a session that a login replaced ended by its new id', () => {
  const login = withCookie(
    [eventOf({ type: 'regenerated', reason: 'authenticated', previous: key, session: 'b' })],
    { method: 'POST', path: '/login' },
  )
  expect(whyAfter(began, login, unknown)[0]).toMatch(
    /POST \/login gave it a new id \(authenticated\)\.$/,
  )
})

test('the session of a MemoryStore ended with the reload', () => {
  expect(whyAfter(began, 'reload', unknown)[0]).toMatch(/The reload emptied the MemoryStore/)
  const kept = { ...began, sessions: [{ ...session, store: 'RedisStore' }] }
  expect(whyAfter(kept, 'reload', unknown)[0]).toMatch(
    /somebody else deleted it, the store evicted it, or the store began anew/,
  )
})

test('a session whose time is over ended by its timeout', () => {
  const idle = { ...began, sessions: [{ ...session, expiresAt: 1, limitAt: Infinity }] }
  expect(whyAfter(idle, unknown)[0]).toMatch(/for its idle timeout of 1800 seconds/)
  const old = { ...began, sessions: [{ ...session, expiresAt: 1, limitAt: 1 }] }
  expect(whyAfter(old, unknown)[0]).toMatch(/reached its absolute timeout at/)
})

test('a cookie of nobody is of another application, or of the time before', () => {
  expect(whyAfter(unknown)[0]).toMatch(/No session has its id, and none was seen here/)
})

test.each([
  ['expired-idle', /has reached its idle timeout\. Idle timeout: 1800 seconds/],
  ['tampered', /was made with one of the secrets, and changed since/],
  ['unknown-key', /a random one changes with each reload/],
  ['corrupt', /What is stored under its id is no session/],
] as const)('a refused cookie has its reason: %s', (reason, words) => {
  expect(whyAfter(began, withCookie([eventOf({ type: 'refused', reason })]))[0]).toMatch(words)
})

test('a store that fails is told with its code, and its breaker', () => {
  const failed = eventOf({
    type: 'failed',
    reason: 'ECONNREFUSED',
    operation: 'load',
    store: 'RedisStore',
  })
  expect(whyAfter(requestOf({ events: [failed] }))).toEqual([
    'RedisStore failed in GET /: ECONNREFUSED. Nothing listens where the store should be: it is down, or the address is wrong.',
  ])
  const history = new History()
  const opened = eventOf({ type: 'breaker', reason: 'opened', request: undefined })
  history.heard({ type: 'event', event: opened })
  expect(history.state.findings.map(({ title }) => title)).toEqual(['MemoryStore is away'])
})

test('a slow request names the step in which the time passed, without that of the steps within it', () => {
  const step = (
    label: string,
    role: 'value' | 'middleware' | 'handler',
    beganAt: number,
    duration: number,
  ) => ({
    label,
    role,
    beganAt,
    duration,
    scope: 'request',
    error: undefined,
  })
  const steps = [
    step('MemoryStore.load()', 'value', 1, 600),
    step('Session', 'value', 0, 601),
    step('show', 'handler', 602, 100),
    step('log', 'middleware', 0, 702),
  ]
  expect(whyAfter(requestOf({ duration: 702, steps }))).toEqual([
    'GET / is slow. It took 702 ms: 600 ms of them passed in making MemoryStore.load() (request).',
  ])
  expect(whyAfter(requestOf({ duration: 400, steps }))).toEqual([])
  expect(whyAfter(requestOf({ duration: 702, busy: 590, steps }))[0]).toMatch(
    /and the process computed for 590 ms\.$/,
  )
})

test('a route that is slow again is one finding, and a store that failed is not told as slow', () => {
  const [slow, slower] = [601, 620].map((duration) => {
    const role = 'handler' as const
    const step = { label: 'show', role, beganAt: 0, duration, scope: 'request', error: undefined }
    return requestOf({ duration, steps: [step] })
  })
  const history = new History()
  for (const request of [slow!, slower!]) history.heard({ type: 'ended', request })
  expect(history.state.findings).toMatchObject([
    { title: 'GET / is slow', why: expect.stringMatching(/^It took 620 ms/), count: 2 },
  ])
  const failed = eventOf({ type: 'failed', reason: 'timeout', operation: 'load' })
  expect(whyAfter({ ...slow!, events: [failed] })).toEqual([
    'MemoryStore failed in GET /: timeout. It did not answer by the deadline.',
  ])
})

test('a session that is too large names its largest keys', () => {
  const unstored = ['cart: 5000 bytes', 'name: 12 bytes']
  expect(whyAfter(requestOf({ status: 413, unstored }))).toEqual([
    'The session of GET / is too large to store (413). Its largest keys: cart: 5000 bytes, name: 12 bytes.',
  ])
})

test('what repeats is counted, and the newest stands first', () => {
  const history = new History()
  for (const path of ['/a', '/b', '/a'])
    history.heard({
      type: 'ended',
      request: requestOf({ path, unstored: ['cart: 1 bytes'], status: 413 }),
    })
  expect(history.state.findings.map(({ title, count }) => [title.split(' ')[4], count])).toEqual([
    ['/a', 2],
    ['/b', 1],
  ])
})

test('a request that runs is shown, and then with its end; nothing shown works as a cookie', () => {
  const history = new History()
  history.heard({ type: 'began', request: { id: '1-1', at: 1, method: 'GET', path: '/' } })
  expect(history.state.requests.map(({ status }) => status)).toEqual([undefined])
  history.heard({ type: 'ended', request: began })
  expect(history.state.requests.map(({ status }) => status)).toEqual([200])
  expect(history.sessions.ofCookies([id, 'another'])).toEqual([key])
  expect(JSON.stringify(history.state)).not.toContain(id)
})
