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
  it('gives text from which the same value comes back [R12]', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!hasNegativeZero(value))
        expect(JSON.parse(toJsonText(value, 'cart'))).toEqual(value)
      }),
    )
  })

  it('says what to do with a promise, which no serializer carries', () => {
    for (const value of [Promise.resolve(1), [Promise.resolve(1)]])
      expect(refused(value)).toMatch(
        /^cannot store session value 'cart(?:\[0\])?': it is a promise\. Await it before it is set\.$/,
      )
  })

  it('carries lone surrogates, line separators, NUL, emoji and right-to-left text [TY-14]', () => {
    for (const text of ['\ud83d', '\u2028', '\u0000', '😀', 'שלום', '𝔘']) {
      expect(JSON.parse(toJsonText({ [text]: text }, 'cart'))).toEqual({ [text]: text })
    }
  })

  it.each([
    ['a Date [TY-01]', new Date(0), 'cart', 'JSON does not carry an instance of Date'],
    ['a BigInt [TY-02]', { n: 1n }, 'cart.n', 'JSON cannot carry a bigint'],
    ['undefined in an array [TY-03]', [undefined], 'cart[0]', 'JSON cannot carry undefined'],
    ['NaN [TY-04]', { n: [Number.NaN] }, 'cart.n[0]', 'JSON turns NaN into null'],
    ['Infinity [TY-04]', -Infinity, 'cart', 'JSON turns -Infinity into null'],
    ['-0 [TY-04]', -0, 'cart', 'JSON turns -0 into 0'],
    [
      'an invalid Date [TY-04]',
      new Date(Number.NaN),
      'cart',
      'JSON does not carry an instance of Date',
    ],
    ['a Map [TY-05]', new Map(), 'cart', 'JSON does not carry an instance of Map'],
    ['a Set [TY-05]', new Set(), 'cart', 'JSON does not carry an instance of Set'],
    ['a Buffer [TY-05]', Buffer.from('a'), 'cart', 'JSON does not carry an instance of Buffer'],
    [
      'a Uint8Array [TY-05]',
      new Uint8Array(1),
      'cart',
      'JSON does not carry an instance of Uint8Array',
    ],
    ['an Error [TY-05]', new Error('no'), 'cart', 'JSON does not carry an instance of Error'],
    ['a RegExp [TY-05]', /a/, 'cart', 'JSON does not carry an instance of RegExp'],
    [
      'an instance of a class [TY-05]',
      { m: new Money() },
      'cart.m',
      'JSON does not carry an instance of Money',
    ],
    ['a boxed number [TY-05]', Object(1), 'cart', 'JSON does not carry an instance of Number'],
    ['a function [TY-06]', { f: () => 1 }, 'cart.f', 'JSON cannot carry a function'],
    ['a symbol [TY-06]', Symbol('s'), 'cart', 'JSON cannot carry a symbol'],
    [
      'a property that is not enumerable',
      Object.defineProperty({}, 'price', { value: 1 }),
      'cart.price',
      'JSON drops properties that are not enumerable',
    ],
    ['a symbol as key [TY-06]', { [Symbol('s')]: 1 }, 'cart', 'JSON drops keys that are symbols'],
    [
      'a toJSON of its own [TY-08]',
      { toJSON: () => 1 },
      'cart.toJSON',
      'JSON cannot carry a function',
    ],
    [
      'a sparse array [TY-17]',
      withHole,
      'cart',
      'JSON does not carry the holes or extra properties of an array',
    ],
    [
      'an array with more [TY-17]',
      Object.assign([1], { extra: 1 }),
      'cart',
      'JSON does not carry the holes or extra properties of an array',
    ],
    [
      'an array with index -1 [TY-17]',
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

  it('undefined as a property is dropped, as JSON does [TY-03]', () => {
    expect(toJsonText({ a: undefined, b: 1 }, 'cart')).toBe('{"b":1}')
  })

  it('a value that contains itself is refused, one that occurs twice is not [TY-07]', () => {
    const cycle: unknown[] = []
    cycle.push({ cycle })
    expect(refused(cycle)).toBe(refusal('cart[0].cycle', 'it contains itself'))
    const shared = { n: 1 }
    expect(toJsonText([shared, shared], 'cart')).toBe('[{"n":1},{"n":1}]')
  })

  it('a getter or a proxy that throws is refused, and its message is not passed on [TY-08]', () => {
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

  it('nesting of 100,000 levels is refused, 100 are carried [TY-09]', () => {
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

  it('a nested "__proto__" comes back as a plain property [PP-01]', () => {
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
