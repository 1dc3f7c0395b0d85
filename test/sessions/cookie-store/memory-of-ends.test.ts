import { CookieStore, MemoryBackend } from 'ingot'
import { expect, test } from 'vitest'
import { visitsOf } from '../every-store.js'
import { newSecret } from '../secrets.js'

const LONGEST = 400 * 86_400
const SKEW = 60_000

/** Two servers with one secret and one place for revocations; the clock of the second is a minute behind. */
function servers() {
  const time = { now: 1_700_000_000_000 }
  const revocations = new MemoryBackend({ now: () => time.now })
  const secret = newSecret()
  const [store, behind] = [0, SKEW].map(
    (late) => new CookieStore({ secret, revocations, clock: () => time.now - late }),
  ) as [CookieStore, CookieStore]
  return { time, store, ahead: visitsOf(store), behind: visitsOf(behind) }
}

test('an end is remembered for as long as the longest cookie can be good on any server, to the second [S2]', async () => {
  const { time, ahead, behind } = servers()
  const { cookie } = await ahead.visit(undefined, (session) => {
    session.set('a', 1)
    session.remember(LONGEST)
  })
  const { now } = time
  await ahead.visit(cookie, (session) => session.destroy())
  const isNew = async () => (await behind.visit(cookie, (session) => session.isNew)).result
  for (const before of [LONGEST * 1000, 1000, 1]) {
    time.now = now + LONGEST * 1000 + SKEW - before
    expect([before, await isNew()]).toEqual([before, true])
  }
  // Without the end the cookie would still be good there.
  const other = servers()
  const kept = await other.ahead.visit(undefined, (session) => {
    session.set('a', 1)
    session.remember(LONGEST)
  })
  other.time.now += LONGEST * 1000 + SKEW - 1
  const { result } = await other.behind.visit(kept.cookie, (session) => session.get('a'))
  expect(result).toBe(1)
})

test('the revocation of a user lasts as long as the longest cookie of a login, to the second [S2, S11]', async () => {
  const { time, store, ahead, behind } = servers()
  const { cookie } = await ahead.visit(undefined, (session) => {
    session.bind('ada')
    session.remember(LONGEST)
  })
  const { now } = time
  await store.revokeUser('ada')
  for (const before of [LONGEST * 1000, 1000, 1]) {
    time.now = now + LONGEST * 1000 + SKEW - before
    const { result } = await behind.visit(cookie, (session) => session.userId ?? 'nobody')
    expect([before, result]).toEqual([before, 'nobody'])
  }
})
