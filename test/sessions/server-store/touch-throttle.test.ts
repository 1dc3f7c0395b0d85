import { expect, test } from 'vitest'
import { TouchThrottle } from '../../../src/sessions/server-store/touch-throttle.js'

test('remembers the last 10,000 records that were touched, and no more', () => {
  const throttle = new TouchThrottle()
  for (let index = 0; index < 10_000; index++) throttle.note(`${index}`, index)
  expect(throttle.lastOf('0')).toBe(0)
  // What is touched again is forgotten last.
  throttle.note('0', 1)
  throttle.note('one more', 1)
  expect([throttle.lastOf('0'), throttle.lastOf('1'), throttle.lastOf('2')]).toEqual([
    1,
    -Infinity,
    2,
  ])
})
