import { describe, expect, it } from 'vitest'
import { isSessionId, newSessionId } from '../../../src/sessions/session/session-id.js'

describe('newSessionId', () => {
  it('gives 256 bits that do not repeat and are spread evenly [FX-07]', () => {
    const count = 20_000
    const ids = Array.from({ length: count }, newSessionId)
    expect(new Set(ids).size).toBe(count)
    const bytes = Buffer.concat(ids.map((id) => Buffer.from(id, 'base64url')))
    expect(bytes).toHaveLength(count * 32)
    const seen = new Uint32Array(256)
    for (const byte of bytes) seen[byte]! += 1
    const expected = bytes.length / 256
    const chiSquare = seen.reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0)
    // 255 degrees of freedom: beyond 400 one time in 10^8.
    expect(chiSquare).toBeLessThan(400)
  })
})

describe('isSessionId', () => {
  it('accepts what newSessionId makes', () => {
    for (let count = 0; count < 100; count++) expect(isSessionId(newSessionId())).toBe(true)
  })

  it('accepts one spelling of 32 bytes [R9]', () => {
    const id = Buffer.alloc(32, 1).toString('base64url')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const last of alphabet) {
      const other = id.slice(0, -1) + last
      const isCanonical = Buffer.from(other, 'base64url').toString('base64url') === other
      expect(isSessionId(other)).toBe(isCanonical)
    }
  })

  it('refuses everything else [TA-15, CP-22]', () => {
    const id = newSessionId()
    const others = [
      '',
      'x',
      id.slice(1),
      `${id}A`,
      `${id}=`,
      ` ${id}`,
      `${id}\n`,
      `../${id.slice(3)}`,
    ]
    others.push(`user:${id.slice(5)}`, `{}${id.slice(2)}`, `*${id.slice(1)}`, `%41${id.slice(3)}`)
    for (const other of others) expect(isSessionId(other)).toBe(false)
    for (const other of [undefined, null, 7, [id], { id }]) expect(isSessionId(other)).toBe(false)
  })
})
