/* oxlint-disable vitest/no-conditional-expect -- a property holds for whatever comes out, a value or an error */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CorruptRecordError,
  MemoryBackend,
  SessionUsageError,
  SessionStoreError,
  type Serializer,
} from '../../src/sessions/index.js'
import { readRecordText, writeRecordText } from '../../src/sessions/adapters/record-text.js'
import { Fields } from '../../src/sessions/session/fields.js'
import { metadataFields, noteFields, readRecord } from '../../src/sessions/session/record.js'
import { decode, encode } from '../../src/sessions/session/field-value.js'
import { growth, MOST_GROWTH } from './growth.js'
import { FUZZ_TIMEOUT, isPrototypeClean, mutated, runs, text } from './runs.js'

const pairs = fc.array(fc.tuple(text, text), { maxLength: 6 })
const fields = pairs.map((each) => new Map(each))

describe('the record of a session', { timeout: FUZZ_TIMEOUT }, () => {
  const LONG_AGO = { createdAt: 1, seenAt: 2 }
  const NAMES = ['createdAt', 'seenAt', 'authenticatedAt', 'lifetime', 'userId', 'label']
  const MORE = ['dataVersion', '__proto__', 'toString', 'other']
  const NOTES = ['n:replacedUntil', 'n:successor', 'n:predecessor', 'n:__proto__', 'm:layout']

  test('is read with every value of the right type, or counts as no record [PP-03, PP-04]', () => {
    const name = fc.constantFrom(...[...NAMES, ...MORE].map((each) => `m:${each}`), ...NOTES)
    const json = fc.oneof(fc.json({ maxDepth: 1 }), text, fc.constantFrom('1', '"x"', 'null'))
    const planted = fc.array(fc.tuple(fc.oneof(name, text), json), { maxLength: 5 })
    fc.assert(
      fc.property(planted, fc.boolean(), (given, hasTimes) => {
        const times = hasTimes ? metadataFields(LONG_AGO) : []
        const record = { version: 1, fields: new Map([...times, ...given]) }
        const read = attempt(() => readRecord(record))
        expect(isPrototypeClean()).toBe(true)
        if (!read) return
        const { metadata, notes } = read
        for (const time of ['createdAt', 'seenAt'] as const)
          expect(Number.isFinite(metadata[time])).toBe(true)
        const numbers = [metadata.authenticatedAt, metadata.lifetime, metadata.dataVersion]
        for (const number of [...numbers, notes.replacedUntil])
          if (number !== undefined) expect(Number.isFinite(number)).toBe(true)
        const texts = [metadata.userId, metadata.label, notes.successor, notes.predecessor]
        for (const each of texts) if (each !== undefined) expect(typeof each).toBe('string')
        for (const field of read.fields.keys()) expect(field).not.toMatch(/^[mn]:/)
      }),
      runs(800),
    )
  })

  /** Only a record of a newer layout must not count as missing. */
  function attempt<Value>(read: () => Value): Value | undefined {
    try {
      return read()
    } catch (error) {
      expect(error).toBeInstanceOf(SessionStoreError)
      expect((error as Error).message).toContain('a newer version of this library')
      return undefined
    }
  }

  test('comes back as it was written', () => {
    const time = fc.integer({ min: 0, max: 4e12 })
    // What `remember` takes: 1 second to 400 days.
    const lifetime = fc.integer({ min: 1, max: 400 * 86_400 })
    const metadata = fc.record(
      { createdAt: time, seenAt: time, authenticatedAt: time, lifetime, userId: text },
      { requiredKeys: ['createdAt', 'seenAt'] },
    )
    const notes = fc.record({ replacedUntil: time, successor: text }, { requiredKeys: [] })
    fc.assert(
      fc.property(metadata, notes, pairs, (times, noted, given) => {
        const own = new Map(given.map(([name, value]) => [`d:${name}`, value] as const))
        const record = new Map([...metadataFields(times), ...noteFields(noted), ...own])
        expect(readRecord({ fields: record, version: 7 })).toEqual({
          metadata: times,
          notes: noted,
          fields: own,
          version: 7,
        })
      }),
      runs(300),
    )
  })
})

describe('the text of a record in an adapted store', { timeout: FUZZ_TIMEOUT }, () => {
  test('is read, or is a CorruptRecordError without the text [PP-03]', () => {
    const ours = writeRecordText({ version: 1, expiresAt: 2, fields: new Map([['d:a', '"b"']]) })
    const given = fc.oneof(
      mutated(ours),
      fc.json().map((json) => `ingot:1:${json}`),
      fc.array(fc.oneof(fc.jsonValue({ maxDepth: 0 }), text)).map((parts) => {
        return `ingot:1:${JSON.stringify([1, 2, ...parts])}`
      }),
      fc.anything(),
    )
    fc.assert(
      fc.property(given, (stored) => {
        try {
          const { version, expiresAt, fields: read } = readRecordText(stored)
          expect(Number.isSafeInteger(version) && Number.isFinite(expiresAt)).toBe(true)
          for (const part of [...read].flat()) expect(typeof part).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptRecordError)
          expect((error as Error).message).toBe(
            'The store holds something else than a session under the key of a session',
          )
          expect((error as Error).cause).toBeUndefined()
        }
        expect(isPrototypeClean()).toBe(true)
      }),
      runs(500),
    )
  })

  test('comes back as it was written, with half surrogate pairs and __proto__', () => {
    fc.assert(
      fc.property(fields, fc.maxSafeNat(), fc.maxSafeNat(), (given, patches, expiresAt) => {
        const version = Math.max(patches, 1)
        const record = { version, expiresAt, fields: given }
        expect(readRecordText(writeRecordText(record))).toEqual(record)
      }),
      runs(300),
    )
  })

  test('takes time in proportion to its length', async () => {
    const ratio = await growth(2000, (size) => {
      const given = new Map(Array.from({ length: size }, (_, n) => [`d:${n}`, '"\\"'] as const))
      const whole = writeRecordText({ version: 1, expiresAt: 1, fields: given })
      const broken = [`ingot:1:${'['.repeat(size)}`, `ingot:1:["${'\\u0000'.repeat(size)}`]
      return () => [whole, ...broken].map(readOrNot)
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })

  function readOrNot(stored: string): unknown {
    try {
      return readRecordText(stored)
    } catch {
      return undefined
    }
  }
})

describe('the fields of a session', { timeout: FUZZ_TIMEOUT }, () => {
  test('read from any texts give a value or an error with only the path [LG-02, PP-05]', () => {
    const stored = fc.array(fc.tuple(text, fc.json()), { maxLength: 5 })
    fc.assert(
      fc.property(stored, (given) => {
        const texts = new Map(given.map(([key, value]) => [`d:${key}`, value] as const))
        const opened = new Fields(texts)
        for (const [field, json] of texts) expect(opened.get(field)).toEqual(JSON.parse(json))
        expect(opened.names).toEqual([...texts.keys()])
        expect(opened.get('__proto__')).toBeUndefined()
        expect(isPrototypeClean()).toBe(true)
      }),
      runs(200),
    )
    fc.assert(
      fc.property(text, text, (path, given) => {
        try {
          expect(decode(given, path, undefined)).toEqual(JSON.parse(given))
        } catch (error) {
          expect(error).toMatchObject({ code: 'SESSION_DATA' })
          expect((error as Error).message).toBe(
            `cannot read the stored session value '${printable(path)}' back: its text is damaged.`,
          )
          expect((error as Error).cause).toBeUndefined()
        }
      }),
      runs(300),
    )
  })

  test('return any value exactly, or refuse it with its path [TY-14]', () => {
    const value = fc.anything({
      key: text,
      values: [fc.boolean(), fc.double(), fc.constant(-0), fc.constant(null), text],
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
    })
    let carried = 0
    fc.assert(
      fc.property(value, text, (given, key) => {
        try {
          const encoded = encode(given, key, undefined)
          // Redis and cookies carry bytes of UTF-8.
          const back = decode(Buffer.from(encoded).toString(), key, undefined)
          expect(back).toEqual(given)
          expect(encode(back, key, undefined)).toBe(encoded)
          carried += 1
        } catch (error) {
          expect(error).toMatchObject({ code: 'SESSION_VALUE' })
          expect((error as SessionUsageError).path?.startsWith(key)).toBe(true)
        }
        expect(isPrototypeClean()).toBe(true)
      }),
      runs(800),
    )
    expect(carried).toBeGreaterThan(100)
  })

  test('with a broken serializer are refused with their path', () => {
    const answer = fc.oneof(
      fc.anything().map((given) => () => given),
      fc.constant(() => {
        throw new Error('no')
      }),
    )
    fc.assert(
      fc.property(answer, answer, text, (stringify, parse, path) => {
        const serializer = { stringify, parse } as Serializer
        try {
          expect(encode({}, path, serializer)).not.toMatch(/\p{Surrogate}/u)
        } catch (error) {
          expect(error).toMatchObject({ code: 'SESSION_VALUE' })
          expect(error).toMatchObject({ path })
        }
        try {
          decode('x', path, serializer)
        } catch (error) {
          expect(error).toMatchObject({ code: 'SESSION_DATA' })
        }
      }),
      runs(200),
    )
  })

  test('take time in proportion to their size', async () => {
    const ratio = await growth(1000, (size) => {
      const list = Array.from({ length: size }, (_, n) => ({ n, text: '\ud800"'.repeat(4) }))
      return () => {
        const opened = new Fields(new Map())
        for (const [index, each] of list.entries()) opened.set(`d:${index}`, each)
        opened.set('d:list', list)
        opened.mark()
        opened.saved()
        return opened.changes()
      }
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })
})

describe('a MemoryBackend', { timeout: FUZZ_TIMEOUT }, () => {
  test('keeps any fields under any key, separate from all others [PP-04]', async () => {
    await fc.assert(
      fc.asyncProperty(text, fields, fields, async (key, given, more) => {
        const backend = new MemoryBackend()
        expect(await backend.create(key, given, 1000)).toBe(true)
        expect(await backend.patch(key, { set: more, deleted: [] as never }, 1000)).toBe('landed')
        const expected = { fields: new Map([...given, ...more]), version: 2 }
        const read = await backend.read(key)
        ;(read!.fields as Map<string, string>).clear()
        expect(await backend.read(key)).toEqual(expected)
      }) as never,
      runs(100),
    )
  })
})

/** A key as messages show it: on one line, and not longer than 400 characters. */
function printable(key: string): string {
  const short = key.length > 400 ? `${key.slice(0, 400)}…` : key
  return short.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
