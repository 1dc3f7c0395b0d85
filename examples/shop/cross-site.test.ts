import { describe, expect, test } from 'vitest'
import { cookieOf, form, shopOpener } from './open-shop.js'

const openShop = shopOpener()

const elsewhere = [
  ['a current browser', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['another host of the site', { 'sec-fetch-site': 'same-site', origin: 'http://blog.localhost' }],
  ['an old browser', { origin: 'https://evil.example' }],
  ['a sandboxed frame', { origin: 'null' }],
] as const

describe.each(['cookie', 'memory', 'redis'])('with SESSION_STORE=%s', (store) => {
  test.each(elsewhere)(
    'a page elsewhere cannot log a visitor in as somebody else: %s [FX-11]',
    async (_, headers) => {
      const client = (await openShop(store))()
      const responses = [
        await client.post('/login', form({ username: 'mallory' }), { headers }),
        await client.post('/api/login', { username: 'mallory' }, { headers }),
      ]
      expect(responses.map(({ status }) => status)).toEqual([403, 403])
      expect(await responses[0]!.json()).toMatchObject({ status: 403, code: 'CROSS_ORIGIN' })
      expect(cookieOf(client)).toBeUndefined()
      expect(await client.json('/api/me')).toEqual({ username: null })
    },
  )

  test.each(elsewhere)('nor do anything in their name: %s [CS-01, CS-02]', async (_, headers) => {
    const client = (await openShop(store))()
    await client.post('/login', form({ username: 'ada' }))
    const { value } = cookieOf(client)!
    const responses = [
      await client.post('/logout', form({}), { headers }),
      await client.post('/cart/tea', form({ quantity: '1' }), { headers }),
      await client.post('/sessions/all', form({}), { headers }),
      await client.put('/api/notes/x', { text: 'x' }, { headers }),
      await client.delete('/api/cart/tea', { headers }),
    ]
    expect(responses.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403])
    expect(responses.map(({ headers: sent }) => sent.get('set-cookie'))).toEqual(
      responses.map(() => null),
    )
    expect(cookieOf(client)!.value).toBe(value)
    expect(await client.json('/api/me')).toEqual({ username: 'ada' })
    expect(await client.json('/api/cart')).toEqual({ items: [], count: 0 })
  })
})

test('a link from elsewhere opens the shop, and its own forms are taken', async () => {
  const client = (await openShop('cookie'))()
  const link = await client.get('/', { headers: { 'sec-fetch-site': 'cross-site' } })
  expect(link.status).toBe(200)
  const headers = { 'sec-fetch-site': 'same-origin' }
  const login = await client.post('/login', form({ username: 'ada' }), { headers })
  expect(login.status).toBe(303)
})
