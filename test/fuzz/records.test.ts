/* oxlint-disable vitest/no-conditional-expect -- a property holds for whatever comes out, a value or an error */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  MemoryBackend,
  SessionUsageError,
  SessionStoreError,
  type Serializer,
} from '../../src/sessions/index.js'
import { Fields } from '../../src/sessions/session/fields.js'
import {
  readRecord,
  RecordDraft,
  withSeenAt,
  writeRecord,
} from '../../src/sessions/session/record.js'
import { packNumber, packTime } from '../../src/sessions/session/packed-fields.js'
import { decode, encode } from '../../src/sessions/session/field-texts.js'
import { growth, MOST_GROWTH } from './growth.js'
import { FUZZ_TIMEOUT, isPrototypeClean, mutated, runs, text } from './runs.js'

const field = fc.tuple(fc.constantFrom('d:', 'f:'), text).map((parts) => parts.join(''))
const pairs = fc.array(fc.tuple(field, text), { maxLength: 6 })
const fields = pairs.map((each) => new Map(each))

describe('the text of a record', { timeout: FUZZ_TIMEOUT }, () => {
  const time = fc.integer({ min: -4e12, max: 4e12 })
  const seenAts = fc.integer({ min: 0, max: 4e12 })
  const metadata = fc.record(
    {
      createdAt: time,
      seenAt: seenAts,
      authenticatedAt: time,
      // What `remember` takes: 1 second to 400 days.
      lifetime: fc.integer({ min: 1, max: 400 * 86_400 }),
      dataVersion: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      userId: text,
      label: text,
      epoch: text,
      reach: time,
    },
    { requiredKeys: ['createdAt', 'seenAt'] },
  )
  const notes = fc.record(
    { replacedUntil: time, successor: text, predecessor: text },
    { requiredKeys: [] },
  )
  const content = fc.record({ metadata, notes, fields })

  test('is read with every value of the right type, or counts as no record [PP-03, PP-04]', () => {
    const given = fc.oneof(
      content.chain((one) => mutated(writeRecord(one))),
      text,
      fc.json(),
      text.map((one) => `11700000000000${one}`),
      text.map((one) => `11700000000000${packTime(1.7e12)}!${one}`),
      fc.array(fc.tuple(fc.nat(9), fc.nat(9), text)).map((parts) => {
        const packed = parts.map(([name, own, each]) => packNumber(name) + packNumber(own) + each)
        return `11700000000000${packTime(1.7e12)}!${packed.join('')}`
      }),
    )
    let read = 0
    fc.assert(
      fc.property(given, (stored) => {
        const record = attempt(() => readRecord({ text: stored, version: 1 }))
        expect(isPrototypeClean()).toBe(true)
        if (!record) return
        read += 1
        const { createdAt, seenAt, ...more } = record.metadata
        const { authenticatedAt = 0, lifetime = 1, dataVersion = 1, userId = '', label = '' } = more
        const { replacedUntil = 0, successor = '', predecessor = '' } = record.notes
        const numbers = [createdAt, seenAt, authenticatedAt, lifetime, dataVersion, replacedUntil]
        for (const number of numbers) expect(Number.isSafeInteger(number)).toBe(true)
        for (const each of [userId, label, successor, predecessor])
          expect(each).toBeTypeOf('string')
        expect([...record.fields].length).toBe(record.fields.size)
        for (const name of record.fields.keys()) expect(record.fields.has(name)).toBe(true)
        // Nothing of the text is left over: it is what would be written.
        expect(writeRecord(record).length).toBeLessThanOrEqual(stored.length)
      }),
      runs(1500),
    )
    expect(read).toBeGreaterThan(20)
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
    fc.assert(
      fc.property(content, seenAts, (given, seenAt) => {
        const written = { text: writeRecord(given), version: 7 }
        const read = readRecord(written)
        expect(read).toMatchObject({ ...written, metadata: given.metadata, notes: given.notes })
        expect([...read!.fields]).toEqual([...given.fields])
        for (const [name, own] of given.fields) expect(read!.fields.get(name)).toBe(own)
        // Noting activity changes the first 14 characters, and nothing else.
        const touched = withSeenAt(written, { ...given.metadata, seenAt })
        expect(touched.slice(14)).toBe(written.text.slice(14))
        expect(readRecord({ text: touched, version: 7 })?.metadata.seenAt).toBe(seenAt)
      }),
      runs(300),
    )
  })

  test('with some fields changed is the text of the changed fields', () => {
    const changes = fc
      .array(fc.tuple(field, fc.option(text, { nil: undefined })), { maxLength: 12 })
      .map((each) => new Map(each))
    fc.assert(
      fc.property(content, changes, fc.boolean(), (given, changed, isCleared) => {
        const known = readRecord({ text: writeRecord(given), version: 1 })!
        const texts = new Map([...changed, ...[...given.fields.keys()].slice(1).map(remove)])
        const draft = new RecordDraft(known, { texts, isCleared })
        const expected = new Map(isCleared ? [] : given.fields)
        for (const [name, own] of texts) {
          if (own === undefined) expected.delete(name)
          else expected.set(name, own)
        }
        const written = readRecord({ text: draft.text, version: 2 })!
        expect(new Map(written.fields)).toEqual(expected)
        expect(written.metadata).toEqual(known.metadata)
      }),
      runs(300),
    )
  })

  const remove = (name: string) => [name, undefined] as const

  test('takes time in proportion to its length', async () => {
    const ratio = await growth(2000, (size) => {
      const given = new Map(Array.from({ length: size }, (_, n) => [`d:${n}`, '"\\"'] as const))
      const whole = writeRecord({ metadata: { createdAt: 1, seenAt: 1 }, notes: {}, fields: given })
      const broken = [whole.slice(0, -1), `${whole}${'9'.repeat(size)}`]
      return () => {
        for (const each of [whole, ...broken]) readRecord({ text: each, version: 1 })
        const known = readRecord({ text: whole, version: 1 })!
        const texts = new Map([...given.keys()].map((name) => [name, '1'] as const))
        return new RecordDraft(known, { texts }).text
      }
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })
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
  test('keeps any text under any key, separate from all others [PP-04]', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, text, async (key, given, next) => {
        const backend = new MemoryBackend()
        expect(await backend.create(key, given, 1000)).toBe(true)
        expect(await backend.replace(key, 1, next, 1000)).toBe('applied')
        expect(await backend.read(key)).toEqual({ text: next, version: 2 })
        expect(await backend.read(`${key} other`)).toBeUndefined()
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
