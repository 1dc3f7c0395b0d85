import { expect, test } from 'vitest'
import { cookieDate } from '../../src/testing/cookie-date.js'
import { CookieJar } from '../../src/testing/cookie-jar.js'

/** 2011-01-01, the time of http-state's vectors, with which this table was compared. */
const NOW = Date.UTC(2011, 0, 1)

/** What a browser at http://home.example.org sends back to /page after a page at /page has set these. */
const table: readonly (readonly [lines: readonly string[], sent: string])[] = [
  // Names and values.
  [['foo=bar'], 'foo=bar'],
  [['foo = bar '], 'foo=bar'],
  [['foo="bar"'], 'foo="bar"'],
  [['foo=bar=baz'], 'foo=bar=baz'],
  [['foo='], 'foo='],
  [['foo'], 'foo'],
  [['=foo'], 'foo'],
  [['=='], '='],
  [['='], ''],
  [[''], ''],
  [['; foo=bar'], ''],
  [['foo=b\u0001ar'], ''],
  [['foo=b\tar'], 'foo=b\tar'],
  [['foo=b,c'], 'foo=b,c'],
  [['f;oo=bar'], 'f'],
  [['Foo=1', 'foo=2'], 'Foo=1; foo=2'],
  [['a=1', 'b=2', 'a=3'], 'a=3; b=2'],
  [[`a=${'x'.repeat(4095)}`], `a=${'x'.repeat(4095)}`],
  [[`a=${'x'.repeat(4096)}`], ''],
  // Expires and Max-Age.
  [['a=1; Max-Age=1'], 'a=1'],
  [['a=1; max-age = 1'], 'a=1'],
  [['a=1; Max-Age=0'], ''],
  [['a=1; Max-Age=-1'], ''],
  [['a=1; Max-Age=1.5'], 'a=1'],
  [['a=1; Max-Age=x'], 'a=1'],
  [['a=1; Max-Age="1"'], 'a=1'],
  [['a=1; Max-Age=0; Max-Age=9'], 'a=1'],
  [['a=1; Expires=Fri, 31 Dec 2010 23:59:59 GMT'], ''],
  [['a=1; Expires=Sat, 01 Jan 2011 00:00:01 GMT'], 'a=1'],
  [['a=1; Expires=never'], 'a=1'],
  [['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9'], 'a=1'],
  [['a=1; Expires=Fri, 07 Aug 2099 08:04:19 GMT; Max-Age=0'], ''],
  [['a=1', 'a=; Max-Age=0'], ''],
  // Path.
  [['a=1; Path=/'], 'a=1'],
  [['a=1; Path=/page'], 'a=1'],
  [['a=1; Path=/pag'], ''],
  [['a=1; Path=/page/'], ''],
  [['a=1; Path=page'], 'a=1'],
  [['a=1; Path='], 'a=1'],
  [['a=1; Path=/other; Path=/'], 'a=1'],
  [['a=1; Path=/; Path=/other'], ''],
  [['a=1; Path=/', 'a=2; Path=/page'], 'a=2; a=1'],
  [[`a=1; Path=/${'x'.repeat(1024)}`], 'a=1'],
  // Domain.
  [['a=1; Domain=home.example.org'], 'a=1'],
  [['a=1; Domain=.HOME.example.org'], 'a=1'],
  [['a=1; Domain=example.org'], 'a=1'],
  [['a=1; Domain=org'], ''],
  [['a=1; Domain=ome.example.org'], ''],
  [['a=1; Domain=sub.home.example.org'], ''],
  [['a=1; Domain='], 'a=1'],
  [['a=1; Domain'], 'a=1'],
  [['a=1; Domain=other.org; Domain=example.org'], 'a=1'],
  [['a=1; Domain=example.org; Domain=other.org'], ''],
  // Secure, SameSite, prefixes: this origin has no TLS.
  [['a=1; Secure'], ''],
  [['a=1; secure=false'], ''],
  [['a=1; SameSite=None'], ''],
  [['a=1; SameSite=Strict'], 'a=1'],
  [['a=1; SameSite=whatever'], 'a=1'],
  [['a=1; Partitioned'], ''],
  [['__Host-a=1; Path=/'], ''],
  [['__secure-a=1'], ''],
  [['__Host-'], ''],
  [['=__Secure-a=1'], ''],
  [['a=1; HttpOnly'], 'a=1'],
  [['a=1; unknown; x=y;;'], 'a=1'],
]

test.each(table)('after %o a browser sends %o [D7]', (lines, sent) => {
  expect(after('http://home.example.org', lines).header('/page') ?? '').toBe(sent)
})

/** The same with TLS, and where there is none but the machine is the visitor's own. */
const trusted: readonly (readonly [line: string, isKept: boolean])[] = [
  ['a=1; Secure', true],
  ['__Secure-a=1; Secure', true],
  ['__Host-a=1; Secure; Path=/', true],
  ['__HOST-a=1; Secure', false],
  ['__Host-a=1; Secure; Path=/; Domain=app.localhost', false],
  ['__Http-a=1; Secure', false],
  ['__Http-a=1; Secure; HttpOnly', true],
  ['__Host-Http-a=1; Secure; Path=/', false],
  ['__Host-Http-a=1; Secure; Path=/; HttpOnly', true],
  ['=__Host-a=1; Secure; Path=/', false],
  ['a=1; SameSite=None; Secure', true],
  ['a=1; Partitioned; Secure', true],
]

test.each(
  [
    'https://shop.test',
    'http://app.localhost',
    'http://localhost:3000',
    'http://127.0.0.2',
  ].flatMap((origin) => trusted.map(([line, isKept]) => [origin, line, isKept] as const)),
)('at %s the cookie %s is kept: %s [D7]', (origin, line, isKept) => {
  expect(after(origin, [line]).size).toBe(Number(isKept))
})

test('no cookie is kept for longer than 400 days [D7]', () => {
  const jar = after('https://shop.test', [
    'a=1; Max-Age=99999999999',
    'b=1; Expires=1 Jan 2099 00:00:00',
  ])
  const longest = NOW + 400 * 86_400_000
  expect([...jar].map(({ expires }) => expires)).toEqual([longest, longest])
})

test.each([
  ['Mon, 10-Dec-2007 17:02:24 GMT', '2007-12-10T17:02:24.000Z'],
  ['Wed, 09 Dec 2009 16:27:23 GMT', '2009-12-09T16:27:23.000Z'],
  ['starry night', undefined],
  ['Thursday Jan 01 00:00:00 1970', '1970-01-01T00:00:00.000Z'],
  ['  10 Nov 09 23:11:11 GMT', '2009-11-10T23:11:11.000Z'],
  ['23:11:11  10 Nov 69', '2069-11-10T23:11:11.000Z'],
  ['10 Nov 70 23:11:11', '1970-11-10T23:11:11.000Z'],
  ['10 Nov 1600 23:11:11', undefined],
  ['31 Feb 2010 00:00:00', undefined],
  ['32 Jan 2010 00:00:00', undefined],
  ['1 Jan 2010 24:00:00', undefined],
  ['1 Jan 2010 23:60:00', undefined],
  ['1 Jan 2010 1:2:3', '2010-01-01T01:02:03.000Z'],
  ['1 Jan 2010', undefined],
  ['1th Januar 2010x 1:2:3z', '2010-01-01T01:02:03.000Z'],
  ['', undefined],
])('the date %s is read as %s [D7]', (text, expected) => {
  const read = cookieDate(text)
  expect(read === undefined ? undefined : new Date(read).toISOString()).toBe(expected)
})

function after(origin: string, lines: readonly string[]): CookieJar {
  return receive(new CookieJar(new URL(origin), () => NOW), lines)
}

/** `Headers` refuses what a server must not send, so that the lines are given as they are. */
function receive(jar: CookieJar, lines: readonly string[]): CookieJar {
  jar.store({ headers: { getSetCookie: () => lines } } as unknown as Response, '/page')
  return jar
}
