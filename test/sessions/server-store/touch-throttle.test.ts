import { expect, test } from 'vitest'
import { TouchThrottle } from '../../../src/sessions/server-store/touch-throttle.js'

test('remembers the last 10,000 records that were touched, and no more', async () => {
  const throttle = new TouchThrottle()
  const touched: string[] = []
  const note = (key: string) =>
    throttle.note(
      key,
      1,
      (last) => last === 1,
      async () => void touched.push(key),
    )
  for (let index = 0; index < 10_000; index++) await note(`${index}`)
  touched.length = 0
  await note('0')
  expect(touched).toEqual([])
  await note('one more')
  await note('1')
  expect(touched).toEqual(['one more'])
  await note('0')
  expect(touched).toEqual(['one more', '0'])
})
