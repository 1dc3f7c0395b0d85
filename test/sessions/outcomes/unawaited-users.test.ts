import { App, MemoryBackend, BackendStore, route, Session, sessions, UserSessions } from 'ingot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedUsersStore } from '../store/scripted-users-store.js'

/** What would end a process, and does not end that of the tests. */
const unhandled: unknown[] = []
const hear = (error: unknown) => void unhandled.push(error)
beforeEach(() => void process.on('unhandledRejection', hear))
afterEach(() => {
  process.off('unhandledRejection', hear)
  unhandled.length = 0
})

/** Promises that nobody handles are reported before the turn after this one. */
async function turns() {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
}

function failingBackend() {
  const backend = new MemoryBackend()
  backend.index.list = () => Promise.reject(new Error('down'))
  return new BackendStore(backend)
}

const failed = () => new ScriptedUsersStore(() => Promise.reject(new Error('down')))
const stores = { BackendStore: failingBackend, 'a store of one’s own': failed }

const CALLS = {
  'sessions.list()': (found: UserSessions) => found.list('ada'),
  'sessions.revoke()': (found: UserSessions) => found.revoke('a-handle', 'ada'),
  'sessions.revokeOthers()': (found: UserSessions) => found.revokeOthers(),
  'sessions.revokeAll()': (found: UserSessions) => found.revokeAll('ada'),
}
const calls = Object.entries(CALLS)

async function ask(
  open: () => BackendStore | ScriptedUsersStore,
  act: (found: UserSessions) => unknown,
) {
  const warnings: Error[] = []
  const app = new App({
    components: [sessions(open(), { onWarning: (error) => void warnings.push(error) })],
    routes: [
      route.post('/', [Session, UserSessions], async (session, found) => {
        session.bind('ada')
        await act(found)
        return 'done'
      }),
    ],
    onError: () => {},
  })
  const response = await app.fetch(new Request('https://shop.test/', { method: 'POST' }))
  await turns()
  await app.close()
  return { status: response.status, warnings, unhandled: [...unhandled] }
}

describe.each(Object.entries(stores))('with %s', (_, open) => {
  test.each(calls)(
    'a %s that nobody awaited is told, and harms nobody [A14]',
    async (name, call) => {
      for (const wait of [turns, async () => {}]) {
        const {
          status,
          warnings,
          unhandled: left,
        } = await ask(open, async (found) => {
          void call(found)
          await wait()
        })
        expect([status, left]).toEqual([200, []])
        expect(warnings.map(({ message }) => message)).toEqual([
          `${name} failed, and nobody awaited it, so the handler went on as if it had succeeded. ` +
            `Write: await ${name}`,
        ])
        expect(warnings[0]).toMatchObject({ code: 'SESSION_NOT_AWAITED', cause: { status: 503 } })
      }
    },
  )

  test.each(calls)('a %s that is awaited, or caught, is no warning [A14]', async (_name, call) => {
    const awaited = await ask(open, call)
    expect([awaited.status, awaited.warnings, awaited.unhandled]).toEqual([503, [], []])
    const caught = await ask(open, async (found) => {
      const promise = call(found)
      await turns()
      return promise.catch(() => {})
    })
    expect([caught.status, caught.warnings, caught.unhandled]).toEqual([200, [], []])
  })
})

test('a stream may list sessions when its handler has ended [A14]', async () => {
  const app = new App({
    components: [sessions(new BackendStore(new MemoryBackend()))],
    routes: [
      route.get('/', [UserSessions], async function* (found) {
        await turns()
        yield `${(await found.list('ada')).length} sessions`
      }),
    ],
  })
  const response = await app.fetch(new Request('https://shop.test/'))
  expect(await response.text()).toBe('0 sessions')
  await app.close()
})
