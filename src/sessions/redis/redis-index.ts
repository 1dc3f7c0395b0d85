import type { SessionIndex } from '../backend/session-backend.js'
import type { RedisConnection } from './redis-connection.js'

/**
 * The records of each user: one sorted set per user, whose scores are the times at which the records expire.
 * Each write removes the expired ones, and the set expires with its last record, so that no keyspace
 * notifications are needed.
 */
export function redisIndex(connection: RedisConnection, prefix: string): Required<SessionIndex> {
  // The key of a record ends in 43 characters, and this one in a word: whatever the prefixes, they differ.
  const keyOf = (user: string) => `${prefix}${user}:sessions`
  return {
    async add(user, key, ttl, deadline) {
      await connection.write('index', 'ingotIndex', keyOf(user), [ttl, key], deadline)
    },
    async remove(user, key) {
      await connection.send('unindex', (client) => client.zrem(keyOf(user), key))
    },
    async list(user, offset, limit) {
      const now = await connection.serverTime('list')
      return connection.send('list', (client) =>
        client.zrangebyscore(keyOf(user), `(${now}`, '+inf', 'LIMIT', offset, limit),
      )
    },
  }
}
