import { Redis, type RedisOptions } from 'ioredis'

/**
 * A client of ioredis that survives what its failover detector does to it. The news of a new master breaks
 * off whatever the client is at; when it was asking a sentinel for the master, ioredis counts that as a call
 * of `disconnect()` and never connects again. And `quit()` leaves the detector's connections open
 * (ioredis #1362).
 */
export class SentinelRedis extends Redis {
  #isToEnd = false
  #hasClosed = false

  constructor(options: Omit<RedisOptions, 'replyMapping'>) {
    super(options)
    this.on('connecting', () => (this.#hasClosed = false))
    this.on('close', () => (this.#hasClosed = true))
    this.on('end', () => this.#ended())
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.#isToEnd = true
    super.disconnect(reconnect)
  }

  #ended(): void {
    // A connection that ends for good was closed before: by QUIT, or by a strategy that gave up.
    if (this.#isToEnd || this.#hasClosed) super.disconnect()
    else this.connect().catch(() => {})
  }
}
