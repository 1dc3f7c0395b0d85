import { Cluster } from 'ioredis'
import { aText, checkedElsewhere, isObject, type OptionRules } from '../../di/index.js'
import { checkKnownOptions } from '../errors/check-options.js'
import {
  CorruptRecordError,
  type RecordPatch,
  type SessionBackend,
  type BackendRecord,
  type WriteOutcome,
} from '../backend/session-backend.js'
import { checkNumber, ownOptions } from '../errors/options.js'
import { type RedisClient, RedisConnection } from './redis-connection.js'
import { RedisStoreError } from './redis-store-error.js'
import { RedisIndex } from './redis-index.js'
import { type ConfirmOptions, ReplicaConfirmation } from './replica-confirmation.js'

/** Options of a `RedisBackend`. */
export interface RedisBackendOptions {
  /** Every key begins with it; the `keyPrefix` of ioredis comes before it. Default: `session:`. */
  readonly prefix?: string
  /** How long one operation may take, in milliseconds, including the wait for a connection. Default: 800. */
  readonly timeoutMs?: number
  /**
   * `destroy` and `regenerate`, and nothing else, wait until so many replicas have the write, so that a failover
   * does not bring the session back. When too few have it in time, the response is a 503 with a
   * SessionUnconfirmedError. Not for Redis Cluster. Default: the primary's reply is enough.
   */
  readonly confirm?: ConfirmOptions
}

/** What the options of a `RedisBackend` take. */
export const REDIS_BACKEND_RULES: OptionRules<RedisBackendOptions> = {
  prefix: aText,
  timeoutMs: checkedElsewhere,
  confirm: { isFine: isObject, rule: 'an object such as { replicas: 1 }' },
}

/**
 * Keeps each record as one hash in Redis (6.2 or later, Valkey, or a cluster of them). A read is one
 * HGETALL, a write is one script.
 */
export class RedisBackend implements SessionBackend {
  readonly index: RedisIndex
  /** Whether one node can be down while the others answer, as in a cluster. */
  readonly isPartitioned: boolean
  readonly #connection: RedisConnection
  readonly #confirmation: ReplicaConfirmation | undefined
  readonly #prefix: string

  /**
   * @throws SessionOptionError when `timeoutMs` or `confirm` cannot work.
   * @throws TypeError when the client reads from replicas.
   */
  constructor(client: RedisClient, options: RedisBackendOptions = {}) {
    checkKnownOptions(options, REDIS_BACKEND_RULES)
    const { timeoutMs = DEFAULT_TIMEOUT, prefix = 'session:', confirm } = ownOptions(options)
    checkNumber('timeoutMs', timeoutMs, { to: LONGEST_TIMEOUT, unit: 'milliseconds' })
    if (readsReplicas(client)) {
      throw new TypeError(
        'A RedisBackend cannot read from replicas: a session that was destroyed is still there for a moment. ' +
          "Give it a client of the primary, without `readOnly` and `scaleReads: 'slave'`.",
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
      const hash = await this.#connection.send('read', (client) =>
        client.hgetall(this.#prefix + key),
      )
      // Entries and not properties: a field called `__proto__` is a field like any other.
      return recordOf(new Map(Object.entries(hash)))
    } catch (error) {
      throw isWrongType(error) ? corrupt() : error
    }
  }

  async create(
    key: string,
    fields: ReadonlyMap<string, string>,
    ttl: number,
    deadline?: number,
  ): Promise<boolean> {
    const values = [ttl, ...flat(fields)]
    const name = this.#prefix + key
    const reply = await this.#connection.write('create', 'ingotCreate', name, values, deadline)
    return reply.outcome === 'landed'
  }

  async patch(
    key: string,
    patch: RecordPatch,
    ttl: number,
    deadline?: number,
  ): Promise<WriteOutcome> {
    const { version = '', set, deleted = [], expected = NOTHING_EXPECTED } = patch
    const removed = [...deleted]
    const values: (string | number)[] = [ttl, version, expected.size, removed.length]
    for (const [field, text] of expected) values.push(field, text === undefined ? '' : `=${text}`)
    values.push(...removed)
    for (const [field, text] of set) values.push(field, text)
    const connection = patch.isEnd ? this.#confirmedConnection() : this.#connection
    return this.#write(connection, ['patch', 'ingotPatch', key, values, deadline])
  }

  async touch(
    key: string,
    version: number,
    fields: ReadonlyMap<string, string>,
    ttl: number,
    deadline?: number,
  ): Promise<WriteOutcome> {
    const values = [ttl, version, ...flat(fields)]
    return this.#write(this.#connection, ['touch', 'ingotTouch', key, values, deadline])
  }

  async destroy(key: string, deadline?: number): Promise<BackendRecord | undefined> {
    try {
      const connection = this.#confirmedConnection()
      const name = this.#prefix + key
      const { record } = await connection.write('destroy', 'ingotDestroy', name, [], deadline)
      return recordOf(mapOf(record))
    } catch (error) {
      if (isWrongType(error) || error instanceof CorruptRecordError) return undefined
      throw error
    }
  }

  async confirm(since: number): Promise<void> {
    await this.#confirmation?.confirm(since)
  }

  /** `confirm` can only tell about writes over its own connection. */
  #confirmedConnection(): RedisConnection {
    return this.#confirmation?.open() ?? this.#connection
  }

  /** When the key now holds something else, the session is gone. */
  async #write(
    connection: RedisConnection,
    [operation, script, key, ...rest]: Parameters<RedisConnection['write']>,
  ): Promise<WriteOutcome> {
    try {
      const { outcome } = await connection.write(operation, script, this.#prefix + key, ...rest)
      return outcome
    } catch (error) {
      if (isWrongType(error)) return 'lost'
      throw error
    }
  }
}

const NOTHING_EXPECTED: ReadonlyMap<string, undefined> = new Map()

/** Milliseconds. With requests that wait for a Redis that hangs, `close()` of the application ends within a second. */
export const DEFAULT_TIMEOUT = 800

/** Milliseconds. A longer timer of JavaScript fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1

/** A replica lags behind: it would show a logout, or a login, too late. */
function readsReplicas(client: RedisClient): boolean {
  if (client instanceof Cluster) return client.options.scaleReads !== 'master'
  const { options } = client
  return options.readOnly === true || options.role === 'slave'
}

/** @throws CorruptRecordError when no backend wrote the hash. */
function recordOf(hash: Map<string, string>): BackendRecord | undefined {
  if (hash.size === 0) return undefined
  const text = hash.get('version') ?? ''
  // As Redis itself counts: `Number` would also take an empty text, `1e3` and `0x10`.
  if (!/^[1-9]\d{0,14}$/.test(text)) throw corrupt()
  const version = Number(text)
  hash.delete('version')
  return { fields: hash, version }
}

function mapOf(values: readonly string[]): Map<string, string> {
  const map = new Map<string, string>()
  for (let index = 0; index < values.length; index += 2) {
    map.set(values[index] as string, values[index + 1] as string)
  }
  return map
}

function flat(fields: ReadonlyMap<string, string>): string[] {
  const list: string[] = []
  for (const [field, text] of fields) list.push(field, text)
  return list
}

function isWrongType(error: unknown): boolean {
  return error instanceof RedisStoreError && error.reason === 'WRONGTYPE'
}

function corrupt(): CorruptRecordError {
  return new CorruptRecordError(
    'Redis holds something else than a session under the key of a session',
  )
}
