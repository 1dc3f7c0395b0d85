import { expect, test } from 'vitest'
import { redisIndex } from '../../../src/sessions/redis/redis-index.js'

test('whoever takes an entry out of the index hears when that fails', async () => {
  const away = new Error('Redis is away')
  const index = redisIndex({ send: () => Promise.reject(away) } as never, 'session:')
  await expect(index.remove('ada', 'key')).rejects.toBe(away)
})
