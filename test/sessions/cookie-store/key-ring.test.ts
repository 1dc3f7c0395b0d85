import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { KeyRing } from '../../../src/sessions/cookie-store/key-ring.js'
import { newSecret, secretText } from '../secrets.js'

const purpose = { purpose: 'session-cookie', application: 'shop', name: 'sid' }
const MAKE_ONE = `Make one, and keep it in the environment: node -p "crypto.randomBytes(32).toString('hex')"`
const ring = (secret: unknown) => new KeyRing(secret as string, purpose)

describe('KeyRing', () => {
  it.each([
    ['undefined', undefined, `is missing. ${MAKE_ONE}`],
    ['null', null, `is missing. ${MAKE_ONE}`],
    ['an empty list', [], `is missing. ${MAKE_ONE}`],
    ['a number', 7, `is missing. ${MAKE_ONE}`],
    ['bytes', [Buffer.alloc(32)], 'must be text.'],
    ['an empty text', '', `has 0 bytes and needs at least 32 random ones. ${MAKE_ONE}`],
  ])('refuses %s [KR-01]', (_, secret, reason) => {
    expect(() => ring(secret)).toThrow(`the session option 'secret' ${reason}`)
  })

  it.each([
    [
      '31 bytes',
      newSecret().slice(0, 31),
      `has 31 bytes and needs at least 32 random ones. ${MAKE_ONE}`,
    ],
    ['one repeated byte', 'x'.repeat(64), `repeats a few characters. ${MAKE_ONE}`],
    ['two repeated characters', 'ab'.repeat(32), `repeats a few characters. ${MAKE_ONE}`],
    ['keyboard cat', `keyboard cat ${'0123456789'.repeat(3)}`, `is a placeholder. ${MAKE_ONE}`],
    ['change me', 'please-change-me-before-going-live', `is a placeholder. ${MAKE_ONE}`],
  ])('refuses %s [KR-02]', (_, secret, reason) => {
    expect(() => ring(secret)).toThrow(`the session option 'secret' ${reason}`)
  })

  it.each([
    'CHANGE-ME',
    'ChangeMe',
    'change_me',
    'Change Me',
    'replace-me',
    'REPLACE_THIS',
    'replace this',
    'your-secret',
    'YOUR_SECRET',
    'yoursecret',
    'keyboard-cat',
    'Keyboard Cat',
    'default-secret',
    'DefaultSecret',
    'some_secret',
    'SOMESECRET',
    'placeholder',
    'PLACEHOLDER',
  ])('refuses the placeholder %j, wherever it stands [KR-02]', (word) => {
    const random = newSecret()
    for (const secret of [`${word}-${random}`, `${random}-${word}`, random + word + random]) {
      expect(() => ring(secret)).toThrow(
        `the session option 'secret' is a placeholder. ${MAKE_ONE}`,
      )
    }
  })

  it('counts bytes, not characters, and takes exactly 32 [KR-02]', () => {
    expect(() => ring('äöüßéèêëàáâãåæçñ')).not.toThrow()
    expect(() => ring('äöüßéèêëàáâãåæç1')).toThrow(
      `has 31 bytes and needs at least 32 random ones. ${MAKE_ONE}`,
    )
    expect(() => ring(newSecret().slice(0, 32))).not.toThrow()
  })

  it('takes five different characters for random, and four not [KR-02]', () => {
    expect(() => ring('abcde'.repeat(7))).not.toThrow()
    expect(() => ring('abcd'.repeat(8))).toThrow(`repeats a few characters. ${MAKE_ONE}`)
  })

  it('refuses white space around a secret, which two servers would read differently [KR-03]', () => {
    expect(() => ring(`${newSecret()}\n`)).toThrow(
      "the session option 'secret' begins or ends with white space; remove it.",
    )
  })

  it('says which of several secrets is refused, and never its text (LG-08)', () => {
    const secret = 'a-short-one'
    expect(() => ring([newSecret(), secret])).toThrow(
      `the session option 'secret' (number 2) has 11 bytes and needs at least 32 random ones. ${MAKE_ONE}`,
    )
    const same = newSecret()
    expect(() => ring([same, same])).toThrow(
      "the session option 'secret' lists the same secret twice.",
    )
  })

  it('makes other keys for another purpose, application or name [KR-08, TA-22]', () => {
    const secret = newSecret()
    const keys = [
      purpose,
      { ...purpose, purpose: 'csrf' },
      { ...purpose, application: 'admin' },
      { ...purpose, name: 'other' },
      { ...purpose, application: 'sho', name: 'psid' },
    ].map((each) => new KeyRing(secret, each).newest)
    expect(new Set(keys.map((key) => key.secret.export().toString('hex'))).size).toBe(5)
    expect(new Set(keys.map((key) => key.id)).size).toBe(5)
  })

  it('finds a key by its id and no other [KR-07]', () => {
    const keys = ring([newSecret(), newSecret()])
    expect(keys.find(keys.newest.id)).toBe(keys.newest)
    expect(keys.find('AAAAAA')).toBeUndefined()
  })

  it('shows no key [KR-11]', () => {
    const secret = newSecret()
    const keys = ring(secret)
    const bytes = keys.newest.secret.export()
    const shown = [
      inspect(keys, { showHidden: true, getters: true, depth: 9 }),
      JSON.stringify(keys),
      String(keys),
    ].join()
    for (const hidden of [
      secret,
      bytes.toString('hex'),
      bytes.toString('base64'),
      secretText(bytes),
    ]) {
      expect(shown).not.toContain(hidden)
    }
  })
})
