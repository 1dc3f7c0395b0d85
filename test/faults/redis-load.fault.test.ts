import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import type { Session } from '../../src/sessions/index.js'
import { listen } from '../sessions/events/event-world.js'
import { recordKey } from '../../src/sessions/session/session-id.js'
import { idOf } from '../sessions/server-store/server-store-suite.js'
import { after, faultWorld, numbers, statuses, underLoad } from './support/fault-world.js'

test('scripts that Redis loses under load fail no request [RF-19]', async () => {
  await using world = await faultWorld({ timeout: 1000 })
  const tallies = await underLoad(world, async () => {
    for (let count = 0; count < 20; count++) {
      await world.admin.script('FLUSH')
      await after(50)
    }
  })
  expect(statuses(tallies)).toEqual([200])
  expect(await numbers(world, tallies)).toEqual(tallies.map(({ acked }) => acked))
})

test('after FLUSHALL under load everybody is anonymous, only a write under way is a 409, and nobody gets their old id back [RF-26]', async () => {
  await using world = await faultWorld({ timeout: 1000 })
  let flushed = 0
  const tallies = await underLoad(world, async () => {
    await after(200)
    await world.admin.flushall()
    flushed = performance.now()
    await after(300)
  })
  expect(flushed).toBeGreaterThan(0)
  for (const { cookie, statuses } of tallies) {
    // A visitor has one request at a time. What it wrote to the lost session is not answered as
    // saved [A1]; each request after it is of nobody, and served.
    const { 200: served = 0, 409: lost = 0, ...others } = Object.fromEntries(statuses)
    expect(others).toEqual({})
    expect(lost).toBeLessThanOrEqual(1)
    expect(served).toBeGreaterThan(lost)
    expect(await world.admin.exists(`session:${recordKey(idOf(cookie))}`)).toBe(0)
    expect(await world.dataOf(cookie)).toEqual({})
  }
})

test('of 2,000 requests at once (10,000 in the case) with Redis 100 ms away a bounded number waits, the others are refused, and later ones succeed [DS-11]', async () => {
  using listening = listen()
  await using world = await faultWorld({
    timeout: 2000,
    sessions: { maxCalls: 50, deadline: 10_000 },
  })
  const cookie = await world.visitor({ n: 1 })
  world.proxy.delay(100)
  listening.heard()
  const visits: Promise<{ status: number; retryAfter: string | null }>[] = []
  for (let batch = 0; batch < 40; batch++) {
    for (let count = 0; count < 50; count++) {
      visits.push(world.visit(cookie, (session) => session.get('n')))
    }
    await after(5)
  }
  const ended = await Promise.all(visits)
  const heard = listening.heard()
  const served = ended.filter(({ status }) => status === 200).length
  const refused = ended.filter(({ status, retryAfter }) => status === 503 && retryAfter === '1')
  expect(served).toBeGreaterThanOrEqual(50)
  expect(refused.length).toBeGreaterThan(100)
  expect(served + refused.length).toBe(2000)
  expect(heard.filter((kind) => kind === 'failed/load/overloaded')).toHaveLength(refused.length)
  // The breaker stayed closed, so the next visitor is served at once.
  world.proxy.pass()
  expect((await world.visit(cookie, () => {})).status).toBe(200)
})

test('1,000 parallel requests of one session delay no other visitor [DS-12]', async () => {
  await using world = await faultWorld({ timeout: 5000, sessions: { deadline: 10_000 } })
  const [busy, other] = [await world.visitor({ n: 0 }), await world.visitor({ n: 0 })]
  const add = (session: Session) => session.update('n', (n: number | undefined) => (n ?? 0) + 1)
  const began = performance.now()
  const times: number[] = []
  const answers = new Set<number>()
  const progress = { isOver: false }
  const calm = (async () => {
    while (!progress.isOver) {
      const since = performance.now()
      answers.add((await world.visit(other, add)).status)
      times.push(performance.now() - since)
      await after(5)
    }
  })()
  const storm: ReturnType<typeof world.visit>[] = []
  // In small batches, as from sockets. Each request waits for all before it.
  for (let batch = 0; batch < 40; batch++) {
    for (let count = 0; count < 25; count++) storm.push(world.visit(busy, add))
    await after(1)
  }
  const ended = await Promise.all(storm)
  const duration = performance.now() - began
  progress.isOver = true
  await calm
  expect([...answers]).toEqual([200])
  // The other visitor does not wait for that queue, although one event loop serves both here.
  expect(times.length).toBeGreaterThan(3)
  expect(median(times)).toBeLessThan(duration / 2)
  const acked = ended.filter(({ status }) => status === 200).length
  expect(acked).toBeGreaterThan(0)
  expect(await world.dataOf(busy)).toEqual({ n: acked })
})

test('the 100,000 sessions of one user are listed, and 2,000 of them revoked, with small commands only [DS-13]', async () => {
  await using world = await faultWorld({ timeout: 2000 })
  const { cookie } = await world.visit(undefined, (session) => session.bind('ada'))
  const own = `session:${recordKey(idOf(cookie))}`
  const index = `session:${recordKey('ada')}:sessions`
  expect(await world.admin.zcard(index)).toBe(1)
  await copies(world.admin, own, index, 100_000)
  await world.admin.config('RESETSTAT')
  const listed = await world.visit(cookie, async (_, ofUser) => (await ofUser.list()).length)
  expect(listed).toMatchObject({ status: 200, result: 1000 })
  expect(await slowest(world.admin)).toBeLessThan(10)
  await world.admin.zremrangebyrank(index, 2000, -1)
  await world.admin.config('RESETSTAT')
  const revoked = await world.visit(cookie, (_, ofUser) => ofUser.revokeAll())
  expect(revoked).toMatchObject({ status: 200, result: 2000 })
  expect(await world.admin.exists(index)).toBe(0)
  expect(await slowest(world.admin)).toBeLessThan(10)
})

/** Copies one session of the user many times inside Redis: by requests it would take a minute. */
async function copies(admin: Redis, own: string, index: string, count: number): Promise<void> {
  const lua = `
for i = ARGV[1], ARGV[1] + 999 do
  local key = string.format('copy%039d', i)
  redis.call('COPY', KEYS[1], 'session:' .. key)
  redis.call('ZADD', KEYS[2], ARGV[2] + i, key)
end`
  const ends = Date.now() + 3_600_000
  for (let start = 0; start < count; start += 1000) {
    await admin.eval(lua, 2, own, index, `${start}`, `${ends}`)
  }
}

/** The average milliseconds inside Redis of the slowest kind of command. */
async function slowest(admin: Redis): Promise<number> {
  const info = await admin.info('commandstats')
  const times = [...info.matchAll(/usec_per_call=([\d.]+)/g)].map(([, time]) => Number(time) / 1000)
  expect(times.length).toBeGreaterThan(2)
  return Math.max(...times)
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] as number
}
