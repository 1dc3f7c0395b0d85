import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createShop } from './app.js'

test('the shop remembers what a visitor looked at, and nothing of who looked at nothing', async () => {
  const shop = createShop()
  const ada = testClient(shop)
  expect(await (await ada.get('/')).text()).not.toContain('You looked at')
  expect([...ada.cookies]).toEqual([])
  await ada.get('/products/tea')
  expect(await (await ada.get('/')).text()).toContain('You looked at: Green tea')
  expect(await (await testClient(shop).get('/')).text()).not.toContain('You looked at')
})
