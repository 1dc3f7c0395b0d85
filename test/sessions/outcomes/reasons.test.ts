import { expect, test } from 'vitest'
import { SessionStoreError } from '../../../src/sessions/index.js'
import { eventWorld, listen } from '../events/event-world.js'
import { ScriptedStore } from '../session-app.js'
import { expectWarnings } from '../expect-warnings.js'

const failure = (facts: object) => Object.assign(new Error('select * from secrets'), facts)
const ring = failure({})
ring.cause = ring

test.each([
  ['an SQLSTATE', failure({ code: '42P01' }), '42P01'],
  ['the code of a library', failure({ code: 'SQLITE_BUSY' }), 'SQLITE_BUSY'],
  ['a wrapped error', failure({ cause: failure({ code: '23505' }) }), '23505'],
  ['an error of Sequelize', failure({ parent: failure({ code: '42P01' }) }), '42P01'],
  [
    'an error of TypeORM',
    failure({ driverError: failure({ code: 'ER_DUP_ENTRY' }) }),
    'ER_DUP_ENTRY',
  ],
  ['an original error', failure({ original: failure({ code: 'ECONNRESET' }) }), 'ECONNRESET'],
  [
    'an error that is wrapped twice',
    failure({ cause: failure({ cause: failure({ code: '08006' }) }) }),
    '08006',
  ],
  [
    'a SessionStoreError around it',
    new SessionStoreError('the table', { cause: failure({ code: '42P01' }) }),
    '42P01',
  ],
  ['no code', failure({ code: 42 }), 'error'],
  ['text that is no code', failure({ code: 'visitor 1 2 3' }), 'error'],
  ['a ring', ring, 'error'],
  [
    'a getter that throws',
    Object.defineProperty(failure({}), 'cause', {
      get: () => {
        throw new Error('of a getter')
      },
    }),
    'error',
  ],
])('%s is the reason of the events of load and dump [A19]', async (_, error, reason) => {
  using listening = listen()
  const fails = () => Promise.reject(error)
  const loading = eventWorld(new ScriptedStore(fails))
  expect((await loading.visit('a=b')).status).toBe(503)
  const { Session } = await import('../../../src/sessions/index.js')
  const dumping = eventWorld(new ScriptedStore(() => Session.empty(), fails))
  expect((await dumping.visit('a=b', (session) => session.set('a', 1))).status).toBe(503)
  expect(listening.heard().filter((event) => event.startsWith('failed'))).toEqual([
    `failed/load/${reason}`,
    `failed/dump/${reason}`,
  ])
})

test('a database that is away, as SQL says it, opens the circuit breaker [A19]', async () => {
  using listening = listen()
  const fails = () => Promise.reject(failure({ cause: failure({ code: '57P01' }) }))
  const world = eventWorld(new ScriptedStore(fails), {
    onWarning: expectWarnings('SESSION_STORE'),
  })
  for (let count = 0; count < 6; count++) await world.visit('a=b')
  expect(listening.heard()).toContain('breaker/opened')
})
