import { fromUnstorage } from 'ingot'
import { expect, test } from 'vitest'
import { createStorage } from 'unstorage'
import type { KeyValueStorage } from '../../../src/sessions/adapters/unstorage.js'

const key = 'k'.repeat(43)
const other = 'o'.repeat(43)

test('keys begin with the base, and the driver gets the time to live in whole seconds', async () => {
  const calls: unknown[] = []
  const storage: KeyValueStorage = {
    ...createStorage(),
    setItem: async (...given) => void calls.push(given),
  }
  await fromUnstorage(storage, { base: 'shop:sessions', clock: () => 5 }).create(
    key,
    'a text',
    1001,
  )
  expect(calls).toEqual([[`shop:sessions:${key}`, 'ingot:1:1:1006:a text', { ttl: 2 }]])
})

test('sweep() deletes expired records, and nothing else [PR-07]', async () => {
  let now = 0
  const storage = createStorage()
  const backend = fromUnstorage(storage, { clock: () => now })
  await backend.create(key, 'a text', 1000)
  await backend.create(other, 'another', 2000)
  await storage.setItem('sessions:theirs', 'theirs')
  await storage.setItem(`sessions:below:${key}`, 'theirs')
  await storage.setItem('elsewhere', 'theirs')
  expect(await backend.sweep()).toBe(0)
  now = 1000
  expect(await backend.sweep()).toBe(1)
  expect((await storage.getKeys()).sort()).toEqual([
    'elsewhere',
    `sessions:below:${key}`,
    `sessions:${other}`,
    'sessions:theirs',
  ])
})
