import { expect, test } from 'vitest'
import { App, route } from '../../../src/http/index.js'
import { SessionOptionError } from '../../../src/sessions/errors/errors.js'
import { Session } from '../../../src/sessions/session/session.js'
import { sessions } from '../../../src/sessions/sessions.js'
import {
  MemoryStore,
  type MemoryStoreOptions,
} from '../../../src/sessions/server-store/memory-store.js'

test('counts the visits of a visitor', async () => {
  const visit = counter()
  const cookie = (await visit()).cookie
  expect((await visit(cookie)).count).toBe(2)
  expect((await visit(cookie)).count).toBe(3)
  expect((await visit()).count).toBe(1)
})

test('one session more than the limit ends the least recently used', async () => {
  const visit = counter({ limit: 2 })
  const [one, two] = [(await visit()).cookie, (await visit()).cookie]
  await visit(one)
  await visit()
  expect((await visit(one)).count).toBe(3)
  expect((await visit(two)).count).toBe(1)
})

test('a session ends by the clock that the store was given', async () => {
  let now = 1_700_000_000_000
  const visit = counter({ clock: () => now, idleTimeout: 60 })
  const { cookie } = await visit()
  now += 59_999
  expect((await visit(cookie)).count).toBe(2)
  now += 60_000
  expect((await visit(cookie)).count).toBe(1)
})

test('no timer keeps the process alive [PR-07]', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  await counter()()
  const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  expect(after).toBe(before)
})

test('a limit that is no positive integer is refused', () => {
  expect(() => new MemoryStore({ limit: 0 })).toThrow(
    new SessionOptionError('limit', 'must be a whole number of records from 1, not 0.'),
  )
})

/** Visits an application that counts them in the session. */
function counter(options: MemoryStoreOptions = {}) {
  const app = new App({
    components: [sessions(new MemoryStore(options))],
    routes: [
      route.post('/', [Session], (session) =>
        session.update('n', (n: number | undefined) => (n ?? 0) + 1),
      ),
    ],
  })
  return async (cookie?: string) => {
    const headers = cookie === undefined ? {} : { cookie }
    const response = await app.fetch(new Request('https://shop.test/', { method: 'POST', headers }))
    const [set] = response.headers.getSetCookie()
    return { count: Number(await response.text()), cookie: (set ?? cookie)?.split(';')[0] }
  }
}
