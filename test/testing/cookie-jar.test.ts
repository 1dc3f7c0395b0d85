import { expect, test } from 'vitest'
import { CookieJar } from '../../src/testing/cookie-jar.js'

const at = (time: number) => () => time

function jarOf(...lines: string[]): CookieJar {
  return visit(new CookieJar(new URL('https://shop.test'), at(0)), '/', ...lines)
}

function visit(jar: CookieJar, path: string, ...lines: string[]): CookieJar {
  const headers = new Headers()
  for (const line of lines) headers.append('set-cookie', line)
  jar.store(new Response(null, { headers }), path)
  return jar
}

test('a cookie is kept with all its attributes, its value as it was sent', () => {
  const jar = jarOf('__Host-sid=a%20b; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax')
  expect(jar.get('__Host-sid')).toEqual({
    name: '__Host-sid',
    value: 'a%20b',
    path: '/',
    domain: undefined,
    expires: 60_000,
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
  })
})

test('cookies are sent back in one header, the longest path first', () => {
  const jar = jarOf('a=1; Path=/', 'b=2; Path=/cart', 'c=3; Path=/')
  expect(jar.header('/cart/tea')).toBe('b=2; a=1; c=3')
  expect(jar.header('/')).toBe('a=1; c=3')
})

test('an empty jar sends no header', () => {
  expect(jarOf().header('/')).toBeUndefined()
})

test('a path covers the paths below it, and none that only starts with the same letters', () => {
  const jar = jarOf('a=1; Path=/cart')
  expect(['/cart', '/cart/', '/cart/tea'].map((path) => jar.header(path))).toEqual([
    'a=1',
    'a=1',
    'a=1',
  ])
  expect(['/', '/cartoon', '/Cart'].map((path) => jar.header(path))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('without a path attribute, a cookie belongs to the folder of the request', () => {
  const jar = visit(jarOf(), '/api/login', 'a=1', 'b=2; Path=relative')
  expect([...jar].map((cookie) => cookie.path)).toEqual(['/api', '/api'])
  expect(visit(jarOf(), '/login', 'a=1').get('a')?.path).toBe('/')
})

test('one name on two paths is two cookies', () => {
  const jar = jarOf('a=1; Path=/', 'a=2; Path=/cart')
  expect(jar.size).toBe(2)
  expect(jar.get('a')?.value).toBe('2')
})

test('a new value replaces the old one in its place', () => {
  const jar = jarOf('a=1; Path=/', 'b=2; Path=/', 'a=3; Path=/')
  expect(jar.header('/')).toBe('a=3; b=2')
})

test('Max-Age=0 and an Expires in the past remove a cookie', () => {
  const jar = jarOf('a=1; Path=/', 'b=2; Path=/')
  visit(jar, '/', 'a=; Path=/; Max-Age=0', 'b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT')
  expect([...jar]).toEqual([])
})

test('a removal with another path removes nothing', () => {
  const jar = visit(jarOf('a=1; Path=/cart'), '/', 'a=; Path=/; Max-Age=0')
  expect(jar.get('a')?.value).toBe('1')
})

test('a cookie expires at its Max-Age, which wins over Expires', () => {
  let now = 0
  const jar = new CookieJar(new URL('https://shop.test'), () => now)
  visit(jar, '/', 'a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 2099 00:00:00 GMT')
  now = 59_999
  expect(jar.has('a')).toBe(true)
  now = 60_000
  expect(jar.has('a')).toBe(false)
  expect(jar.header('/')).toBeUndefined()
})

test('an https origin keeps and sends Secure cookies, and so does localhost without TLS', () => {
  for (const origin of ['https://shop.test', 'http://localhost:3000', 'http://127.0.0.1:3000']) {
    const jar = visit(new CookieJar(new URL(origin), at(0)), '/', 'a=1; Path=/; Secure')
    expect(jar.header('/')).toBe('a=1')
  }
})

test('a plain http origin drops Secure cookies', () => {
  const jar = new CookieJar(new URL('http://shop.test'), at(0))
  expect(visit(jar, '/', 'a=1; Path=/; Secure', 'b=2; Path=/').header('/')).toBe('b=2')
})

test.each([
  ['without Secure', '__Host-a=1; Path=/'],
  ['with another path', '__Host-a=1; Path=/cart; Secure'],
  ['without a path', '__Host-a=1; Secure'],
  ['with a domain', '__Host-a=1; Path=/; Secure; Domain=shop.test'],
  ['in lower case without Secure', '__host-a=1; Path=/'],
])('a __Host- cookie %s is dropped', (_, line) => {
  expect(jarOf(line).size).toBe(0)
})

test.each([
  ['a __Secure- cookie without Secure', '__Secure-a=1; Path=/'],
  ['SameSite=None without Secure', 'a=1; Path=/; SameSite=None'],
  ['Partitioned without Secure', 'a=1; Path=/; Partitioned'],
  ['a cookie of another domain', 'a=1; Path=/; Domain=other.test'],
  ['a domain that only ends alike', 'a=1; Path=/; Domain=op.test'],
  ['a name and value of 4,097 bytes', `a=${'x'.repeat(4096)}; Path=/`],
])('%s is dropped', (_, line) => {
  expect(jarOf(line).size).toBe(0)
})

test('a name and value of 4,096 bytes are kept', () => {
  expect(jarOf(`a=${'x'.repeat(4095)}; Path=/`).size).toBe(1)
})

test('a cookie for this host or a parent domain is kept', () => {
  expect(jarOf('a=1; Path=/; Domain=.Shop.test').get('a')?.domain).toBe('shop.test')
})

test('a test can plant, delete and forget cookies', () => {
  const jar = jarOf('a=1; Path=/')
  jar.set('__Host-sid', 'forged')
  expect(jar.header('/')).toBe('a=1; __Host-sid=forged')
  jar.delete('a')
  expect(jar.header('/')).toBe('__Host-sid=forged')
  jar.clear()
  expect(jar.size).toBe(0)
})

test('a planted value takes the place of the one a response set', () => {
  const jar = jarOf('__Host-sid=good; Path=/; Secure')
  jar.set('__Host-sid', 'forged')
  expect(jar.header('/')).toBe('__Host-sid=forged')
})
