import { expect, test } from 'vitest'
import { growth, MOST_GROWTH } from './growth.js'

/** How many microseconds a run takes; `run` counts those of the same size, from 0. */
type Cost = (size: number, run: number) => number

/** The growth that is measured of work with this cost, on a clock that nothing else moves. */
function growthOf(cost: Cost): Promise<number> {
  let now = 0
  const prepare = (size: number) => {
    let run = 0
    return () => (now += cost(size, run++))
  }
  return growth(100, prepare, () => now)
}

const linear: Cost = (size) => size
const quadratic: Cost = (size) => size * size

test.each<[string, Cost]>([
  ['', linear],
  [' that is compiled late', (size, run) => linear(size, run) * (run < 100 ? 10 : 1)],
  [' on a machine that stalls now and then', (size, run) => size * (run % 97 === 0 ? 50 : 1)],
])('linear work%s grows by eight', async (_, cost) => {
  expect(await growthOf(cost)).toBeLessThan(MOST_GROWTH)
})

test.each<[string, Cost]>([
  ['', quadratic],
  [
    ' whose small runs are compiled late',
    (size, run) => size ** 2 * (size < 200 && run < 20 ? 10 : 1),
  ],
  [' on a machine that stalls now and then', (size, run) => size ** 2 * (run % 97 === 0 ? 50 : 1)],
])('quadratic work%s grows by more than is allowed', async (_, cost) => {
  expect(await growthOf(cost)).toBeGreaterThan(MOST_GROWTH)
})
