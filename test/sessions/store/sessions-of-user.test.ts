import { expect, test } from 'vitest'
import { App, route } from '../../../src/http/index.js'
import {
  Session,
  sessions,
  UserSessions,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { ScriptedSessions, ScriptedUsersStore } from './scripted-users-store.js'

const CALLS = {
  list: (found: UserSessions) => found.list('ada'),
  revoke: async (found: UserSessions) => ({ answer: await found.revoke('a-handle', 'ada') }),
  revokeOthers: async (found: UserSessions) => ({ answer: await found.revokeOthers() }),
  revokeAll: async (found: UserSessions) => ({ answer: await found.revokeAll('ada') }),
}
const NAMES = Object.keys(CALLS) as (keyof typeof CALLS)[]

async function ask(name: keyof typeof CALLS, answer: () => unknown, options: SessionsOptions = {}) {
  const errors: unknown[] = []
  const app = new App({
    components: [sessions(new ScriptedUsersStore(answer), options)],
    routes: [route.get('/', [UserSessions], CALLS[name])],
    onError: (error) => errors.push(error),
  })
  const response = await app.fetch(new Request('https://shop.test/'))
  return { status: response.status, body: await response.text(), errors }
}

test.each(NAMES)('what %s of a custom store gives is what the handler gets', async (name) => {
  const given = name === 'list' ? [] : 3
  const { status, body } = await ask(name, () => given)
  expect([status, body]).toEqual([200, name === 'list' ? '[]' : '{"answer":3}'])
})

test.each(NAMES)('an error of %s is a 503, and its text goes nowhere', async (name) => {
  const { status, body, errors } = await ask(name, () => {
    throw new Error('cannot reach the row of a-secret-id')
  })
  expect(status).toBe(503)
  const { cause } = errors[0] as Error
  expect(cause).toMatchObject({ name: 'SessionStoreError', reason: 'error' })
  expect(body + String(cause)).not.toContain('a-secret-id')
})

test.each(NAMES)('%s that takes longer than the deadline is a 503', async (name) => {
  // The timer of the deadline fires at once.
  const timer = { set: (run: () => void) => queueMicrotask(run), clear: () => {} }
  const { status, errors } = await ask(name, () => new Promise(() => {}), { timer })
  expect(status).toBe(503)
  expect((errors[0] as Error).cause).toMatchObject({ reason: 'timeout' })
})

const METADATA = {
  'm:layout': '1',
  'm:createdAt': '1000',
  'm:seenAt': '2000',
  'm:authenticatedAt': '1500',
  'm:userId': '"ada"',
  'm:label': '"phone"',
}
const found = new ScriptedSessions(() => undefined)

test('a session that was opened by its record is described by it', () => {
  const limits = { idleTimeout: 60, absoluteTimeout: 3600, clock: () => 3000 }
  expect(found.shown(Session.fromRecord('an-id', METADATA, limits)!)).toEqual({
    handle: 'a-handle',
    label: 'phone',
    isCurrent: false,
    createdAt: new Date(1000),
    seenAt: new Date(2000),
    authenticatedAt: new Date(1500),
    expiresAt: new Date(62_000),
  })
})

test('without limits of time it is not known when a session expires', () => {
  expect(found.shown(Session.fromRecord('an-id', METADATA)!).expiresAt).toBeUndefined()
})

test('a session that was opened by its data alone cannot be described', () => {
  expect(() => found.shown(new Session('an-id'))).toThrow(
    'cannot list the session: its store opened the session by `new Session(id, data)`',
  )
})
