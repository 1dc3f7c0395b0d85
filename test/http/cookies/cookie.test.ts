import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Cookie, CookieError, Cookies, type CookieAttributes } from '../../../src/http/index.js'

const rejection = (make: () => unknown): string => {
  try {
    make()
  } catch (error) {
    expect(error).toBeInstanceOf(CookieError)
    return `${(error as CookieError).code}: ${(error as Error).message}`
  }
  return 'accepted'
}

const withAttributes = (attributes: unknown, name = 'sid') =>
  rejection(() => new Cookie(name, 'x', attributes as CookieAttributes))

describe('Cookie', () => {
  test('is HttpOnly, Secure, SameSite=Lax and for the whole host by default', () => {
    expect(String(new Cookie('sid', 'abc'))).toBe('sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax')
  })

  test('writes a __Host- cookie byte for byte as documented [CE-01]', () => {
    expect(String(new Cookie('__Host-sid', 'abc', { maxAge: 3600 }))).toBe(
      '__Host-sid=abc; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  test('writes every attribute it is given', () => {
    const cookie = new Cookie('a', '1', {
      path: '/shop',
      domain: 'example.com',
      maxAge: 0,
      expires: new Date(0),
      httpOnly: false,
      secure: true,
      sameSite: 'none',
      partitioned: true,
      priority: 'high',
    })
    expect(String(cookie)).toBe(
      'a=1; Max-Age=0; Domain=example.com; Path=/shop; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; Partitioned; Priority=High; SameSite=None',
    )
  })

  test('takes undefined as the default', () => {
    const attributes = { path: undefined, secure: undefined, sameSite: undefined } as never
    expect(String(new Cookie('a', '1', attributes))).toBe(
      'a=1; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  test('rejects a __Host- cookie with a domain, another path or without Secure [CE-02]', () => {
    const rule = 'COOKIE_ATTRIBUTE: The cookie "__Host-sid" is refused: __Host- needs'
    expect(withAttributes({ domain: 'example.com' }, '__Host-sid')).toBe(
      `${rule} path / and no domain.`,
    )
    expect(withAttributes({ path: '/shop' }, '__Host-sid')).toBe(`${rule} path / and no domain.`)
    expect(withAttributes({ secure: false }, '__Host-sid')).toBe(`${rule} secure.`)
  })

  test('rejects a cookie that needs Secure or HttpOnly without it [CE-03]', () => {
    const refused = (name: string, rule: string) =>
      `COOKIE_ATTRIBUTE: The cookie "${name}" is refused: ${rule}.`
    expect(withAttributes({ secure: false }, '__Secure-sid')).toBe(
      refused('__Secure-sid', '__Secure- needs secure'),
    )
    expect(withAttributes({ sameSite: 'none', secure: false })).toBe(
      refused('sid', 'sameSite none needs secure'),
    )
    expect(withAttributes({ partitioned: true, secure: false })).toBe(
      refused('sid', 'partitioned needs secure'),
    )
    expect(withAttributes({ httpOnly: false }, '__Http-sid')).toBe(
      refused('__Http-sid', '__Http- needs httpOnly'),
    )
    expect(withAttributes({ httpOnly: false }, '__Host-Http-sid')).toBe(
      refused('__Host-Http-sid', '__Host-Http- needs httpOnly'),
    )
    expect(withAttributes({ path: '/x' }, '__Host-Http-sid')).toBe(
      refused('__Host-Http-sid', '__Host-Http- needs path / and no domain'),
    )
  })

  test.each(['Host__sid', '__host-sid', '__Host_sid', '__HOST-sid', '__secure-sid', '__Http_sid'])(
    'rejects %s, which only looks like a prefix [CE-04]',
    (name) => {
      expect(rejection(() => new Cookie(name, 'x'))).toBe(
        `COOKIE_NAME: The cookie "${name}" is refused: its name looks like a prefix, but the prefixes are spelled __Host-, __Secure-, __Http- and __Host-Http-.`,
      )
    },
  )

  test.each(['', 'a b', 'a;b', 'a=b', 'a,b', 'a\r\nb', 'a\0', 'ä', 'a"b', '(a)'])(
    'rejects %j as a name [CE-04, CE-08]',
    (name) => {
      expect(rejection(() => new Cookie(name, 'x'))).toBe(
        `COOKIE_NAME: The cookie ${JSON.stringify(name)} is refused: its name must be a token (RFC 6265 4.1.1): visible ASCII without separators.`,
      )
    },
  )

  test('rejects a path or domain of more than 1024 bytes [CE-07]', () => {
    expect(withAttributes({ path: `/${'x'.repeat(1023)}` })).toBe('accepted')
    expect(withAttributes({ path: `/${'x'.repeat(1024)}` })).toMatch(/^COOKIE_ATTRIBUTE: .*1024/)
    expect(withAttributes({ domain: `${'a.'.repeat(512)}a` })).toMatch(/^COOKIE_ATTRIBUTE: .*1024/)
  })

  test.each(['\r', '\n', '\0', ';', ',', 'ſ'])('rejects %j in any attribute [CE-08]', (bad) => {
    const refused = /^COOKIE_ATTRIBUTE: The cookie "sid" is refused: its \w+ must be /
    expect(withAttributes({ path: `/a${bad}b` })).toMatch(refused)
    expect(withAttributes({ domain: `a${bad}b` })).toMatch(refused)
    expect(withAttributes({ sameSite: `lax${bad}` })).toMatch(refused)
    expect(withAttributes({ priority: `low${bad}` })).toMatch(refused)
  })

  test('a value never reaches the header unencoded [CE-08]', () => {
    expect(String(new Cookie('a', 'x\r\nSet-Cookie: b=1; y, "z"'))).toBe(
      'a=x%0D%0ASet-Cookie%3A%20b%3D1%3B%20y%2C%20%22z%22; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  test.each([-1, 0.5, NaN, Infinity, '60', new Date(0), null, 401 * 86_400])(
    'rejects a maxAge of %s [CE-09]',
    (maxAge) => {
      expect(withAttributes({ maxAge })).toBe(
        'COOKIE_ATTRIBUTE: The cookie "sid" is refused: its maxAge must be whole seconds from 0 to 34560000 (400 days).',
      )
    },
  )

  test('rejects flags that are not booleans and invalid dates', () => {
    expect(withAttributes({ secure: 'false' })).toBe(
      'COOKIE_ATTRIBUTE: The cookie "sid" is refused: its secure must be true or false.',
    )
    expect(withAttributes({ expires: new Date(NaN) })).toBe(
      'COOKIE_ATTRIBUTE: The cookie "sid" is refused: its expires must be a valid Date of the years 1601 to 9999.',
    )
  })

  test('takes a maxAge of exactly 400 days, and dates of the years 1601 to 9999 (RFC 6265bis 5.6)', () => {
    for (const maxAge of [0, 400 * 86_400]) expect(withAttributes({ maxAge })).toBe('accepted')
    expect(withAttributes({ maxAge: 400 * 86_400 + 1 })).toMatch(/its maxAge must be/)
    for (const [year, isTaken] of [
      [1600, false],
      [1601, true],
      [9999, true],
      [10_000, false],
    ] as const) {
      const expires = new Date(Date.UTC(year, 6))
      expect([year, withAttributes({ expires }) === 'accepted']).toEqual([year, isTaken])
    }
  })

  test.each([
    [
      'path',
      'a path that starts with /, has at most 1024 bytes, and no comma, semicolon or control character',
    ],
    ['domain', 'a host name of at most 1024 bytes'],
    ['sameSite', "'strict', 'lax' or 'none'"],
    ['priority', "'low', 'medium' or 'high'"],
    ['httpOnly', 'true or false'],
    ['partitioned', 'true or false'],
  ])('says what %s has to be', (attribute, rule) => {
    expect(withAttributes({ [attribute]: 'no such;' })).toBe(
      `COOKIE_ATTRIBUTE: The cookie "sid" is refused: its ${attribute} must be ${rule}.`,
    )
  })

  test('rejects a value that is no string, and does not quote one that it cannot encode', () => {
    expect(rejection(() => new Cookie('a', 5 as never))).toBe(
      'COOKIE_VALUE: The cookie "a" is refused: its value must be a string.',
    )
    expect(rejection(() => new Cookie('a', 'secret\ud800'))).toBe(
      'COOKIE_VALUE: The cookie "a" is refused: its value cannot be encoded, for example because of half a surrogate pair.',
    )
  })

  test('rejects name and value of more than 4096 bytes, and tells the size and not the value [CE-05]', () => {
    expect(rejection(() => new Cookie('ab', 'x'.repeat(4094)))).toBe('accepted')
    expect(rejection(() => new Cookie('ab', 'x'.repeat(4095)))).toBe(
      'COOKIE_SIZE: The cookie "ab" is refused: name and value take 4097 bytes, and browsers drop more than 4096.',
    )
  })

  test('counts what is percent-encoded as it is sent [CE-05]', () => {
    const encoded = 'é'.repeat(682)
    expect(encodeURIComponent(encoded)).toHaveLength(4092)
    expect(rejection(() => new Cookie('ab', `${encoded}xx`))).toBe('accepted')
    expect(rejection(() => new Cookie('ab', `${encoded}xxx`))).toBe(
      'COOKIE_SIZE: The cookie "ab" is refused: name and value take 4097 bytes, and browsers drop more than 4096.',
    )
  })

  test('the clearing cookie has the same name, path, domain and flags, and ends at once [CE-16]', () => {
    const attributes = {
      path: '/shop',
      domain: 'example.com',
      partitioned: true,
      maxAge: 60,
      expires: new Date(0),
    }
    expect(String(Cookie.expired('sid', attributes))).toBe(
      'sid=; Max-Age=0; Domain=example.com; Path=/shop; HttpOnly; Secure; Partitioned; SameSite=Lax',
    )
  })

  test('a value that is read and set again stays the same [CE-18]', () => {
    const sent = String(new Cookie('a', 'b+c/d=%41')).split(';')[0]!
    const read = new Cookies(sent).get('a')!
    expect(read).toBe('b+c/d=%41')
    expect(String(new Cookie('a', read)).split(';')[0]).toBe(sent)
  })

  test('reads own properties of its attributes only [PP-09]', () => {
    const polluted = Object.prototype as Record<string, unknown>
    polluted['secure'] = false
    polluted['domain'] = 'evil.example'
    try {
      expect(String(new Cookie('a', '1'))).toBe('a=1; Path=/; HttpOnly; Secure; SameSite=Lax')
    } finally {
      delete polluted['secure']
      delete polluted['domain']
    }
  })

  test('does not show its value when it is printed', () => {
    const cookie = new Cookie('sid', 'secret')
    expect(inspect(cookie)).toBe('Cookie(sid, 6 characters not shown)')
    expect(JSON.stringify(cookie)).toBe(
      '{"name":"sid","attributes":{"path":"/","httpOnly":true,"secure":true,"sameSite":"lax"}}',
    )
    expect(cookie.value).toBe('secret')
  })

  test('cannot be changed', () => {
    const { attributes } = new Cookie('sid', 'x')
    expect(() => Object.assign(attributes, { secure: false })).toThrow(TypeError)
  })
})
