import type { SessionIndex } from '../backend/session-backend.js'
import type { RedisConnection } from './redis-connection.js'

/**
 * The records of each user: one sorted set per user, whose scores are the times at which the records expire.
 * Each write removes the expired ones, and the set expires with its last record, so that no keyspace
 * notifications are needed.
 */
export class RedisIndex implements SessionIndex {
  readonly #connection: RedisConnection
  readonly #prefix: string

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection
    this.#prefix = prefix
  }

  async add(user: string, key: string, ttl: number, deadline?: number): Promise<void> {
    const name = this.#key(user)
    await this.#connection.write('index', 'ingotIndex', name, [ttl, key], deadline)
  }

  async remove(user: string, key: string): Promise<void> {
    await this.#connection.send('unindex', (client) => client.zrem(this.#key(user), key))
  }

  async list(user: string, offset: number, limit: number): Promise<string[]> {
    const now = await this.#connection.serverTime('list')
    return this.#connection.send('list', (client) =>
      client.zrangebyscore(this.#key(user), `(${now}`, '+inf', 'LIMIT', offset, limit),
    )
  }

  /** The key of a record ends in 43 characters, and this one in a word: whatever the prefixes, they differ. */
  #key(user: string): string {
    return `${this.#prefix}${user}:sessions`
  }
}
