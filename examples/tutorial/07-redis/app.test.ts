import { testClient } from 'ingot/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startRedis, type RedisServer } from '../../../test/support/redis-server.js'
import { createShop } from './app.js'
import { keepSessions } from './store.js'

let redis: RedisServer
beforeAll(async () => void (redis = await startRedis()))
afterAll(() => redis?.stop())

/** One of many processes of the shop. */
function openShop(url: string | undefined) {
  const shop = createShop({ kept: keepSessions(url), passwords: {} })
  onTestFinished(() => shop.close())
  return testClient(shop)
}

test('another process of the shop knows the cart', async () => {
  const client = openShop(redis.url)
  await client.post('/cart/tea')
  const other = openShop(redis.url)
  for (const cookie of client.cookies) other.cookies.set(cookie.name, cookie.value)
  expect(await (await other.get('/')).text()).toContain('1 × Green tea')
})

test('without Redis each process has carts of its own', async () => {
  const client = openShop(undefined)
  await client.post('/cart/tea')
  const other = openShop(undefined)
  for (const cookie of client.cookies) other.cookies.set(cookie.name, cookie.value)
  expect(await (await other.get('/')).text()).not.toContain('Green tea</li>')
})
