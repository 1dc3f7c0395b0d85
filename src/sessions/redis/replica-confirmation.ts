import { Cluster, type Redis } from 'ioredis'
import { checkNumber, ownOptions } from '../errors/options.js'
import { SessionOptionError, SessionUnconfirmedError } from '../errors/errors.js'
import { type RedisClient, RedisConnection } from './redis-connection.js'

/** When a destroyed session counts as safe from a failover. */
export interface ConfirmOptions {
  /** How many replicas have to have the write. */
  readonly replicas: number
  /** How long to wait for them, in milliseconds; less than the store's `timeoutMs`. Default: 500. */
  readonly timeoutMs?: number
}

/**
 * Waits until replicas have a write, over a connection of its own: WAIT counts the writes of its connection only,
 * and blocks whatever else is sent over it.
 */
export class ReplicaConfirmation {
  readonly #connection: RedisConnection
  readonly #client: Redis
  readonly #options: Required<ConfirmOptions>
  /** When a connection was last lost, on the clock of `performance.now`. */
  #lostAt = -Infinity
  #next: Promise<number> | undefined

  /** @throws SessionOptionError when the option cannot work. */
  constructor(client: RedisClient, options: ConfirmOptions, timeout: number) {
    if (client instanceof Cluster) throw notForClusters()
    this.#options = checkConfirm(options, timeout)
    this.#client = client.duplicate({
      lazyConnect: true,
      // `open` connects it when it is needed: it must not keep reconnecting by itself.
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
      // While it waits for replicas, the server sends nothing.
      socketTimeout: timeout + this.#options.timeoutMs,
    })
    this.#client.on('close', () => (this.#lostAt = performance.now()))
    client.on('end', () => this.#client.disconnect())
    this.#connection = new RedisConnection(this.#client, timeout)
  }

  /** The connection for a write that `confirm` is asked about later. */
  open(): RedisConnection {
    if (this.#client.status === 'end') this.#client.connect().catch(() => {})
    return this.#connection
  }

  /** @throws SessionUnconfirmedError when too few replicas have what was written since that moment. */
  async confirm(since: number): Promise<void> {
    const { replicas } = this.#options
    const confirmed = await this.#wait().catch((error: unknown) => {
      throw new SessionUnconfirmedError(undefined, replicas, { cause: error })
    })
    // WAIT over a new connection does not count that write, and may have asked another server.
    if (this.#lostAt >= since) throw new SessionUnconfirmedError(undefined, replicas)
    if (confirmed < replicas) throw new SessionUnconfirmedError(confirmed, replicas)
  }

  /** One WAIT for all callers of one turn of the event loop: a second one would be blocked by the first. */
  #wait(): Promise<number> {
    this.#next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#next = undefined
      const { replicas, timeoutMs } = this.#options
      return this.#connection.send('confirm', (client) =>
        (client as Redis).wait(replicas, timeoutMs),
      )
    })
    return this.#next
  }
}

/** @throws SessionOptionError when the option cannot work. */
export function checkConfirm(options: ConfirmOptions, timeout: number): Required<ConfirmOptions> {
  const { replicas, timeoutMs = 500 } = ownOptions(options)
  checkNumber('confirm.replicas', replicas, { to: 100 })
  checkNumber('confirm.timeoutMs', timeoutMs, {
    to: timeout - 1,
    unit: 'milliseconds',
    toInWords: 'less than timeoutMs of the store',
  })
  return { replicas, timeoutMs }
}

/** Says why a cluster cannot have the option. */
export function notForClusters(): SessionOptionError {
  return new SessionOptionError(
    'confirm',
    'does not work with Redis Cluster: WAIT names no key, so ioredis sends it to any node.',
  )
}
