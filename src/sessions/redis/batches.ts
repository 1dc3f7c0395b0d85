import { Cluster, type Redis } from 'ioredis'
import { Batch, LARGE, LargeKeys, type Group, type Waiting } from '../calls/batch.js'
import type { QueuedWrite, RedisClient, RedisConnection } from './redis-connection.js'

/** Reads values, those of one turn of the event loop by one MGET. */
export class RedisReads {
  readonly #connection: RedisConnection
  readonly #batch: Batch<string, string | null> | undefined
  readonly #large = new LargeKeys()

  constructor(connection: RedisConnection, client: RedisClient) {
    this.#connection = connection
    this.#batch = inOneWrite(client, (group) => this.#readAll(group))
  }

  read(key: string): Promise<string | null> {
    return this.#batch && !this.#large.has(key) ? this.#batch.add(key) : this.#get(key)
  }

  async #get(key: string): Promise<string | null> {
    const value = await this.#connection.send('read', (client) => client.get(key))
    this.#large.note(key, value)
    return value
  }

  async #readAll(waiting: Group<string, string | null>): Promise<void> {
    const [first] = waiting
    if (first && waiting.length === 1) {
      return this.#get(first.item).then(first.resolve, first.reject)
    }
    const keys = waiting.map(({ item }) => item)
    try {
      const values = await this.#connection.send('read', (client) => (client as Redis).mget(keys))
      for (const [index, { item, resolve, reject }] of waiting.entries()) {
        const value = values[index] ?? null
        this.#large.note(item, value)
        // MGET answers the same for nothing and for what is not a string.
        if (value === null) this.#get(item).then(resolve, reject)
        else resolve(value)
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
}

/** Writes values, those of one turn of the event loop by one script. */
export class RedisWrites {
  readonly #connection: RedisConnection
  readonly #batch: Batch<QueuedWrite, string> | undefined

  /** @param client what batches are sent to; without it each write travels alone. */
  constructor(connection: RedisConnection, client?: RedisClient) {
    this.#connection = connection
    this.#batch = inOneWrite(client, (group) => this.#writeAll(group))
  }

  /** @returns `applied`, `missing`, or the value as it is. */
  write(item: QueuedWrite): Promise<string> {
    // Measured: a script with several large values is slower than one for each.
    if (this.#batch && item.value.length <= LARGE) return this.#batch.add(item)
    return new Promise((resolve, reject) => {
      void this.#writeAll([{ item, resolve, reject }])
    })
  }

  async #writeAll(waiting: Group<QueuedWrite, string>, attempt = 1): Promise<void> {
    const items = waiting.map(({ item }) => item)
    try {
      const replies = await this.#connection.writeAll(items)
      const late: Waiting<QueuedWrite, string>[] = []
      for (const [index, each] of waiting.entries()) {
        const reply = replies[index] as string
        if (reply !== 'late') each.resolve(reply)
        else if (attempt === 1 && performance.now() < each.item.deadline) late.push(each)
        else each.reject(this.#connection.failure(each.item.operation, 'timeout'))
      }
      // In time here: the clock of the server was estimated too early, or set; the reply had the time.
      if (late.length > 0) await this.#writeAll(late, 2)
    } catch (error) {
      const { reason } = error as { readonly reason: string }
      for (const { item, reject } of waiting)
        reject(this.#connection.failure(item.operation, reason))
    }
  }
}

/**
 * A batch for one server: it goes in one write to the socket, and now, for what the connection holds back goes a turn
 * later. A cluster has a node for each key, so there each travels alone.
 */
function inOneWrite<Item, Result>(
  client: RedisClient | undefined,
  send: (group: Group<Item, Result>) => Promise<void>,
): Batch<Item, Result> | undefined {
  if (!client || client instanceof Cluster) return undefined
  return new Batch((groups) => {
    const { stream } = client
    stream?.cork()
    for (const group of groups) void send(group)
    stream?.uncork()
  })
}
