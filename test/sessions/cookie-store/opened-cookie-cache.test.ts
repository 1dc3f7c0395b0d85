import { hash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { Cookies } from '../../../src/http/index.js'
import { OpenedCookieCache } from '../../../src/sessions/cookie-store/opened-cookie-cache.js'
import { CookieStore, type CookieStoreOptions } from '../../../src/sessions/index.js'
import { EncryptedSeal } from '../../../src/sessions/cookie-store/seal.js'
import { newSecret } from '../secrets.js'

const known = (id: string) => ({
  payload: { id, metadata: { createdAt: 0, seenAt: 0 }, fields: new Map<string, string>() },
  isOldKey: false,
})

/** Version and key are the same in all of them. */
const tokenOf = (visitor: number) => `e-our-key${String(visitor).padStart(4, '0')}`

/** Opens it as often as it takes to be kept. */
function keep(cookies: OpenedCookieCache, token: string): void {
  for (const _ of [1, 2]) cookies.add(token, known(token))
}

test('keeps so many cookies at most, and the ones that are asked for longest', () => {
  const cookies = new OpenedCookieCache(10)
  for (let index = 0; index < 100; index++) {
    keep(cookies, tokenOf(index))
    expect(cookies.find(tokenOf(0))?.payload.id).toBe(tokenOf(0))
  }
  const kept = Array.from({ length: 100 }, (_, index) => cookies.find(tokenOf(index)))
  expect(kept.filter((each) => each !== undefined).length).toBeLessThanOrEqual(10)
  expect(cookies.find(tokenOf(1))).toBeUndefined()
})

test('keeps the last half of them, whatever came before', () => {
  for (let count = 50; count < 160; count++) {
    const cookies = new OpenedCookieCache(100)
    for (let index = 0; index < count; index++) keep(cookies, tokenOf(index))
    expect(cookies.find(tokenOf(count - 50))).toBeDefined()
  }
})

test('keeps nothing of many visitors of whom none comes again in time', () => {
  const cookies = new OpenedCookieCache(100)
  // The same in each run: of random ones two share a mark once in a while, and one of these is kept.
  const tokens = Array.from({ length: 10_000 }, (_, index) =>
    hash('sha256', `${index}`, 'base64url'),
  )
  for (const token of [...tokens, ...tokens]) cookies.add(token, known(token))
  expect(tokens.filter((token) => cookies.find(token))).toEqual([])
})

test.each([
  [200, 200],
  // The last mark of a round makes room, and each round begins anew.
  [201, 0],
  [400, 0],
])(
  'of %i visitors who come in turn the cookies of %i are kept, and none in vain',
  (count, kept) => {
    const cookies = new OpenedCookieCache(400)
    const tokens = Array.from({ length: count }, (_, index) =>
      hash('sha256', `${index}`, 'base64url'),
    )
    for (let round = 0; round < 5; round++)
      for (const token of tokens) if (!cookies.find(token)) cookies.add(token, known(token))
    expect(tokens.filter((token) => cookies.find(token))).toHaveLength(kept)
  },
)

test('keeps one when it may keep one', () => {
  const cookies = new OpenedCookieCache(1)
  keep(cookies, tokenOf(1))
  expect(cookies.find(tokenOf(1))).toBeDefined()
})

test('keeps none when it may keep none', () => {
  const cookies = new OpenedCookieCache(0)
  keep(cookies, 'token')
  expect(cookies.find('token')).toBeUndefined()
})

/** A store with one session in it, and how often a cookie was decrypted. */
async function open(options: Partial<CookieStoreOptions> = {}) {
  const clock = { now: 1_800_000_000_000 }
  const store = new CookieStore({ secret: newSecret(), clock: () => clock.now, ...options })
  const session = await store.load(new Cookies())
  session.set('user', 'ada')
  const token = (await store.dump(session))!.value
  const load = async (text: string) => store.load(new Cookies(`__Host-session=${text}`))
  return { store, clock, token, load }
}

test.each([
  [{}, 2],
  [{ openedCacheSize: 0 }, 4],
])('with %j, four requests with one cookie decrypt it %i times', async (options, times) => {
  const { token, load } = await open(options)
  const decrypt = vi.spyOn(EncryptedSeal.prototype, 'unseal')
  for (const _ of [1, 2, 3, 4]) expect((await load(token)).get('user')).toBe('ada')
  expect(decrypt).toHaveBeenCalledTimes(times)
  decrypt.mockRestore()
})

test('what one request changes in a kept cookie is not seen by the next', async () => {
  const { token, load } = await open()
  await load(token)
  const first = await load(token)
  first.set('user', 'eve')
  first.set('more', { deep: [1] })
  await first.take('user')
  expect((await load(token)).toObject()).toEqual({ user: 'ada' })
})

test('a kept cookie does not vouch for another text, nor beyond its time [TA-02, EX-01]', async () => {
  const { clock, token, load } = await open({ idleTimeout: 60 })
  for (const _ of [1, 2, 3]) expect((await load(token)).isNew).toBe(false)
  expect((await load(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).isNew).toBe(true)
  clock.now += 60_000
  expect((await load(token)).isNew).toBe(true)
})

test('a number of cookies to keep that is none is refused', () => {
  expect(() => new CookieStore({ secret: newSecret(), openedCacheSize: -1 })).toThrow(
    "the session option 'openedCacheSize' must be a whole number of cookies from 0 to 1000000, not -1.",
  )
})
