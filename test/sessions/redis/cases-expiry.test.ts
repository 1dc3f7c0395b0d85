import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { recordKey } from '../../../src/sessions/session/session-id.js'
import { startRedis } from '../../support/redis-server.js'
import { idOf, overRedis, visitors } from '../server-store/server-store-suite.js'

test('a session whose key has expired in Redis is an anonymous visit, and does not come back [EX-07]', async () => {
  await using server = await startRedis()
  const admin = new Redis(server.port)
  onTestFinished(() => admin.disconnect())
  await using world = await visitors(overRedis(() => server, 'session:'))
  const cookie = await world.visitor({ user: 'ada' })
  const key = `session:${recordKey(idOf(cookie))}`
  expect(await admin.pexpireat(key, Date.now() - 1)).toBe(1)
  const visit = await world.visit(cookie, (session) => session.toObject())
  expect([visit.status, visit.result, visit.setCookies]).toEqual([200, {}, []])
  expect(await admin.exists(key)).toBe(0)
})
