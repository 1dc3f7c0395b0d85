import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createShop } from './app.js'

const shop = createShop({ ada: 'lovelace' })

test('a visitor logs in with a new id, and out without a trace', async () => {
  const client = testClient(shop)
  await client.get('/products/tea')
  const [before] = [...client.cookies]
  const form = { name: 'ada', password: 'lovelace' }
  const page = await client.post('/login', { form }, { follow: true })
  expect(await page.text()).toContain('ada <button>Log out</button>')
  expect([...client.cookies][0]!.value).not.toBe(before!.value)
  await client.post('/logout')
  expect([...client.cookies]).toEqual([])
})

test.each([
  ['ada', 'byron'],
  ['nobody', ''],
  ['', ''],
])('%s with the password %j stays outside', async (name, password) => {
  const client = testClient(shop)
  expect((await client.post('/login', { form: { name, password } })).status).toBe(403)
  expect([...client.cookies]).toEqual([])
})
