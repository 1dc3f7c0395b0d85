import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createShop } from './app.js'

test('the list takes a price from the query, and a page a product from the path', async () => {
  const client = testClient(createShop())
  expect(await (await client.get('/')).text()).toContain('Coffee')
  expect(await (await client.get('/?most=1000')).text()).not.toContain('Coffee')
  expect((await client.get('/?most=cheap')).status).toBe(400)
  expect(await (await client.get('/products/tea')).text()).toContain('€9.50')
  expect((await client.get('/products/sofa')).status).toBe(404)
})
