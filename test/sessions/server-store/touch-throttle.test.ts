import { expect, test } from 'vitest'
import { TouchThrottle } from '../../../src/sessions/server-store/touch-throttle.js'

test('remembers the last 10,000 records that were touched, and no more', async () => {
  const throttle = new TouchThrottle()
  const touch = (key: string, seenAt: number) =>
    throttle.note(
      key,
      seenAt,
      () => false,
      async () => {},
    )
  for (let index = 0; index < 10_000; index++) await touch(`${index}`, index)
  /** When a record was last touched, as the next touch is told. */
  const lastOf = async (key: string) => {
    let seenAt: number | undefined
    await throttle
      .note(
        key,
        0,
        (last) => {
          seenAt = last
          return true
        },
        () => Promise.reject(new Error('a touch that fails is not remembered')),
      )
      .catch(() => {})
    return seenAt
  }
  expect(await lastOf('0')).toBe(0)
  // What is touched again is forgotten last.
  await touch('0', 1)
  await touch('one more', 1)
  expect([await lastOf('0'), await lastOf('2'), await lastOf('1')]).toEqual([1, 2, undefined])
})
