import { expect, onTestFinished, test } from 'vitest'
import { DurableRedis } from '../../soak/durable-redis.js'
import { ShopProcess } from '../../soak/shop-process.js'

test('on SIGTERM while Redis hangs, the shop answers the requests under way and ends in time [PR-03]', async () => {
  const redis = await DurableRedis.start()
  onTestFinished(() => redis.stop())
  const printed: string[] = []
  const shop = await ShopProcess.start(
    0,
    { SESSION_STORE: 'redis', REDIS_URL: `redis://127.0.0.1:${redis.port}` },
    printed,
  )
  onTestFinished(() => shop.kill())
  const visit = (cookie: string) => {
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    return fetch(`${shop.url}/api/visits`, { method: 'POST', headers })
  }
  const [cookie = ''] = (await visit('')).headers.getSetCookie()[0]?.split(';') ?? []
  redis.freeze()
  const underWay = Array.from({ length: 20 }, () => visit(cookie))
  // When the shop has answered a later request, these have arrived.
  await fetch(`${shop.url}/healthz`)
  const ending = await shop.end()
  expect((await Promise.all(underWay)).map(({ status }) => status)).toEqual(
    Array.from({ length: 20 }, () => 503),
  )
  expect({ ...ending, took: 0 }).toEqual({ code: 0, signal: null, took: 0 })
  // The grace period, and at most two seconds each for a load and a dump.
  expect(ending.took).toBeLessThan(10_000 + 4000)
})
