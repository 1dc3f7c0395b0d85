import type { SessionIndex } from '../backend/session-index.js'
import type { RedisConnection } from './redis-connection.js'

/**
 * The records of each user in Redis: one sorted set per user, whose scores are the ends of the sessions.
 * It trims itself and ends with its last session, so it needs no keyspace notifications.
 */
export class RedisIndex implements SessionIndex {
  readonly #connection: RedisConnection
  readonly #prefix: string

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection
    this.#prefix = prefix
  }

  async add(user: string, key: string, ttl: number): Promise<void> {
    await this.#connection.run('note', 'ingotNote', this.#key(user), [ttl, key])
  }

  async remove(user: string, key: string): Promise<void> {
    await this.#connection.ask('forget', (client) => client.zrem(this.#key(user), key))
  }

  async list(user: string, offset: number, limit: number): Promise<string[]> {
    const now = await this.#connection.now('list')
    return this.#connection.ask('list', (client) =>
      client.zrangebyscore(this.#key(user), `(${now}`, '+inf', 'LIMIT', offset, limit),
    )
  }

  /** Records end in 43 characters and this in a word, so no two prefixes can make them meet. */
  #key(user: string): string {
    return `${this.#prefix}${user}:sessions`
  }
}
