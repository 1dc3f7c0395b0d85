import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createShop } from './app.js'
import { keepSessions } from './store.js'
import { Users } from './users.js'

const shop = createShop({ kept: keepSessions(undefined), passwords: { ada: 'lovelace' } })

test('a visitor keeps the cart when they log in', async () => {
  const client = testClient(shop)
  await client.post('/cart/tea')
  const form = { name: 'ada', password: 'lovelace' }
  const page = await client.post('/login', { form }, { follow: true })
  expect(await page.text()).toContain('1 × Green tea')
})

test('who comes back with two mugs and adds one has three', async () => {
  const client = await testClient(shop).withSession({ cart: { mug: 2 } }, { userId: 'ada' })
  await client.post('/cart/mug')
  expect(await client.session()).toMatchObject({ cart: { mug: 3 } })
})

test('a copy of the shop has other users, for this test only', async () => {
  const open = shop.with([[Users, new Users({ grace: 'anything' })]])
  const form = { name: 'grace', password: 'anything' }
  const response = await testClient(open).post('/login', { form })
  expect(response.status).toBe(303)
})
