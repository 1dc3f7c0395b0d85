import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testClient, type TestClient } from 'ingot/testing'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { startRedis, type RedisServer } from '../../test/support/redis-server.js'
import { createShop } from './app.js'
import { Settings } from './settings.js'

/** Opens a shop on a free port; the result makes its visitors, who come over HTTP. */
export type OpenShop = (store: string) => Promise<() => TestClient>

/** For the tests of one file, which share a Redis. */
export function shopOpener(): OpenShop {
  let redis: RedisServer
  let folder: string
  beforeAll(async () => {
    redis = await startRedis()
    folder = await mkdtemp(join(tmpdir(), 'ingot-shop-'))
  })
  afterAll(async () => {
    await redis.stop()
    await rm(folder, { recursive: true })
  })
  return async (store) => {
    const env = {
      SESSION_STORE: store,
      REDIS_URL: redis.url,
      SESSION_FILE: join(folder, 'sessions.db'),
      SESSION_SECRET: 'a secret for tests of 32 bytes or more',
    }
    const shop = createShop(new Settings(env))
    const server = await shop.listen(0)
    onTestFinished(() => shop.close())
    const web = { fetch: (request: Request) => fetch(request, { redirect: 'manual' }) }
    return () => testClient(web, { origin: server.url })
  }
}

export const form = (fields: Record<string, string>) => new URLSearchParams(fields)

/** The visitor's one cookie. */
export function cookieOf(client: TestClient) {
  expect(client.cookies.size).toBeLessThan(2)
  return [...client.cookies][0]
}
