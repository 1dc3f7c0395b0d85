import { Cluster, type Redis } from 'ioredis'
import type { QueuedWrite, RedisClient, RedisConnection } from './redis-connection.js'

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects what is asked for in one turn of the event loop, so that requests that arrive together cost one command. It
 * is sent by `setImmediate`: a microtask would end before the next request is read. A cluster has a node for each
 * key, so there each travels alone.
 */
class Batch<Item, Result> {
  readonly #client: Redis
  readonly #send: (items: readonly Waiting<Item, Result>[]) => void
  #waiting: Waiting<Item, Result>[] = []

  constructor(client: Redis, send: (items: readonly Waiting<Item, Result>[]) => void) {
    this.#client = client
    this.#send = send
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush())
      this.#waiting.push({ item, resolve, reject })
    })
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    const { stream } = this.#client
    // In one write to the socket, and now: what the connection holds back goes a turn later.
    stream?.cork()
    for (let start = 0; start < waiting.length; start += MOST)
      this.#send(waiting.slice(start, start + MOST))
    stream?.uncork()
  }
}

/** Reads values, those of one turn of the event loop by one MGET. */
export class RedisReads {
  readonly #connection: RedisConnection
  readonly #batch: Batch<string, string | null> | undefined
  /** Keys whose values were large: they would hold up the small ones. */
  readonly #large = new Set<string>()

  constructor(connection: RedisConnection, client: RedisClient) {
    this.#connection = connection
    if (client instanceof Cluster) return
    this.#batch = new Batch(client, (waiting) => void this.#readAll(waiting))
  }

  async read(key: string): Promise<string | null> {
    const value =
      this.#batch && !this.#large.has(key) ? await this.#batch.add(key) : await this.#get(key)
    if (value && value.length > LARGE) this.#noteLarge(key)
    return value
  }

  #get(key: string): Promise<string | null> {
    return this.#connection.send('read', (client) => client.get(key))
  }

  async #readAll(waiting: readonly Waiting<string, string | null>[]): Promise<void> {
    const [first] = waiting
    if (first && waiting.length === 1) {
      return this.#get(first.item).then(first.resolve, first.reject)
    }
    const keys = waiting.map(({ item }) => item)
    try {
      const values = await this.#connection.send('read', (client) => (client as Redis).mget(keys))
      for (const [index, { item, resolve, reject }] of waiting.entries()) {
        const value = values[index] ?? null
        // MGET answers the same for nothing and for what is not a string.
        if (value === null) this.#get(item).then(resolve, reject)
        else resolve(value)
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  #noteLarge(key: string): void {
    this.#large.delete(key)
    this.#large.add(key)
    if (this.#large.size > MOST_LARGE) this.#large.delete(this.#large.keys().next().value as string)
  }
}

/** Writes values, those of one turn of the event loop by one script. */
export class RedisWrites {
  readonly #connection: RedisConnection
  readonly #batch: Batch<QueuedWrite, string> | undefined

  /** @param client what batches are sent to; without it each write travels alone. */
  constructor(connection: RedisConnection, client?: RedisClient) {
    this.#connection = connection
    if (!client || client instanceof Cluster) return
    this.#batch = new Batch(client, (waiting) => void this.#writeAll(waiting))
  }

  /** @returns `applied`, `missing`, or the value as it is. */
  async write(item: QueuedWrite): Promise<string> {
    // Measured: a script with several large values is slower than one for each.
    if (this.#batch && item.value.length <= LARGE) return this.#batch.add(item)
    return new Promise((resolve, reject) => {
      void this.#writeAll([{ item, resolve, reject }])
    })
  }

  async #writeAll(waiting: readonly Waiting<QueuedWrite, string>[], attempt = 1): Promise<void> {
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

/** How many travel together. More would hold up other clients of Redis. */
const MOST = 64
/** Characters of a value from which it travels alone. */
const LARGE = 4096
/** How many keys of large values are remembered. */
const MOST_LARGE = 1000
