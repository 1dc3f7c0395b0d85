import { expect, test } from 'vitest'
import { growth, MOST_GROWTH } from './growth.js'

test('quadratic work grows more than is allowed, linear work does not', async () => {
  const list = (size: number) => Array.from({ length: size }, (_, index) => index)
  const pairs = await growth(100, (size) => {
    const numbers = list(size)
    return () =>
      numbers.reduce((sum, one) => sum + numbers.reduce((all, other) => all + one * other, 0), 0)
  })
  const parts = await growth(1000, (size) => {
    const numbers = list(size)
    return () => numbers.reduce((sum, one) => sum + one * one, 0)
  })
  expect(pairs).toBeGreaterThan(MOST_GROWTH)
  expect(parts).toBeLessThan(MOST_GROWTH)
})
