import { Cluster } from 'ioredis'
import { aText, isObject, type OptionRules } from '../../di/index.js'
import {
  CorruptRecordError,
  type SessionBackend,
  type SessionIndex,
  type BackendRecord,
  type ReplaceResult,
} from '../backend/session-backend.js'
import { aNumber, checkKnownOptions, ownOptions } from '../errors/options.js'
import { RedisReads, RedisWrites } from './batches.js'
import { type QueuedWrite, type RedisClient, RedisConnection } from './redis-connection.js'
import { RedisStoreError } from './redis-store-error.js'
import { type ConfirmOptions, ReplicaConfirmation } from './replica-confirmation.js'
import { destroyScript, indexScript, touchScript } from './scripts.js'

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
  // A longer timer of JavaScript fires at once.
  timeoutMs: aNumber({ to: 2 ** 31 - 1, unit: 'milliseconds' }),
  confirm: { isFine: isObject, rule: 'an object such as { replicas: 1 }' },
}

/**
 * Keeps each record as one string in Redis (6.2 or later, Valkey, or a cluster of them). A read is one GET, a write
 * is one script; those of one turn of the event loop travel together.
 */
export class RedisBackend implements SessionBackend {
  readonly index: Required<SessionIndex>
  /** Whether one node can be down while the others answer, as in a cluster. */
  readonly isPartitioned: boolean
  readonly #connection: RedisConnection
  readonly #confirmation: ReplicaConfirmation | undefined
  readonly #prefix: string
  readonly #reads: RedisReads
  readonly #writes: RedisWrites

  /**
   * @throws SessionOptionError when `timeoutMs` or `confirm` cannot work.
   * @throws TypeError when the client reads from replicas.
   */
  constructor(client: RedisClient, options: RedisBackendOptions = {}) {
    checkKnownOptions(options, REDIS_BACKEND_RULES)
    const { timeoutMs = DEFAULT_TIMEOUT, prefix = 'session:', confirm } = ownOptions(options)
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
    this.#reads = new RedisReads(this.#connection, client)
    this.#writes = new RedisWrites(this.#connection, client)
    this.index = redisIndex(this.#connection, this.#prefix)
  }

  read(key: string): Promise<BackendRecord | undefined> {
    return this.#reads.read(this.#prefix + key).then(found, (error) => {
      throw isWrongType(error) ? corrupt() : error
    })
  }

  async create(key: string, text: string, ttl: number, deadline?: number): Promise<boolean> {
    const queued = this.#queued('create', key, undefined, text, ttl, deadline)
    return (await this.#writes.write(queued)) === 'applied'
  }

  replace(
    key: string,
    version: number,
    text: string,
    ttl: number,
    deadline?: number,
    isEnd = false,
  ): Promise<ReplaceResult> {
    const connection = isEnd && this.#confirmation?.open()
    const writes = connection ? new RedisWrites(connection) : this.#writes
    return writes.write(this.#queued('replace', key, version, text, ttl, deadline)).then(outcome)
  }

  async touch(
    key: string,
    version: number,
    text: string,
    ttl: number,
    deadline?: number,
  ): Promise<boolean> {
    const values = [digitsOf(version), ttl, text.slice(0, TOUCHED)]
    const name = this.#prefix + key
    const reply = await this.#connection.write('touch', touchScript, name, values, deadline)
    return reply === 'applied'
  }

  async destroy(key: string, deadline?: number): Promise<BackendRecord | undefined> {
    try {
      const connection = this.#confirmation?.open() ?? this.#connection
      const name = this.#prefix + key
      const value = await connection.write('destroy', destroyScript, name, [], deadline)
      return found(value)
    } catch (error) {
      if (isWrongType(error) || error instanceof CorruptRecordError) return undefined
      throw error
    }
  }

  async confirm(since: number): Promise<void> {
    await this.#confirmation?.confirm(since)
  }

  /** @param version that the record has to have; `undefined` when there must be none. */
  #queued(
    operation: string,
    key: string,
    version: number | undefined,
    text: string,
    ttl: number,
    deadline: number | undefined,
  ): QueuedWrite {
    return {
      operation,
      key: this.#prefix + key,
      version: version === undefined ? '' : digitsOf(version),
      value: digitsOf((version ?? 0) + 1) + text,
      ttl,
      deadline: this.#connection.deadline(deadline),
    }
  }
}

/**
 * The records of each user: one sorted set per user, whose scores are the times at which the records expire.
 * Each write removes the expired ones, and the set expires with its last record, so that no keyspace
 * notifications are needed.
 */
function redisIndex(connection: RedisConnection, prefix: string): Required<SessionIndex> {
  // The key of a record ends in 43 characters, and this one in a word: whatever the prefixes, they differ.
  const keyOf = (user: string) => `${prefix}${user}:sessions`
  return {
    async add(user, key, ttl, deadline) {
      await connection.write('index', indexScript, keyOf(user), [ttl, key], deadline)
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

/** Milliseconds. With requests that wait for a Redis that hangs, `close()` of the application ends within a second. */
export const DEFAULT_TIMEOUT = 800

/** A replica lags behind: it would show a logout, or a login, too late. */
function readsReplicas(client: RedisClient): boolean {
  if (client instanceof Cluster) return client.options.scaleReads !== 'master'
  const { options } = client
  return options.readOnly === true || options.role === 'slave'
}

/** A record is one string: its version in so many digits, then its text. */
const VERSION = 10
const ZEROS = '0'.repeat(VERSION)
/** How much of a text `touch` may change. */
const TOUCHED = 14

function digitsOf(version: number): string {
  const digits = String(version)
  return ZEROS.slice(digits.length) + digits
}

/** @throws CorruptRecordError when no backend wrote the value. */
function recordOf(value: string): BackendRecord {
  const digits = value.slice(0, VERSION)
  if (!/^\d{10}$/.test(digits) || Number(digits) === 0) throw corrupt()
  return { text: value.slice(VERSION), version: Number(digits) }
}

function found(value: string | null): BackendRecord | undefined {
  return value === null ? undefined : recordOf(value)
}

function outcome(reply: string): ReplaceResult {
  return reply === 'applied' || reply === 'missing' ? reply : recordOf(reply)
}

function isWrongType(error: unknown): boolean {
  return error instanceof RedisStoreError && error.reason === 'WRONGTYPE'
}

function corrupt(): CorruptRecordError {
  return new CorruptRecordError(
    'Redis holds something else than a session under the key of a session',
  )
}
