import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { TransientMap } from '../../src/di/transient-map.js'

test('keeps what is there, in its order, however much comes and goes', () => {
  const map = new TransientMap<number, string>()
  for (let key = 0; key < 100; key += 1) map.set(key, `${key}`)
  for (let round = 0; round < 1000; round += 1) {
    map.set(1000 + round, 'here for a moment')
    map.delete(1000 + round)
  }
  const all = Array.from({ length: 100 }, (_, key) => [key, `${key}`])
  expect([...map.entries]).toEqual(all)
  map.delete(0)
  expect([...map.entries]).toEqual(all.slice(1))
  for (let key = 1; key < 100; key += 1) map.delete(key)
  expect(map.entries.size).toBe(0)
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void

/** Bytes that are left of what came and went, when only young objects are collected. */
function keptBy(
  map: Pick<Map<unknown, unknown>, 'set' | 'delete'> | TransientMap<unknown, unknown>,
): number {
  collect()
  const before = process.memoryUsage().heapUsed
  for (let round = 0; round < 4000; round += 1) {
    const value = { bytes: Array.from({ length: 200 }, () => round) }
    map.set(round, value)
    map.delete(round - 3)
    if (round % 32 === 0) collect({ type: 'minor' })
  }
  return process.memoryUsage().heapUsed - before
}

test('what has gone is collected with the young objects, unlike that of a Map', () => {
  const [ours, ofMap] = [keptBy(new TransientMap()), keptBy(new Map())]
  expect(ours).toBeLessThan(ofMap / 2)
})
