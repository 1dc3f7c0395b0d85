import { describe, expect, test } from 'vitest'
import { MemoryIndex } from '../../../src/sessions/backend/memory-index.js'
import { MemoryBackend } from '../../../src/sessions/backend/memory-backend.js'
import { SessionOptionError } from '../../../src/sessions/errors/errors.js'
import { newKey as key, textOf } from '../../../src/testing/conformance/backend/opened-backend.js'

describe('MemoryBackend', () => {
  test('a record is gone at the very millisecond of its end [EX-18]', async () => {
    let now = 1_000_000
    const backend = new MemoryBackend({ now: () => now })
    await backend.create('a', textOf('a'), 1000)
    now += 999
    expect(await backend.read('a')).toBeDefined()
    now += 1
    expect(await backend.read('a')).toBeUndefined()
  })

  test('replace and touch move the end', async () => {
    let now = 1_000_000
    const backend = new MemoryBackend({ now: () => now })
    await backend.create('a', textOf('a'), 1000)
    now += 900
    await backend.replace('a', 1, textOf('b'), 1000)
    now += 900
    await backend.touch('a', 2, textOf('b', 1), 1000)
    now += 900
    expect(await backend.read('a')).toBeDefined()
    now += 100
    expect(await backend.replace('a', 2, textOf('c'), 1000)).toBe('missing')
  })

  test('an ended record cannot be touched, replaced or found by destroy [EX-11]', async () => {
    let now = 0
    const backend = new MemoryBackend({ now: () => now })
    for (const one of ['a', 'b', 'c']) await backend.create(one, textOf(''), 1000)
    now = 1000
    expect(await backend.touch('a', 1, textOf('a', 1), 1000)).toBe(false)
    expect(await backend.replace('b', 1, textOf('b'), 1000)).toBe('missing')
    expect(await backend.destroy('c')).toBeUndefined()
    expect(backend.size).toBe(0)
  })

  test('one record more than the limit evicts the least recently used', async () => {
    const backend = new MemoryBackend({ limit: 2 })
    await backend.create('a', textOf(''), 1000)
    await backend.create('b', textOf(''), 1000)
    await backend.read('a')
    await backend.create('c', textOf(''), 1000)
    expect(await backend.read('b')).toBeUndefined()
    expect(await backend.read('a')).toBeDefined()
    expect(await backend.read('c')).toBeDefined()
    expect(backend.size).toBe(2)
  })

  test('keeps 128 MiB and no more by default, where a character counts two', async () => {
    const backend = new MemoryBackend()
    // One text of 4 Mi characters, which all records share.
    const text = textOf('x'.repeat(2 ** 22 - textOf('').length - 128))
    for (let count = 1; count <= 17; count++) await backend.create(key(), text, 1000)
    expect(backend.size).toBe(16)
  })

  test('what was read stays as it was when the record is replaced [TY-13]', async () => {
    const backend = new MemoryBackend()
    await backend.create('a', textOf('1'), 1000)
    const read = await backend.read('a')
    await backend.replace('a', 1, textOf('2'), 1000)
    await backend.touch('a', 2, textOf('2', 5), 1000)
    expect(read).toEqual({ text: textOf('1'), version: 1 })
    expect(await backend.read('a')).toEqual({ text: textOf('2', 5), version: 2 })
  })

  test.each([0, -1, 1.5, Number.NaN, Infinity])('a limit of %s is refused', (limit) => {
    expect(() => new MemoryBackend({ limit })).toThrow(
      new SessionOptionError('limit', `must be a whole number of records from 1, not ${limit}.`),
    )
  })

  test('the index drops what expired and what was evicted [PR-07]', async () => {
    let now = 0
    const backend = new MemoryBackend({ limit: 10, now: () => now })
    for (let round = 0; round < 100; round++) {
      const one = key()
      await backend.index.add('user', one, 3_600_000)
      await backend.create(one, textOf(''), 3_600_000)
      now += 30_000
    }
    const listed = await backend.index.list('user', 0, 1000)
    expect(listed.length).toBeLessThanOrEqual(20)
    expect(listed.length).toBeGreaterThanOrEqual(10)
  })

  test('a record whose text `goesLast` cannot judge is not kept, and one that is there stays as it was', async () => {
    const backend = new MemoryBackend({ goesLast: (text) => JSON.parse(text) === 'last' })
    expect(() => backend.create('a', 'no JSON', 1000)).toThrow(SyntaxError)
    expect([backend.size, await backend.create('a', '"first"', 1000)]).toEqual([0, true])
    expect(() => backend.replace('a', 1, 'no JSON', 1000)).toThrow(SyntaxError)
    expect(await backend.read('a')).toEqual({ text: '"first"', version: 1 })
  })

  test('a flood of logins does not look through the index at each of them', async () => {
    let looks = 0
    const isKept = () => (looks += 1) > 0
    const index = new MemoryIndex(10, () => 0, isKept)
    for (let login = 0; login < 1000; login++) await index.add('user', key(), 3_600_000)
    expect(looks).toBeGreaterThan(0)
    expect(looks).toBeLessThanOrEqual(2000)
  })

  test('an entry of the index ends at its time [DS-13]', async () => {
    let now = 0
    const backend = new MemoryBackend({ now: () => now })
    await backend.index.add('user', 'a', 1000)
    await backend.index.add('user', 'b', 2000)
    now = 1000
    expect(await backend.index.list('user', 0, 10)).toEqual(['b'])
  })
})
