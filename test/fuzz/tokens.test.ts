/* oxlint-disable vitest/no-conditional-expect -- a property holds for whatever comes out, a value or an error */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeyRing } from '../../src/sessions/cookie-store/key-ring.js'
import { EncryptedSeal, SignedSeal } from '../../src/sessions/cookie-store/seal.js'
import { isSessionId, newSessionId } from '../../src/sessions/session/session-id.js'
import { readPayload, writePayload } from '../../src/sessions/cookie-store/cookie-payload.js'
import { SessionOptionError } from '../../src/sessions/index.js'
import { newSecret } from '../sessions/secrets.js'
import { growth, MOST_GROWTH } from './growth.js'
import { FUZZ_TIMEOUT, isPrototypeClean, mutated, runs, text, wellFormed } from './runs.js'

const PURPOSE = { purpose: 'session-cookie', application: 'shop', name: 'sid' }
const FAULTS = ['malformed', 'unknown-version', 'unknown-key', 'tampered']
const CONTENT = Buffer.from('{"cart":["tea"]}')

describe.each([
  ['an encrypted token', EncryptedSeal],
  ['a signed token', SignedSeal],
])('%s', { timeout: FUZZ_TIMEOUT }, (_, Kind) => {
  const secret = newSecret()
  const made = (given: string | string[] = secret) => new Kind(new KeyRing(given, PURPOSE))

  test('that was changed in any way does not open, with a reason [TA-02, TA-03, TA-04, TA-16]', () => {
    const seal = made()
    const [one, other] = [seal.seal(CONTENT), seal.seal(Buffer.from('other'))]
    const changed = fc.oneof(
      mutated(one),
      mutated(one, fc.base64String({ maxLength: 8 })),
      // Parts of another valid token: its tag, its nonce, its text.
      fc
        .tuple(fc.nat(one.length), fc.nat(other.length))
        .map(([at, from]) => one.slice(0, at) + other.slice(from)),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => one.slice(0, 7) + toText(bytes)),
      fc.anything(),
    )
    fc.assert(
      fc.property(changed, (token) => {
        if (token === one || token === other) return
        expect(FAULTS).toContain(seal.unseal(token))
      }),
      runs(500),
    )
  })

  test('with any one bit flipped does not open', () => {
    const seal = made()
    const token = seal.seal(CONTENT)
    const bytes = Buffer.from(token.slice(7), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      const changed = token.slice(0, 7) + flipped.toString('base64url')
      expect(seal.unseal(changed)).toEqual('tampered')
    }
  })

  test('returns any bytes, with an old key too', () => {
    const newer = made([newSecret(), secret])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const token = made().seal(bytes)
        expect(token).toMatch(/^[\w-]+$/)
        expect(token).toHaveLength(made().lengthOf(bytes.length))
        const content = Buffer.from(bytes)
        expect(newer.unseal(token)).toEqual({ content, isOldKey: true })
      }),
      runs(100),
    )
  })

  test('takes time in proportion to its length, and an oversized one almost none [DS-03]', async () => {
    const seal = made()
    const forged = (size: number) => `${seal.seal(CONTENT).slice(0, 7)}${'A'.repeat(size)}`
    const ratio = await growth(500, (size) => {
      const tokens = [forged(size), `${'A'.repeat(size)}!`, '-'.repeat(size)]
      return () => tokens.forEach((token) => seal.unseal(token))
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
    expect(seal.unseal(forged(1_000_000))).toEqual('malformed')
  })
})

describe('the content of a cookie', { timeout: FUZZ_TIMEOUT }, () => {
  // A clock that was set back, and those of tests.
  const time = fc.oneof(fc.integer({ min: -4e12, max: 4e12 }), fc.integer({ min: 0, max: 300 }))
  // As `bind` makes sure.
  const whole = text.map(wellFormed)
  const metadata = fc.record(
    {
      createdAt: time,
      seenAt: time,
      authenticatedAt: time,
      lifetime: fc.integer({ min: 1, max: 400 * 86_400 }),
      userId: whole,
      label: whole,
      dataVersion: fc.integer({ min: 1, max: 2 ** 53 - 1 }),
      reach: time,
      epoch: whole,
    },
    { requiredKeys: ['createdAt', 'seenAt'] },
  )
  const name = fc.tuple(fc.constantFrom('d:', 'f:'), whole).map((parts) => parts.join(''))
  const fields = fc.array(fc.tuple(name, whole), { maxLength: 6 }).map((pairs) => new Map(pairs))
  const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toText)

  test('comes back unchanged, with any names and texts [TA-21]', () => {
    fc.assert(
      fc.property(id, metadata, fields, (its, times, given) => {
        const payload = { id: its, metadata: times, fields: given }
        const read = readPayload(writePayload(payload))
        expect(read && { ...read, fields: new Map(read.fields) }).toEqual(payload)
      }),
      runs(300),
    )
  })

  test('that we did not write is undefined, never an error [TA-17]', () => {
    const ours = writePayload({
      id: newSessionId(),
      metadata: { createdAt: 1, seenAt: 2, userId: 'ann' },
      fields: new Map([['d:a', '"b"']]),
    })
    const head = [...ours.subarray(0, 34)]
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      mutated(ours.toString('latin1')).map((given) => Buffer.from(given, 'latin1')),
      // Right up to the id, so that lengths and facts are read.
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from([...head, ...bytes])),
      fc.tuple(fc.oneof(fc.json(), text), fc.nat(300)).map(([facts, length]) => {
        return Buffer.concat([Buffer.from([...head, 2, 2, length & 127, 0]), Buffer.from(facts)])
      }),
    )
    fc.assert(
      fc.property(content, (given) => {
        const payload = readPayload(given)
        if (payload) {
          expect(typeof payload.id).toBe('string')
          expect(Number.isFinite(payload.metadata.createdAt + payload.metadata.seenAt)).toBe(true)
          for (const part of [...payload.fields].flat()) expect(typeof part).toBe('string')
        }
        expect(isPrototypeClean()).toBe(true)
      }),
      runs(500),
    )
  })

  test('takes time in proportion to its length', async () => {
    const ratio = await growth(2000, (size) => {
      const given = new Map(Array.from({ length: size }, (_, n) => [`d:${n}`, '"x"'] as const))
      const content = writePayload({
        id: newSessionId(),
        metadata: { createdAt: 1, seenAt: 1 },
        fields: given,
      })
      const head = content.subarray(0, 34)
      const broken = [255, 0, 127].map((byte) => Buffer.concat([head, Buffer.alloc(size, byte)]))
      return () => [content, ...broken].map(readPayload)
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })
})

describe('a key ring', { timeout: FUZZ_TIMEOUT }, () => {
  test('accepts good secrets, and refuses bad ones without showing them [LG-08]', () => {
    const good = fc.uint8Array({ minLength: 32, maxLength: 40 }).map(toText)
    const given = fc.oneof(
      fc.string({ unit: 'binary', minLength: 5, maxLength: 80 }),
      text,
      good,
      fc.array(fc.oneof(good, text, fc.anything()), { maxLength: 3 }),
      fc.anything(),
    )
    fc.assert(
      fc.property(given, text, (secrets, id) => {
        try {
          const ring = new KeyRing(secrets as string, PURPOSE)
          expect(ring.find(ring.newest.id)).toBe(ring.newest)
          expect(ring.find(`${id}.`)).toBeUndefined()
        } catch (error) {
          expect(error).toBeInstanceOf(SessionOptionError)
          const { message } = error as Error
          for (const secret of [secrets].flat()) {
            if (typeof secret === 'string' && secret.length > 20)
              expect(message).not.toContain(secret)
          }
        }
      }),
      runs(200),
    )
  })
})

describe('an id', { timeout: FUZZ_TIMEOUT }, () => {
  test('is valid only when it is 32 bytes in our encoding [TA-15]', () => {
    const id = newSessionId()
    fc.assert(
      fc.property(fc.oneof(mutated(id), text, fc.base64String(), fc.anything()), (given) => {
        const isOurs =
          typeof given === 'string' &&
          Buffer.from(given, 'base64url').length === 32 &&
          Buffer.from(given, 'base64url').toString('base64url') === given
        expect(isSessionId(given)).toBe(isOurs)
      }),
      runs(500),
    )
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(isSessionId(toText(bytes))).toBe(true)
      }),
      runs(100),
    )
  })
})

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
