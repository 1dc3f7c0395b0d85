import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createShop } from './app.js'
import { keepSessions } from './store.js'

test('who asks whether the shop is open gets no session', async () => {
  const client = testClient(createShop({ kept: keepSessions(undefined), passwords: {} }))
  const response = await client.get('/healthz')
  expect([response.status, await response.text()]).toEqual([200, 'The shop is open.'])
  expect(response.headers.has('vary')).toBe(false)
})
