import { expect, onTestFinished, test, vi } from 'vitest'
import { ServerClock } from '../../../src/sessions/calls/server-clock.js'

/** The clock of this process, which the test moves. */
function processClock() {
  const time = { now: 0 }
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => time.now)
  onTestFinished(() => spy.mockRestore())
  return time
}

test('the estimate is never ahead of the server, however its clock runs since the last reply', () => {
  const time = processClock()
  const clock = new ServerClock()
  time.now = 1_000_000
  clock.learn('server', 5_000_000, 1_000_000)
  expect(clock.at(1_000_000)).toBe(5_000_000)
  // 500 ppm of 100 seconds.
  time.now += 100_000
  expect(clock.at(time.now)).toBe(5_100_000 - 50)
  clock.learn('server', 5_100_000, time.now)
  expect(clock.at(time.now)).toBe(5_100_000)
  time.now += 1000
  expect(clock.at(time.now)).toBe(5_101_000 - 1)
})

test('a reply that was read late does not make the next deadline early', () => {
  const time = processClock()
  const clock = new ServerClock()
  clock.learn('server', 5_000_000, 0)
  time.now = 400
  // The server looked at its clock at once, and this process was busy.
  clock.learn('server', 5_000_000, 0)
  expect(clock.at(400)).toBeGreaterThanOrEqual(5_000_399)
})

test('after a failover another server has another clock', () => {
  processClock()
  const clock = new ServerClock()
  expect(clock.knows('one')).toBe(false)
  clock.learn('one', 5_000_000, 0)
  expect([clock.knows('one'), clock.knows('other')]).toEqual([true, false])
  clock.learn('other', 4_000_000, 0)
  expect(clock.at(0)).toBe(4_000_000)
})
