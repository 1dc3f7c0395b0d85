import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryBackend } from '../../../src/sessions/backend/memory-backend.js'
import { BackendStore, SessionUsageError, type Session } from '../../../src/sessions/index.js'
import { eventWorld } from '../events/event-world.js'

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

async function failing(act: (session: Session) => unknown) {
  const backend = new MemoryBackend()
  const warnings: Error[] = []
  const world = eventWorld(new BackendStore(backend), {
    onWarning: (error) => void warnings.push(error),
  })
  const { cookie } = await world.visit(undefined, (session) => session.set('code', 7))
  backend.replace = () => Promise.reject(new Error('down'))
  const { status, body } = await world.visit(cookie, act)
  await turns()
  await world.stop()
  return { status, body, warnings, unhandled: [...unhandled] }
}

test('a commit() that nobody awaited is told, fails its request, and nothing else [A14]', async () => {
  const {
    status,
    warnings,
    unhandled: left,
  } = await failing(async (session) => {
    session.set('a', 1)
    void session.commit()
    await turns()
  })
  expect([status, left]).toEqual([503, []])
  expect(warnings.map(({ message }) => message)).toEqual([
    'session.commit() failed, and nobody awaited it, so the handler went on as if it had succeeded. ' +
      'Write: await session.commit()',
  ])
  expect(warnings[0]).toBeInstanceOf(SessionUsageError)
  expect(warnings[0]).toMatchObject({ code: 'SESSION_NOT_AWAITED', cause: { status: 503 } })
})

test('a take() that nobody awaited is told, also when it fails after its handler [A14]', async () => {
  for (const wait of [turns, async () => {}]) {
    const {
      status,
      warnings,
      unhandled: left,
    } = await failing(async (session) => {
      void session.take('code')
      await wait()
    })
    expect([status, left]).toEqual([200, []])
    expect(warnings.map(({ message }) => message.split(' ')[0])).toEqual(['session.take()'])
  }
})

test.each<[string, (promise: Promise<unknown>) => unknown]>([
  ['awaited', (promise) => promise],
  ['awaited later', async (promise) => (await turns(), promise)],
  ['awaited with others', (promise) => Promise.all([promise, turns()])],
  ['caught', (promise) => promise.catch(() => 'caught')],
  ['finally', (promise) => promise.finally(() => {})],
])('one that is %s is no warning [A14]', async (_, wait) => {
  const { warnings, unhandled: left } = await failing((session) => wait(session.take('code')))
  expect([warnings, left]).toEqual([[], []])
})
