import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createShop } from './app.js'

test('two clicks at the same time both count, and the login keeps the cart', async () => {
  const client = testClient(createShop({ ada: 'lovelace' }))
  await client.post('/cart/mug')
  await Promise.all([client.post('/cart/tea'), client.post('/cart/tea')])
  await client.post('/login', { form: { name: 'ada', password: 'lovelace' } })
  expect(await client.session()).toMatchObject({ cart: { mug: 1, tea: 2 } })
  expect(await (await client.get('/')).text()).toContain('2 × Green tea, €19.00')
  expect((await client.post('/cart/sofa')).status).toBe(404)
})
