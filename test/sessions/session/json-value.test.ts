import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJsonText } from '../../../src/sessions/session/json-value.js'

const refusal = (path: string, reason: string) =>
  `cannot store session value '${path}': ${reason}. ` +
  'Store JSON values only, or give the store a serializer that carries this type.'

function refused(value: unknown): string {
  try {
    return `accepted as ${toJsonText(value, 'cart')}`
  } catch (error) {
    return (error as Error).message
  }
}

const withHole = Object.assign([1], { 2: 3 })

class Money {
  amount = 1
}

describe('toJsonText', () => {
  it('R12: gives text from which the same value comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!hasNegativeZero(value))
        expect(JSON.parse(toJsonText(value, 'cart'))).toEqual(value)
      }),
    )
  })

  it('TY-14: carries lone surrogates, line separators, NUL, emoji and right-to-left text', () => {
    for (const text of ['\ud83d', '\u2028', '\u0000', '😀', 'שלום', '𝔘']) {
      expect(JSON.parse(toJsonText({ [text]: text }, 'cart'))).toEqual({ [text]: text })
    }
  })

  it.each([
    ['TY-01: a Date', new Date(0), 'cart', 'JSON does not carry an instance of Date'],
    ['TY-02: a BigInt', { n: 1n }, 'cart.n', 'JSON cannot carry a bigint'],
    ['TY-03: undefined in an array', [undefined], 'cart[0]', 'JSON cannot carry undefined'],
    ['TY-04: NaN', { n: [Number.NaN] }, 'cart.n[0]', 'JSON turns NaN into null'],
    ['TY-04: Infinity', -Infinity, 'cart', 'JSON turns -Infinity into null'],
    ['TY-04: -0', -0, 'cart', 'JSON turns -0 into 0'],
    [
      'TY-04: an invalid Date',
      new Date(Number.NaN),
      'cart',
      'JSON does not carry an instance of Date',
    ],
    ['TY-05: a Map', new Map(), 'cart', 'JSON does not carry an instance of Map'],
    ['TY-05: a Set', new Set(), 'cart', 'JSON does not carry an instance of Set'],
    ['TY-05: a Buffer', Buffer.from('a'), 'cart', 'JSON does not carry an instance of Buffer'],
    [
      'TY-05: a Uint8Array',
      new Uint8Array(1),
      'cart',
      'JSON does not carry an instance of Uint8Array',
    ],
    ['TY-05: an Error', new Error('no'), 'cart', 'JSON does not carry an instance of Error'],
    ['TY-05: a RegExp', /a/, 'cart', 'JSON does not carry an instance of RegExp'],
    [
      'TY-05: an instance of a class',
      { m: new Money() },
      'cart.m',
      'JSON does not carry an instance of Money',
    ],
    ['TY-05: a boxed number', Object(1), 'cart', 'JSON does not carry an instance of Number'],
    ['TY-06: a function', { f: () => 1 }, 'cart.f', 'JSON cannot carry a function'],
    ['TY-06: a symbol', Symbol('s'), 'cart', 'JSON cannot carry a symbol'],
    [
      'a property that is not enumerable',
      Object.defineProperty({}, 'price', { value: 1 }),
      'cart.price',
      'JSON drops properties that are not enumerable',
    ],
    ['TY-06: a symbol as key', { [Symbol('s')]: 1 }, 'cart', 'JSON drops keys that are symbols'],
    [
      'TY-08: a toJSON of its own',
      { toJSON: () => 1 },
      'cart.toJSON',
      'JSON cannot carry a function',
    ],
    [
      'TY-17: a sparse array',
      withHole,
      'cart',
      'JSON does not carry the holes or extra properties of an array',
    ],
    [
      'TY-17: an array with more',
      Object.assign([1], { extra: 1 }),
      'cart',
      'JSON does not carry the holes or extra properties of an array',
    ],
    [
      'TY-17: an array with index -1',
      Object.assign([1], { [-1]: 1 }),
      'cart',
      'JSON does not carry the holes or extra properties of an array',
    ],
  ])('%s is refused with its path', (_, value, path, reason) => {
    expect(refused(value)).toBe(refusal(path, reason))
  })

  it('an instance of an array class is refused', () => {
    class List extends Array {}
    expect(refused(List.of(1))).toBe(
      refusal('cart', 'JSON turns an instance of List into a plain array'),
    )
  })

  it('TY-03: undefined as a property is dropped, as JSON does', () => {
    expect(toJsonText({ a: undefined, b: 1 }, 'cart')).toBe('{"b":1}')
  })

  it('TY-07: a value that contains itself is refused, one that occurs twice is not', () => {
    const cycle: unknown[] = []
    cycle.push({ cycle })
    expect(refused(cycle)).toBe(refusal('cart[0].cycle', 'it contains itself'))
    const shared = { n: 1 }
    expect(toJsonText([shared, shared], 'cart')).toBe('[{"n":1},{"n":1}]')
  })

  it('TY-08: a getter or a proxy that throws is refused, and its message is not passed on', () => {
    const throws = {
      a: {
        get b() {
          throw new Error('4111')
        },
      },
    }
    expect(refused(throws)).toBe(refusal('cart', 'reading it threw an error'))
    const hostile = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('4111')
        },
      },
    )
    expect(refused({ hostile })).toBe(refusal('cart', 'reading it threw an error'))
  })

  it('TY-09: nesting of 100,000 levels is refused, 100 are carried', () => {
    const nested = (levels: number) => {
      let value: unknown = 1
      for (let level = 0; level < levels; level++) value = [value]
      return value
    }
    expect(JSON.parse(toJsonText(nested(100), 'cart'))).toEqual(nested(100))
    expect(refused(nested(100_000))).toBe(
      refusal(`cart${'[0]'.repeat(100)}`, 'it is nested deeper than 100 levels'),
    )
  })

  it('PP-01: a nested "__proto__" comes back as a plain property', () => {
    const planted = JSON.parse('{"__proto__":{"isAdmin":true}}')
    const back = JSON.parse(toJsonText(planted, 'cart'))
    expect(Object.hasOwn(back, '__proto__')).toBe(true)
    expect(back.isAdmin).toBeUndefined()
  })
})

function hasNegativeZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasNegativeZero)
  return Object.is(value, -0)
}
