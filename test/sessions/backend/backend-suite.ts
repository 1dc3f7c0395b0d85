import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { SessionBackend } from '../../../src/sessions/backend/session-backend.js'

/** A backend of one test, with a way to let its time pass where the test can. */
export interface BackendWorld {
  readonly backend: SessionBackend
  stop?(): Promise<void>
}

/** The contract of `SessionBackend`, for whoever implements it. */
export function describeBackend(name: string, open: () => Promise<BackendWorld>): void {
  const using = async (check: (backend: SessionBackend) => Promise<void>) => {
    const world = await open()
    try {
      await check(world.backend)
    } finally {
      await world.stop?.()
    }
  }

  describe(`${name} keeps the contract of a backend`, () => {
    test('a key without a record reads as undefined', () =>
      using(async (backend) => {
        expect(await backend.read(key())).toBeUndefined()
      }))

    test('TY-14, PP-04: fields come back exactly as they were created', () =>
      using(async (backend) => {
        const fields = new Map(
          ['', '__proto__', 'constructor', 'd:a:b\n', 'd:ключ', 'd:😀'].map((field) => [
            field,
            `text of ${field} \u2028 \0 "é" שלום 😀`,
          ]),
        )
        const id = key()
        expect(await backend.create(id, fields, 60_000)).toBe(true)
        expect(await backend.read(id)).toEqual({ fields, version: 1 })
      }))

    test('create leaves a record that is there already', () =>
      using(async (backend) => {
        const id = key()
        await backend.create(id, new Map([['a', '1']]), 60_000)
        expect(await backend.create(id, new Map([['a', '2']]), 60_000)).toBe(false)
        expect((await backend.read(id))?.fields).toEqual(new Map([['a', '1']]))
      }))

    test('patch changes the named fields only and counts', () =>
      using(async (backend) => {
        const id = key()
        await backend.create(id, fieldsOf({ a: '1', b: '2', c: '3' }), 60_000)
        const outcome = await backend.patch(
          id,
          { set: fieldsOf({ b: 'two', d: '4' }), deleted: ['c', 'z'] },
          60_000,
        )
        expect(outcome).toBe('applied')
        expect(await backend.read(id)).toEqual({
          fields: fieldsOf({ a: '1', b: 'two', d: '4' }),
          version: 2,
        })
      }))

    test('R5, RA-03: patch and touch make no record', () =>
      using(async (backend) => {
        const id = key()
        expect(await backend.patch(id, { set: fieldsOf({ a: '1' }) }, 60_000)).toBe('missing')
        expect(await backend.touch(id, 1, fieldsOf({ a: '1' }), 60_000)).toBe('missing')
        expect(await backend.read(id)).toBeUndefined()
      }))

    test('patch with another expected text, presence or version writes nothing', () =>
      using(async (backend) => {
        const id = key()
        const fields = fieldsOf({ a: '1', empty: '' })
        await backend.create(id, fields, 60_000)
        const set = fieldsOf({ a: '2', b: '2' })
        const patches = [
          { set, expected: new Map([['a', '0']]) },
          { set, expected: new Map([['a', undefined]]) },
          { set, expected: new Map([['b', '1']]) },
          { set, expected: new Map([['empty', undefined]]) },
          { set, expected: new Map([['b', '']]) },
          { set, version: 2 },
        ]
        for (const patch of patches) {
          expect(await backend.patch(id, patch, 60_000)).toBe('conflict')
        }
        expect(await backend.read(id)).toEqual({ fields, version: 1 })
      }))

    test('patch with fitting expectations applies', () =>
      using(async (backend) => {
        const id = key()
        await backend.create(id, fieldsOf({ a: '1', empty: '' }), 60_000)
        const expected = new Map([
          ['a', '1'],
          ['empty', ''],
          ['b', undefined],
        ])
        expect(
          await backend.patch(id, { set: fieldsOf({ a: '2' }), expected, version: 1 }, 60_000),
        ).toBe('applied')
      }))

    test('touch writes its fields and leaves the version', () =>
      using(async (backend) => {
        const id = key()
        await backend.create(id, fieldsOf({ a: '1', seen: '1' }), 60_000)
        expect(await backend.touch(id, 1, fieldsOf({ seen: '2' }), 60_000)).toBe('applied')
        expect(await backend.read(id)).toEqual({
          fields: fieldsOf({ a: '1', seen: '2' }),
          version: 1,
        })
      }))

    test('touch leaves a record that was patched since', () =>
      using(async (backend) => {
        const id = key()
        await backend.create(id, fieldsOf({ a: '1' }), 60_000)
        await backend.patch(id, { set: fieldsOf({ a: '2' }) }, 60_000)
        expect(await backend.touch(id, 1, fieldsOf({ seen: '2' }), 60_000)).toBe('conflict')
        expect((await backend.read(id))?.fields).toEqual(fieldsOf({ a: '2' }))
      }))

    test('LO-03: destroy gives what it removed, and is no error twice', () =>
      using(async (backend) => {
        const id = key()
        await backend.create(id, fieldsOf({ a: '1' }), 60_000)
        expect(await backend.destroy(id)).toEqual({ fields: fieldsOf({ a: '1' }), version: 1 })
        expect(await backend.destroy(id)).toBeUndefined()
        expect(await backend.read(id)).toBeUndefined()
      }))

    test('RA-23: parallel patches of different fields lose none', () =>
      using(async (backend) => {
        const id = key()
        await backend.create(id, new Map(), 60_000)
        const names = Array.from({ length: 500 }, (_, index) => `f${index}`)
        await Promise.all(
          names.map((name) => backend.patch(id, { set: new Map([[name, name]]) }, 60_000)),
        )
        expect(await backend.read(id)).toEqual({
          fields: new Map(names.map((name) => [name, name])),
          version: 501,
        })
      }))

    test('RA-14: of parallel creates of one key exactly one makes the record', () =>
      using(async (backend) => {
        const id = key()
        const made = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            backend.create(id, fieldsOf({ a: `${index}` }), 60_000),
          ),
        )
        expect(made.filter(Boolean)).toHaveLength(1)
      }))

    test('RA-02: of parallel patches that expect the same text exactly one applies', () =>
      using(async (backend) => {
        const id = key()
        await backend.create(id, fieldsOf({ n: '0' }), 60_000)
        const outcomes = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            backend.patch(
              id,
              { set: fieldsOf({ n: `${index + 1}` }), expected: fieldsOf({ n: '0' }) },
              60_000,
            ),
          ),
        )
        expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1)
        expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(49)
      }))

    test('the index lists the records of one user, in pages, without those removed', () =>
      using(async (backend) => {
        const { index } = backend
        if (!index) return
        const [user, other] = [key(), key()]
        const keys = [key(), key(), key()]
        for (const one of keys) await index.add(user, one, 60_000)
        await index.add(other, key(), 60_000)
        await index.add(user, keys[0]!, 60_000)
        await index.remove(user, keys[1]!)
        await index.remove(user, keys[1]!)
        const listed = [...(await index.list(user, 0, 1)), ...(await index.list(user, 1, 10))]
        expect(listed.sort()).toEqual([keys[0]!, keys[2]!].sort())
      }))
  })
}

export function fieldsOf(fields: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(fields))
}

/** A key as stores make them. */
export function key(): string {
  return randomBytes(32).toString('base64url')
}
