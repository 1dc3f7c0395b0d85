/* oxlint-disable vitest/no-conditional-expect -- a property holds for whatever comes out, a value or an error */
import { inspect } from 'node:util'
import { parseSetCookie } from 'cookie'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Cookie, CookieError, Cookies } from '../../src/http/index.js'
import { growth, MOST_GROWTH } from './growth.js'
import { FUZZ_TIMEOUT, headerText, isPrototypeClean, mutated, runs, text } from './runs.js'

const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/

describe('Cookies, whatever the header holds,', { timeout: FUZZ_TIMEOUT }, () => {
  const pair = fc.tuple(fc.oneof(text, headerText), fc.oneof(text, headerText))
  const header = fc.oneof(
    text,
    headerText,
    mutated('__Host-session=abc; a=1; a=2; b="x y"; c=%20; ; =d; e'),
    fc.array(pair).map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('; ')),
  )

  test('splits names and values as RFC 6265bis 5.6 does, and inherits none [CP-06, CP-08, CP-09]', () => {
    fc.assert(
      fc.property(header, text, (given, asked) => {
        const cookies = new Cookies(given)
        const expected = split(given)
        for (const name of [...expected.keys(), asked, '__proto__', 'constructor']) {
          expect(cookies.getAll(name)).toEqual(expected.get(name) ?? [])
          expect(cookies.has(name)).toBe(expected.has(name))
          expect(typeof cookies.get(name)).toBe(expected.has(name) ? 'string' : 'undefined')
        }
        expect([...cookies].map(([name]) => name)).toEqual([...expected.keys()])
        expect(cookies.size).toBe(expected.size)
        expect(inspect(cookies)).toBe(`Cookies(${[...expected.keys()].join(', ')})`)
        expect(isPrototypeClean()).toBe(true)
      }),
      runs(400),
    )
  })

  test.each([
    ['blanks', (size: number) => ' \t'.repeat(size)],
    ['semicolons', (size: number) => ';'.repeat(size * 2)],
    ['equals signs', (size: number) => '='.repeat(size * 2)],
    ['blanks between signs', (size: number) => 'a = ;'.repeat(size)],
    ['one name again and again', (size: number) => 'a=%zz;'.repeat(size)],
    ['other names', (size: number) => Array.from({ length: size }, (_, n) => `${n}=`).join(';')],
    ['one long value', (size: number) => `a=${'%41'.repeat(size)}`],
    ['escapes that are none', (size: number) => `a=${'%'.repeat(size)}`],
  ])('takes time in proportion to its length, of %s [DS-04]', async (_, make) => {
    const ratio = await growth(4000, (size) => {
      const given = make(size)
      return () => [...new Cookies(given)].length + new Cookies(given).getAll('a').length
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })
})

describe('Cookie, whatever it is made of,', { timeout: FUZZ_TIMEOUT }, () => {
  const attribute = fc.oneof(
    text,
    fc.boolean(),
    fc.integer(),
    fc.double(),
    fc.date({ noInvalidDate: false }),
    fc.constantFrom('lax', 'none', 'strict', 'low', '/', '/a', 'shop.test', '.shop.test', 60),
    fc.constant(undefined),
    fc.anything(),
  )
  const names = ['path', 'domain', 'maxAge', 'expires', 'httpOnly', 'secure', 'sameSite']
  const more = ['partitioned', 'priority', 'name', 'value', 'encode', '__proto__', 'other']
  const attributes = fc.dictionary(fc.constantFrom(...names, ...more), attribute, { maxKeys: 3 })
  const name = fc.oneof(
    text,
    fc.constantFrom('sid', '__Host-sid', '__Secure-sid', '__Http-a', '__HOST-sid', 'a b', ''),
  )

  test('is a CookieError without the value, or one header that parses back to the same cookie', () => {
    let made = 0
    fc.assert(
      fc.property(name, text, attributes, (cookieName, value, given) => {
        const cookie = attempt(() => new Cookie(cookieName, value, given))
        if (!cookie) return
        made += 1
        const header = cookie.toString()
        expect(header).toMatch(/^[\x21-\x7e][\x20-\x7e]*$/)
        expect(() => new Headers([['set-cookie', header]])).not.toThrow()
        expect(cookieName).toMatch(TOKEN)
        const [sent] = header.split('; ')
        expect(new Cookies(sent).get(cookieName)).toBe(value)
        expect(parseSetCookie(header)).toMatchObject({ name: cookieName, value })
        const { secure, httpOnly, path, domain, maxAge } = parseSetCookie(header)
        expect({ secure, httpOnly, path }).toEqual({
          secure: cookie.attributes.secure || undefined,
          httpOnly: cookie.attributes.httpOnly || undefined,
          path: cookie.attributes.path,
        })
        if (cookieName.startsWith('__Host-')) {
          expect({ secure, path, domain }).toEqual({ secure: true, path: '/', domain: undefined })
        }
        if (maxAge !== undefined) expect(maxAge).toBe(cookie.attributes.maxAge)
        expect(isPrototypeClean()).toBe(true)
      }),
      runs(600),
    )
    expect(made).toBeGreaterThan(20)
  })

  /** `undefined` for a refusal, which must be a CookieError without the value. */
  function attempt(make: () => Cookie): Cookie | undefined {
    try {
      return make()
    } catch (error) {
      expect(error).toBeInstanceOf(CookieError)
      return undefined
    }
  }

  test('takes time in proportion to its value, refused or not', async () => {
    const ratio = await growth(20_000, (size) => {
      const values = ['x', 'é', ';', '\ud800'].map((unit) => unit.repeat(size))
      return () => values.forEach((value) => attempt(() => new Cookie('a', value)))
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })

  test.each(['path', 'domain'] as const)(
    'takes time in proportion to its %s, refused or not',
    async (place) => {
      const ratio = await growth(20_000, (size) => {
        const values = ['a', '-', '.a', 'a-'].map((unit) => `/${unit.repeat(size)}\u0001`)
        return () =>
          values.forEach((value) => attempt(() => new Cookie('a', '', { [place]: value })))
      })
      expect(ratio).toBeLessThan(MOST_GROWTH)
    },
  )

  test('takes time in proportion to its name, refused or not', async () => {
    const ratio = await growth(20_000, (size) => {
      const names = ['a', '__host', ' ', '_'].map((unit) => `${unit.repeat(size)};`)
      return () => names.forEach((each) => attempt(() => new Cookie(each, '')))
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })
})

/** The same rule, written in the simplest way. */
function split(header: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const part of header.split(';')) {
    const pair = part.replace(/^[ \t]*/, '').replace(/[ \t]*$/, '')
    const equals = pair.indexOf('=')
    if (equals < 1) continue
    const value = pair.slice(equals + 1).replace(/^[ \t]+|[ \t]+$/g, '')
    found.set(pair.slice(0, equals), [...(found.get(pair.slice(0, equals)) ?? []), value])
  }
  return found
}
