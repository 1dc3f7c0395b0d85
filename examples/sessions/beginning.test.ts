import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { app } from './counting.js'

// #region beginning
test('a visitor who comes back goes on counting', async () => {
  const client = await testClient(app).withSession({ count: 2 })
  await client.post('/count')
  expect(await client.session()).toEqual({ count: 3 })
})
// #endregion
