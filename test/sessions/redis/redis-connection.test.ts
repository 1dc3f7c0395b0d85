import { connectRedis, disconnectRedis, RedisBackend } from 'ingot/redis'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { startRedis } from '../../support/redis-server.js'

test('commands of one turn of the event loop are sent with one write, and later ones are not delayed', async () => {
  await using server = await startRedis()
  const client = connectRedis(server.url)
  try {
    await once(client, 'ready')
    const backend = new RedisBackend(client)
    const batches = vi.spyOn(client.stream, '_writev' as never)
    const singles = vi.spyOn(client.stream, '_write' as never)
    const keys = ['a', 'b', 'c', 'd']
    expect(await Promise.all(keys.map((key) => backend.read(key)))).toEqual(
      keys.map(() => undefined),
    )
    expect(batches).toHaveBeenCalledOnce()
    expect(singles).not.toHaveBeenCalled()
    expect(await backend.read('e')).toBeUndefined()
    expect(client.stream.writableCorked).toBe(0)
  } finally {
    await disconnectRedis(client)
  }
})
