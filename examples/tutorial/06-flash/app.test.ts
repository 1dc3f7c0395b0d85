import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createShop } from './app.js'

test('the next page says what was added, and the page after it does not', async () => {
  const client = testClient(createShop({}))
  const said = '<p role="status">Green tea is in your cart.</p>'
  const next = await client.post('/cart/tea', undefined, { follow: true })
  expect(await next.text()).toContain(said)
  expect(await (await client.get('/')).text()).not.toContain(said)
})
