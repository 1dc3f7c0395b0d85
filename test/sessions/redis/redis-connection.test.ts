import { connectRedis, disconnectRedis, RedisBackend } from 'ingot/redis'
import { ReplyError, type Redis } from 'ioredis'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { textOf } from '../../../src/testing/conformance/backend/opened-backend.js'
import { addressOf, printedBy } from '../../support/printed-by.js'
import { startRedis } from '../../support/redis-server.js'

async function connected(): Promise<Redis> {
  const server = await startRedis()
  const client = connectRedis(server.url)
  onTestFinished(async () => {
    await disconnectRedis(client)
    await server.stop()
  })
  await once(client, 'ready')
  return client
}

test('commands of one turn of the event loop are sent with one write, and later ones are not delayed', async () => {
  const client = await connected()
  const backend = new RedisBackend(client)
  const keys = ['a', 'b', 'c', 'd']
  await Promise.all(keys.map((key) => backend.create(key, textOf(key), 60_000)))
  // Each script is sent in full once.
  await backend.touch('a', 1, textOf('a', 1), 60_000)
  const spies: readonly { mock: { calls: unknown[] } }[] = [
    vi.spyOn(client.stream, '_writev' as never),
    vi.spyOn(client.stream, '_write' as never),
  ]
  const writes = () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
  const found = await Promise.all(keys.map((key) => backend.read(key)))
  expect(found.map((record) => record?.text.slice(14))).toEqual(keys)
  expect(writes()).toBe(1)
  await Promise.all(keys.map((key) => backend.replace(key, 1, textOf(`${key}2`), 60_000)))
  expect(writes()).toBe(2)
  await Promise.all(keys.map((key) => backend.touch(key, 2, textOf(`${key}2`, 1), 60_000)))
  expect(writes()).toBe(3)
  expect((await backend.read('d'))?.version).toBe(2)
  expect(client.stream.writableCorked).toBe(0)
})

test('a script that a server misses is sent in full, also where it says so after a general code', async () => {
  const client = await connected()
  const backend = new RedisBackend(client)
  await backend.create('a', textOf('1'), 60_000)
  const missing = new ReplyError('ERR NOSCRIPT No matching script. Please use EVAL.')
  const hashed = vi.spyOn(client, 'evalsha').mockRejectedValueOnce(missing)
  expect(await backend.replace('a', 1, textOf('2'), 60_000)).toBe('applied')
  expect(hashed).toHaveBeenCalledOnce()
  expect(await backend.read('a')).toEqual({ text: textOf('2'), version: 2 })
})

// A process of its own: V8 decides once.
test('methods of texts are fast again, which a class of ioredis that extends String makes slow', async () => {
  const program = `
    import { connectRedis, RedisBackend } from '${addressOf('src/sessions/redis/index.ts')}'
    const isFast = new Function('return %HasFastProperties(String.prototype)')
    const client = connectRedis('redis://localhost', { lazyConnect: true })
    const before = isFast()
    const backend = new RedisBackend(client)
    console.log(before, isFast())`
  // Once the first is true, nothing has to be done any more.
  expect(await printedBy(program, '--allow-natives-syntax')).toBe('false true\n')
}, 60_000)
