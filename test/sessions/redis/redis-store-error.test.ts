import { RedisStoreError } from 'ingot/redis'
import { expect, test } from 'vitest'

test.each([
  [
    'timeout',
    'no answer came in time. Redis or the network may hang; the option `timeoutMs` says how long to wait.',
  ],
  ['unavailable', 'there is no connection. Is it running, and is the address right?'],
  ['ECONNREFUSED', 'nothing listens at its address (ECONNREFUSED).'],
  ['ENOTFOUND', 'its host name has no address (ENOTFOUND).'],
  ['NOAUTH', 'it asks for a password (NOAUTH).'],
  ['WRONGPASS', 'it refused user name and password (WRONGPASS).'],
  [
    'NOPERM',
    'the user lacks a permission (NOPERM); docs/stores.md lists the commands that sessions need.',
  ],
  ['OOM', 'it is out of memory (OOM); sessions can still be read and destroyed.'],
  ['READONLY', 'it is a replica (READONLY); sessions are written to the primary.'],
  ['LOADING', 'it answered or failed with LOADING.'],
])('a failure of Redis for the reason %s says what to look at', (reason, explanation) => {
  const error = new RedisStoreError('replace', reason, 'redis.shop.test:6379')
  expect(error).toMatchObject({ name: 'RedisStoreError', code: 'SESSION_REDIS', reason })
  expect(error.message).toBe(
    `Redis at redis.shop.test:6379 did not replace a session: ${explanation}`,
  )
})
