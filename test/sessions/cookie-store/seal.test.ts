import { createCipheriv, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyRing } from '../../../src/sessions/cookie-store/key-ring.js'
import { EncryptedSeal, SignedSeal, type Seal } from '../../../src/sessions/cookie-store/seal.js'
import { newSecret } from '../secrets.js'

const purpose = { purpose: 'session-cookie', application: 'shop', name: 'sid' }
const content = Buffer.from('{"user":"ada"}')

describe.each([
  ['EncryptedSeal', EncryptedSeal],
  ['SignedSeal', SignedSeal],
])('%s', (_, Kind) => {
  const made = (secret: string | string[] = newSecret(), more = {}): Seal =>
    new Kind(new KeyRing(secret, { ...purpose, ...more }))

  it('opens what it made', () => {
    const seal = made()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const unsealed = seal.unseal(seal.seal(bytes))
        expect(unsealed).toEqual({ content: Buffer.from(bytes), isOldKey: false })
      }),
    )
  })

  it('knows the length of a token before it is made', () => {
    const seal = made()
    for (let size = 0; size < 10; size++) {
      expect(seal.lengthOf(size)).toBe(seal.seal(Buffer.alloc(size)).length)
    }
  })

  it('refuses every truncation [TA-02]', () => {
    const seal = made()
    const token = seal.seal(content)
    for (let length = 0; length < token.length; length++) {
      expect(opens(seal, token.slice(0, length))).toBe(false)
    }
  })

  it('refuses everything appended [TA-03]', () => {
    const seal = made()
    const token = seal.seal(content)
    for (let byte = 0; byte < 256; byte++) {
      expect(opens(seal, token + String.fromCharCode(byte))).toBe(false)
    }
    for (const more of ['.', '--', token, `.${token}`, '=', '==']) {
      expect(seal.unseal(token + more)).toEqual(expect.any(String))
    }
  })

  it('accepts one spelling of a token [R9]', () => {
    const seal = made()
    const token = seal.seal(Buffer.from('ab'))
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let position = 0; position < token.length; position++) {
      for (const character of alphabet) {
        const other = token.slice(0, position) + character + token.slice(position + 1)
        expect(opens(seal, other)).toBe(other === token)
      }
    }
  })

  it('refuses one token with the end of another [TA-04]', () => {
    const seal = made()
    const [one, other] = [seal.seal(content), seal.seal(Buffer.from('{"user":"eve"}'))]
    for (let length = 8; length < one.length; length++) {
      const mixed = one.slice(0, length) + other.slice(length)
      expect(opens(seal, mixed)).toBe(mixed === one || mixed === other)
    }
  })

  it('refuses a token of another purpose, application or cookie name [TA-05, TA-22]', () => {
    const secret = newSecret()
    const token = made(secret).seal(content)
    for (const other of [{ purpose: 'csrf' }, { application: 'admin' }, { name: 'other' }]) {
      const seal = made(secret, other)
      expect(seal.unseal(token)).toBe('unknown-key')
      // Not by the name of the key alone.
      const renamed = token[0] + seal.seal(content).slice(1, 7) + token.slice(7)
      expect(seal.unseal(renamed)).toBe('tampered')
    }
  })

  it('refuses a token without a signature, or of another version [TA-08, TA-11]', () => {
    const seal = made()
    const token = seal.seal(content)
    for (const version of ['', '0', 'A', 'n', '~', 'e1', 's1', '\u00ff']) {
      expect(opens(seal, version + token.slice(1))).toBe(false)
    }
    expect(seal.unseal(`Z${token.slice(1)}`)).toBe('unknown-version')
    for (const none of ['', 'undefined', 'none', token.slice(0, 7)]) {
      expect(opens(seal, none)).toBe(false)
    }
  })

  it('refuses what is no text, and what is too long, before any cryptography [TA-16]', () => {
    const seal = made()
    const odd = [null, undefined, 7, {}, [], Buffer.from('x'), ['x'], 'A'.repeat(1_000_000)]
    for (const token of odd) expect(seal.unseal(token)).toBe('malformed')
  })

  it('takes tokens of up to 4,096 characters, and nothing longer [TA-16]', () => {
    const seal = made()
    const lengths = new Map<number, boolean>()
    for (let size = 3000; size < 3100; size++) {
      const token = seal.seal(Buffer.alloc(size))
      lengths.set(token.length, opens(seal, token))
    }
    // No number of bytes makes a token of 4,096 characters.
    expect([...lengths.keys()]).toEqual(expect.arrayContaining([4095, 4097]))
    for (const [length, isOpened] of lengths)
      expect([length, isOpened]).toEqual([length, length <= 4096])
  })

  it('never throws [R10]', () => {
    const seal = made()
    const token = seal.seal(content)
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.string().map((tail) => token.slice(0, 10) + tail),
    )
    fc.assert(
      fc.property(fc.oneof(text, fc.anything()), (given) => {
        expect(opens(seal, given)).toBe(false)
      }),
      { numRuns: 50 },
    )
  })

  it('opens with an old key and says so [KR-04, KR-09]', () => {
    const [older, newer] = [newSecret(), newSecret()]
    const token = made(older).seal(content)
    expect(made([newer, older]).unseal(token)).toEqual({ content, isOldKey: true })
    expect(made([older, newer]).unseal(token)).toEqual({ content, isOldKey: false })
    expect(opens(made([older, newer]), made([newer, older]).seal(content))).toBe(true)
  })

  it('refuses a token whose key was removed [KR-06]', () => {
    expect(made().unseal(made().seal(content))).toBe('unknown-key')
  })

  it('refuses a token under the id of another valid key [KR-07]', () => {
    const secrets = Array.from({ length: 30 }, newSecret)
    const seal = made(secrets)
    const token = seal.seal(content)
    for (const secret of secrets.slice(1)) {
      const { id } = new KeyRing(secret, purpose).newest
      expect(seal.unseal(token[0] + id + token.slice(7))).toBe('tampered')
    }
  })
})

/** Whether a token is one of the seal's own. */
function opens(seal: Seal, token: unknown): boolean {
  return typeof seal.unseal(token) !== 'string'
}

describe('EncryptedSeal alone', () => {
  it.each([4, 8, 12, 13, 14, 15])('refuses a tag of %s bytes [TA-10]', (size) => {
    const keys = new KeyRing(newSecret(), purpose)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', keys.newest.secret, nonce, { authTagLength: size })
    const body = [nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]
    const token = `e${keys.newest.id}${Buffer.concat(body).toString('base64url')}`
    expect(new EncryptedSeal(keys).unseal(token)).toBe('tampered')
  })

  it('shows nothing of the content', () => {
    const seal = new EncryptedSeal(new KeyRing(newSecret(), purpose))
    const body = Buffer.from(seal.seal(content).slice(7), 'base64url')
    expect(body.includes('ada')).toBe(false)
  })

  it('never uses a nonce twice [TA-23]', () => {
    const seal = new EncryptedSeal(new KeyRing(newSecret(), purpose))
    const nonces = Array.from({ length: 5000 }, () => seal.seal(content).slice(7, 23))
    expect(new Set(nonces).size).toBe(nonces.length)
  })

  it('refuses a nonce of another length [TA-10]', () => {
    const keys = new KeyRing(newSecret(), purpose)
    const seal = new EncryptedSeal(keys)
    for (const size of [1, 8, 11, 13, 16]) {
      const nonce = randomBytes(size)
      const cipher = createCipheriv('aes-256-gcm', keys.newest.secret, nonce)
      const body = [nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]
      const token = `e${keys.newest.id}${Buffer.concat(body).toString('base64url')}`
      expect(seal.unseal(token)).toBe('tampered')
    }
  })
})
