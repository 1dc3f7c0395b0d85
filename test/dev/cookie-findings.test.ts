import { expect, test } from 'vitest'
import { CookieFindings } from '../../src/dev/findings/cookie-findings.js'
import type { RequestFacts } from '../../src/dev/messages.js'
import { eventOf, requestOf } from './facts.js'

type Traffic = Partial<RequestFacts['cookies']>
type Asked = Partial<Omit<RequestFacts, 'cookies'>> & { readonly cookies?: Traffic }

/** A response that gives a browser the cookie of its session. */
function given(line: string, cookies: Traffic = {}) {
  const name = line.split('=', 1)[0]!
  return requestOf({ cookies: { set: [line], ofSessions: [name], ...cookies } })
}

const whyDropped = (line: string, cookies?: Traffic) =>
  new CookieFindings().of(given(line, cookies)).map(({ title, why }) => `${title}. ${why}`)

const anonymous = [eventOf({ type: 'fresh', reason: 'no-cookie' })]

/** Why a request without the cookie came without it. */
function whyNotSent(line: string, asked: Asked) {
  const findings = new CookieFindings()
  findings.of(given(line))
  return findings.of(requestOf({ events: anonymous, ...asked })).map(({ why }) => why)
}

test.each<[string, Traffic, string]>([
  [
    '__Host-session=a; Path=/; Secure',
    { host: '192.168.1.5:3000' },
    "The browser drops the cookie '__Host-session'. It is Secure, and the page came over plain http from '192.168.1.5'. Browsers keep such a cookie over https, and from localhost.",
  ],
  [
    `big=${'x'.repeat(4100)}; Path=/`,
    {},
    "The browser drops the cookie 'big'. It has 4103 bytes, and browsers take 4096 for name and value.",
  ],
  [
    'a=b; SameSite=None',
    {},
    "The browser drops the cookie 'a'. It is SameSite=None without Secure.",
  ],
  [
    'a=b; Domain=shop.example',
    {},
    "The browser drops the cookie 'a'. It is for the domain 'shop.example', and the page came from 'localhost'.",
  ],
  [
    '__Host-a=b; Secure; Path=/shop',
    {},
    "The browser drops the cookie '__Host-a'. Its name begins with __Host-, which promises Secure, Path=/ and no Domain.",
  ],
  [
    '__Secure-a=b; Path=/shop',
    {},
    "The browser drops the cookie '__Secure-a'. Its name begins with __Secure-, which promises Secure.",
  ],
])('a cookie that browsers drop is said: %.20s', (line, cookies, words) => {
  expect(whyDropped(line, cookies)).toEqual([words])
})

test.each<[string, Traffic]>([
  ['__Host-session=a; Path=/; Secure', {}],
  ['__Host-session=a; Path=/; Secure', { host: '192.168.1.5', isHttps: true }],
  ['session-over-http=a; Path=/', { host: '192.168.1.5:3000' }],
  ['__Secure-a=b; Path=/shop; Secure; Domain=localhost', {}],
])('a cookie that browsers keep is no finding: %s %j', (line, cookies) => {
  expect(whyDropped(line, cookies)).toEqual([])
})

test.each<[string, Asked, RegExp]>([
  [
    's=1; Path=/account',
    { path: '/cart' },
    /^Its path is '\/account', and this request was for '\/cart'/,
  ],
  [
    's=1; Path=/',
    { cookies: { host: '127.0.0.1:3000' } },
    /^It was set at 'localhost', and this request came to '127.0.0.1'/,
  ],
  ['s=1; Path=/; Max-Age=5', { at: 6000 }, /^It was good for 5 seconds, which have passed/],
  [
    's=1; Path=/; SameSite=Strict',
    { cookies: { isCrossSite: true } },
    /^It is SameSite=Strict, and/,
  ],
  [
    's=1; Path=/; SameSite=Lax',
    { method: 'POST', cookies: { isCrossSite: true } },
    /^It is SameSite=Lax, and/,
  ],
  [
    's=1; Path=/',
    { cookies: { scriptOrigin: 'http://localhost:5173' } },
    /^A script of http:\/\/localhost:5173 made the request/,
  ],
  ['s=1; Path=/', {}, /^The browser was given it, and nothing in its attributes keeps it back/],
])('a cookie that did not come back has a reason: %s', (line, asked, words) => {
  expect(whyNotSent(line, asked)).toEqual([expect.stringMatching(words)])
})

test('a request that asked for no session, one below the path, and another browser are no finding', () => {
  expect(whyNotSent('s=1; Path=/account', { path: '/cart', events: [] })).toEqual([])
  expect(
    whyNotSent('s=1; Path=/account', { path: '/account/x', cookies: { sent: [['s', '1']] } }),
  ).toEqual([])
  expect(whyNotSent('s=1; Path=/', { cookies: { client: 'b' } })).toEqual([])
})

test('a cookie that was cleared is not missed', () => {
  const findings = new CookieFindings()
  findings.of(given('s=1; Path=/'))
  findings.of(given('s=; Path=/; Max-Age=0'))
  expect(findings.of(requestOf({ events: anonymous }))).toEqual([])
})

test('a refused cookie with another value than the browser was given is of another application', () => {
  const refused = [eventOf({ type: 'refused', reason: 'unknown-key' })]
  const findings = new CookieFindings()
  findings.of(given('s=1; Path=/'))
  const [own, foreign] = ['1', 'other'].map((value) =>
    findings.of(requestOf({ events: refused, cookies: { sent: [['s', value]] } })),
  )
  expect(own).toEqual([])
  expect(foreign!.map(({ title }) => title)).toEqual([
    "Another application on localhost has overwritten the cookie 's'",
  ])
})
