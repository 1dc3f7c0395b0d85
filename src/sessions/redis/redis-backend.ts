import { Cluster } from 'ioredis'
import {
  CorruptRecordError,
  type RecordPatch,
  type SessionBackend,
  type BackendRecord,
  type WriteOutcome,
} from '../backend/session-backend.js'
import { ownOptions } from '../errors/own-options.js'
import { type RedisClient, RedisConnection } from './redis-connection.js'
import { RedisStoreError } from './redis-fault.js'
import { RedisIndex } from './redis-index.js'
import { type ConfirmOptions, ReplicaConfirmation } from './replica-confirmation.js'

/** What a `RedisBackend` takes. */
export interface RedisBackendOptions {
  /** What every key begins with; the `keyPrefix` of ioredis comes before it. Default: `session:`. */
  readonly prefix?: string
  /** How long one operation may take, in milliseconds, waiting for a connection included. Default: 1,000. */
  readonly timeoutMs?: number
  /**
   * After `destroy` and `regenerate`, and nothing else, wait until so many replicas know: a failover does not
   * bring the session back then. When too few do in time, the answer is a 503 with a SessionUnconfirmedError.
   * Not for Redis Cluster. Default: the word of the primary is enough.
   */
  readonly confirm?: ConfirmOptions
}

/**
 * Keeps each record as one hash in Redis (6.2 or later, Valkey, or a cluster of them). A read is one
 * HGETALL, a write is one script.
 */
export class RedisBackend implements SessionBackend {
  readonly index: RedisIndex
  /** A node of a cluster may be away, and the others answer. */
  readonly isPartitioned: boolean
  readonly #connection: RedisConnection
  readonly #confirmation: ReplicaConfirmation | undefined
  readonly #prefix: string

  /**
   * @throws RangeError when `timeout` is not a positive number of milliseconds.
   * @throws TypeError when the client reads from replicas.
   * @throws SessionOptionError when `confirm` cannot work.
   */
  constructor(client: RedisClient, options: RedisBackendOptions = {}) {
    const { timeoutMs = DEFAULT_TIMEOUT, prefix = 'session:', confirm } = ownOptions(options)
    if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
      throw new RangeError(
        `The timeout of a RedisBackend is a positive number of milliseconds, not ${timeoutMs}`,
      )
    }
    if (readsReplicas(client)) {
      throw new TypeError(
        'A RedisBackend does not read from replicas: they show sessions as they were',
      )
    }
    this.isPartitioned = client instanceof Cluster
    this.#prefix = prefix
    this.#connection = new RedisConnection(client, timeoutMs)
    this.#confirmation = confirm && new ReplicaConfirmation(client, confirm, timeoutMs)
    this.index = new RedisIndex(this.#connection, this.#prefix)
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    try {
      const ask = (client: RedisClient) => client.hgetall(this.#prefix + key)
      // Entries and not properties: a field called `__proto__` is a field like any other.
      return recordOf(new Map(Object.entries(await this.#connection.ask('read', ask))))
    } catch (error) {
      throw isWrongType(error) ? notOurs() : error
    }
  }

  async create(key: string, fields: ReadonlyMap<string, string>, ttl: number): Promise<boolean> {
    const outcome = await this.#connection.run('create', 'ingotCreate', this.#prefix + key, [
      ttl,
      ...flat(fields),
    ])
    return outcome === 'applied'
  }

  async patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    const { version = '', set, deleted = [], expected = NOTHING_EXPECTED } = patch
    const removed = [...deleted]
    const values: (string | number)[] = [ttl, version, expected.size, removed.length]
    for (const [field, text] of expected) values.push(field, text === undefined ? '' : `=${text}`)
    values.push(...removed)
    for (const [field, text] of set) values.push(field, text)
    const connection = patch.isEnd ? this.#forEnds() : this.#connection
    return this.#write(connection, 'patch', 'ingotPatch', key, values)
  }

  async touch(
    key: string,
    version: number,
    fields: ReadonlyMap<string, string>,
    ttl: number,
  ): Promise<WriteOutcome> {
    return this.#write(this.#connection, 'touch', 'ingotTouch', key, [
      ttl,
      version,
      ...flat(fields),
    ])
  }

  async destroy(key: string): Promise<BackendRecord | undefined> {
    try {
      return recordOf(pairsOf(await this.#forEnds().destroy(this.#prefix + key)))
    } catch (error) {
      if (isWrongType(error) || error instanceof CorruptRecordError) return undefined
      throw error
    }
  }

  async confirm(since: number): Promise<void> {
    await this.#confirmation?.confirm(since)
  }

  #forEnds(): RedisConnection {
    return this.#confirmation?.open() ?? this.#connection
  }

  /** A key that holds something else by now holds no session. */
  async #write(
    connection: RedisConnection,
    operation: string,
    script: 'ingotPatch' | 'ingotTouch',
    key: string,
    values: readonly (string | number)[],
  ): Promise<WriteOutcome> {
    try {
      return await connection.run(operation, script, this.#prefix + key, values)
    } catch (error) {
      if (isWrongType(error)) return 'missing'
      throw error
    }
  }
}

const NOTHING_EXPECTED: ReadonlyMap<string, undefined> = new Map()

/** Milliseconds. */
export const DEFAULT_TIMEOUT = 1000

/** A replica is behind: it would show a logout, or a login, too late. */
function readsReplicas(client: RedisClient): boolean {
  if (client instanceof Cluster) return client.options.scaleReads !== 'master'
  const { options } = client
  return options.readOnly === true || options.role === 'slave'
}

/** @throws CorruptRecordError when the hash was not written by a backend. */
function recordOf(hash: Map<string, string>): BackendRecord | undefined {
  if (hash.size === 0) return undefined
  const version = Number(hash.get('version') ?? Number.NaN)
  if (!Number.isSafeInteger(version)) throw notOurs()
  hash.delete('version')
  return { fields: hash, version }
}

function pairsOf(values: readonly string[]): Map<string, string> {
  const pairs = new Map<string, string>()
  for (let index = 0; index < values.length; index += 2) {
    pairs.set(values[index] as string, values[index + 1] as string)
  }
  return pairs
}

function flat(fields: ReadonlyMap<string, string>): string[] {
  const list: string[] = []
  for (const [field, text] of fields) list.push(field, text)
  return list
}

function isWrongType(error: unknown): boolean {
  return error instanceof RedisStoreError && error.reason === 'WRONGTYPE'
}

function notOurs(): CorruptRecordError {
  return new CorruptRecordError('What Redis holds under the key of a session is not a session')
}
