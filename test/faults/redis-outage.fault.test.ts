import { expect, test, vi } from 'vitest'
import { listen } from '../sessions/events/event-world.js'
import {
  after,
  faultWorld,
  longest,
  numbers,
  statuses,
  underLoad,
  untilServed,
} from './support/fault-world.js'

test('while Redis refuses connections for 2 s (5 in the case) every request ends in time, and everything recovers [RF-01]', async () => {
  await using world = await faultWorld()
  const cookie = await world.visitor()
  await world.kill()
  const until = performance.now() + 2000
  while (performance.now() < until) {
    const began = performance.now()
    expect((await world.visit(cookie, () => {})).status).toBe(503)
    expect(performance.now() - began).toBeLessThan(1300)
  }
  await world.restart()
  await untilServed(world)
})

test('after Redis was killed and started empty, no dump under way brings a session back [RF-04]', async () => {
  await using world = await faultWorld()
  const tallies = await underLoad(world, async () => {
    await world.kill()
    await after(300)
    await world.restart()
    await after(1000)
  })
  expect(tallies.reduce((sum, { strayCookies }) => sum + strayCookies, 0)).toBe(0)
  // The records that exist now belong to new sessions, with new ids.
  expect(await numbers(world, tallies)).toEqual(tallies.map(() => 0))
  expect(longest(tallies)).toBeLessThan(1300)
})

test('after Redis was killed and started from its file, every session and acknowledged write is there [RF-04]', async () => {
  await using world = await faultWorld({ isDurable: true })
  const tallies = await underLoad(world, async () => {
    await world.kill()
    await after(300)
    await world.restart()
    await untilServed(world)
    await after(300)
  })
  const found = await numbers(world, tallies)
  for (const [index, { acked }] of tallies.entries()) {
    expect(found[index]).toBeGreaterThanOrEqual(acked)
    // At most the write that was under way as the server died landed without a reply.
    expect(found[index]).toBeLessThanOrEqual(acked + 1)
  }
  expect(statuses(tallies)).toEqual([200, 503])
  expect(tallies.reduce((sum, { strayCookies }) => sum + strayCookies, 0)).toBe(0)
})

test('a write that timed out is not sent again to the next Redis [RF-07]', async () => {
  await using world = await faultWorld({ isDurable: true })
  const cookie = await world.visitor({ n: 1 })
  const { status } = await world.visit(cookie, (session) => {
    world.freeze()
    session.set('n', 2)
  })
  expect(status).toBe(503)
  await world.kill()
  await world.restart()
  await untilServed(world)
  await after(300)
  expect(await world.dataOf(cookie)).toEqual({ n: 1 })
})

test('a write that failed without a connection is not sent later [RF-08]', async () => {
  await using world = await faultWorld({ isDurable: true })
  const cookie = await world.visitor({ n: 1 })
  const { status, setCookies } = await world.visit(cookie, async (session) => {
    await world.kill()
    // Wait until the client has noticed.
    await after(100)
    session.set('n', 2)
  })
  expect([status, setCookies]).toEqual([503, []])
  await world.restart()
  await untilServed(world)
  await after(300)
  expect(await world.dataOf(cookie)).toEqual({ n: 1 })
})

test('while Redis is down for 3 s at 2,000 requests a second (30 s in the case), few wait and the others are refused at once [RF-09]', async () => {
  using listening = listen()
  await using world = await faultWorld({ timeout: 1000, sessions: { maxCalls: 100 } })
  const cookie = await world.visitor()
  await world.kill()
  listening.heard()
  const before = process.memoryUsage().heapUsed
  const times: number[] = []
  let [pending, most] = [0, 0]
  const one = async () => {
    most = Math.max(most, (pending += 1))
    const began = performance.now()
    expect((await world.visit(cookie, () => {})).status).toBe(503)
    times.push(performance.now() - began)
    pending -= 1
  }
  const all: Promise<void>[] = []
  const until = performance.now() + 3000
  while (performance.now() < until) {
    for (let count = 0; count < 20; count++) all.push(one())
    await after(10)
  }
  await Promise.all(all)
  const fast = times.filter((time) => time < 50).length
  expect(fast / times.length).toBeGreaterThan(0.8)
  expect(Math.max(...times)).toBeLessThan(2300)
  expect(most).toBeLessThan(200)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 2 ** 20)
  const reasons = new Set(listening.heard())
  expect(reasons).toContain('failed/load/overloaded')
  expect(reasons).toContain('failed/load/breaker-open')
})

test('without a listener, 3 s without Redis (60 in the case) print a line or two [RF-25]', async () => {
  const warnings: string[] = []
  const hear = (warning: Error & { code?: string }) =>
    void warnings.push(warning.code ?? warning.name)
  process.on('warning', hear)
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  try {
    await using world = await faultWorld({ onOutage: 'default' })
    const cookie = await world.visitor()
    await world.kill()
    const until = performance.now() + 3000
    while (performance.now() < until) {
      expect((await world.visit(cookie, () => {})).status).toBe(503)
      await after(5)
    }
    expect(printed).not.toHaveBeenCalled()
    expect(warnings).toEqual(['INGOT_REDIS_OUTAGE'])
  } finally {
    process.off('warning', hear)
    printed.mockRestore()
  }
})

test('a Redis that is up and down every 200 ms for 3 s (30 in the case) leaves no listener and no timer behind [RF-33]', async () => {
  const warnings: string[] = []
  const hear = (warning: Error) => void warnings.push(warning.name)
  process.on('warning', hear)
  try {
    await using world = await faultWorld()
    await world.visitor()
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const tallies = await underLoad(world, async () => {
      for (let round = 0; round < 8; round++) {
        world.proxy.refuse()
        await after(200)
        world.proxy.pass()
        await after(200)
      }
    })
    expect(longest(tallies)).toBeLessThan(1300)
    await untilServed(world)
    await after(400)
    expect(timers()).toBeLessThanOrEqual(before + 3)
    const found = await numbers(world, tallies)
    for (const [index, { acked }] of tallies.entries()) {
      expect(found[index]).toBeGreaterThanOrEqual(acked)
    }
    expect(warnings).toEqual([])
  } finally {
    process.off('warning', hear)
  }
})
