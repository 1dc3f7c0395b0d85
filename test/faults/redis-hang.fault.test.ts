import { expect, test } from 'vitest'
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

test('while Redis is frozen for 2 s under load (5 in the case), no request takes longer than the timeout [RF-05]', async () => {
  await using world = await faultWorld({ sessions: { failureThreshold: Infinity } })
  const tallies = await underLoad(world, async () => {
    world.freeze()
    await after(2000)
    world.thaw()
    await untilServed(world)
    await after(500)
  })
  expect(longest(tallies)).toBeLessThan(1300)
  expect(statuses(tallies)).toEqual([200, 503])
  const found = await numbers(world, tallies)
  for (const [index, { acked, statuses: seen }] of tallies.entries()) {
    expect(seen.get(503)).toBeGreaterThan(1)
    expect(found[index]).toBeGreaterThanOrEqual(acked)
    // Only commands that Redis had received before it froze.
    expect(found[index]).toBeLessThanOrEqual(acked + 1)
  }
  const calm = await underLoad(world, () => after(500))
  expect(statuses(calm)).toEqual([200])
})

test('a write that timed out while Redis was frozen does not land afterwards [RF-05, RF-07]', async () => {
  await using world = await faultWorld()
  const cookie = await world.visitor({ n: 1 })
  const { status, setCookies } = await world.visit(cookie, (session) => {
    world.freeze()
    session.set('n', 2)
  })
  expect([status, setCookies]).toEqual([503, []])
  world.thaw()
  await untilServed(world)
  await after(200)
  expect(await world.dataOf(cookie)).toEqual({ n: 1 })
})

test('replies that are 500 ms late are 503s, soon at once, until the first reply in time [RF-21]', async () => {
  using listening = listen()
  const warnings: string[] = []
  const report = (error: Error) => void warnings.push(error.message)
  await using world = await faultWorld({ timeout: 200, sessions: { onWarning: report } })
  const cookie = await world.visitor({ n: 1 })
  world.proxy.delay(150)
  expect((await world.visit(cookie, () => {})).status).toBe(200)
  world.proxy.delay(500)
  listening.heard()
  for (let count = 0; count < 5; count++) {
    const began = performance.now()
    expect((await world.visit(cookie, () => {})).status).toBe(503)
    expect(performance.now() - began).toBeLessThan(1200)
  }
  const times: number[] = []
  for (let count = 0; count < 20; count++) {
    const began = performance.now()
    expect((await world.visit(cookie, () => {})).status).toBe(503)
    times.push(performance.now() - began)
  }
  expect(times.toSorted((one, other) => one - other)[10]).toBeLessThan(20)
  expect(listening.heard()).toContain('breaker/opened')
  // A visitor without a session needs nothing from Redis.
  expect((await world.visit(undefined, () => {})).status).toBe(200)
  world.proxy.pass()
  await expect
    .poll(async () => (await world.visit(cookie, () => {})).status, { timeout: 5000 })
    .toBe(200)
  expect(listening.heard()).toContain('breaker/closed')
  expect(warnings).toEqual([
    'the session store is down: requests that need it are answered with 503 at once, until it is back',
    'the session store is back',
  ])
  expect(await world.dataOf(cookie)).toEqual({ n: 1 })
})

test('a connection that is silent for 3 s (60 in the case) is replaced by another one [RF-22]', async () => {
  await using world = await faultWorld()
  const connections = async () =>
    String(await world.admin.call('CLIENT', 'LIST')).match(/addr=\S+/g)
  const before = await connections()
  const tallies = await underLoad(world, async () => {
    world.proxy.swallow()
    await after(3000)
    world.proxy.pass()
    await untilServed(world)
  })
  expect(statuses(tallies)).toEqual([200, 503])
  expect(longest(tallies)).toBeLessThan(1300)
  expect(await connections()).not.toEqual(before)
})

test('connections that are killed every 100 ms for 3 s (10 in the case) lose no acknowledged write [RF-24]', async () => {
  await using world = await faultWorld()
  const tallies = await underLoad(world, async () => {
    for (let count = 0; count < 30; count++) {
      await world.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await after(100)
    }
  })
  await untilServed(world)
  const found = await numbers(world, tallies)
  for (const [index, { acked, statuses: seen }] of tallies.entries()) {
    expect(acked).toBeGreaterThan(10)
    expect(found[index]).toBeGreaterThanOrEqual(acked)
    expect(found[index]).toBeLessThanOrEqual(acked + (seen.get(503) ?? 0))
  }
  expect(longest(tallies)).toBeLessThan(1300)
})

test('requests under way when the connection is cut become 503s [RF-28]', async () => {
  await using world = await faultWorld()
  const cookie = await world.visitor()
  world.proxy.delay(5000)
  const began = performance.now()
  const visits = Array.from({ length: 20 }, () => world.visit(cookie, () => {}))
  await after(50)
  world.proxy.cut()
  const ended = await Promise.all(visits)
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set([503]))
  expect(performance.now() - began).toBeLessThan(1300)
  world.proxy.pass()
  await untilServed(world)
})
