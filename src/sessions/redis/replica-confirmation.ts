import { Cluster, type Redis } from 'ioredis'
import { SessionOptionError, SessionUnconfirmedError } from '../errors/errors.js'
import { ownOptions } from '../errors/own-options.js'
import { type RedisClient, RedisConnection } from './redis-connection.js'

/** When the end of a session counts as safe. */
export interface ConfirmOptions {
  /** How many replicas have to know of it. */
  readonly replicas: number
  /** How long to wait for them, in milliseconds; less than the `timeout`. Default: 500. */
  readonly within?: number
}

/**
 * Ends sessions over a connection of its own, and waits there until replicas know: WAIT is about the writes
 * of one connection, and holds up whatever else is sent over it.
 */
export class ReplicaConfirmation {
  readonly #connection: RedisConnection
  readonly #client: Redis
  readonly #replicas: number
  readonly #within: number
  /** When a connection was last lost, on the clock of `performance.now`. */
  #lostAt = -Infinity
  #next: Promise<number> | undefined

  /** @throws SessionOptionError when the option cannot work. */
  constructor(client: RedisClient, options: ConfirmOptions, timeout: number) {
    if (client instanceof Cluster) throw notForClusters()
    const { replicas, within } = checkConfirm(options, timeout)
    this.#replicas = replicas
    this.#within = within
    this.#client = client.duplicate({
      lazyConnect: true,
      // Whoever needs it connects: nothing is left behind that connects by itself.
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
      failoverDetector: false,
      // While it waits for replicas, the server is silent with reason.
      socketTimeout: timeout + within,
    })
    this.#client.on('close', () => (this.#lostAt = performance.now()))
    client.on('end', () => this.#client.disconnect())
    this.#connection = new RedisConnection(this.#client, timeout)
  }

  /** The connection for a write that is to be confirmed. */
  open(): RedisConnection {
    if (this.#client.status === 'end') this.#client.connect().catch(() => {})
    return this.#connection
  }

  /** @throws SessionUnconfirmedError when too few replicas know what was written since that moment. */
  async confirm(since: number): Promise<void> {
    const confirmed = await this.#wait().catch((error: unknown) => {
      throw new SessionUnconfirmedError(undefined, this.#replicas, { cause: error })
    })
    // Another connection knows nothing of the write, and perhaps leads to another server.
    if (this.#lostAt >= since) throw new SessionUnconfirmedError(undefined, this.#replicas)
    if (confirmed < this.#replicas) throw new SessionUnconfirmedError(confirmed, this.#replicas)
  }

  /** One WAIT for all who ask in the same turn of the event loop: the next one is behind it. */
  #wait(): Promise<number> {
    this.#next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#next = undefined
      return this.#connection.ask('confirm', (client) =>
        (client as Redis).wait(this.#replicas, this.#within),
      )
    })
    return this.#next
  }
}

/** @throws SessionOptionError when the option cannot work. */
export function checkConfirm(options: ConfirmOptions, timeout: number): Required<ConfirmOptions> {
  const { replicas, within = 500 } = ownOptions(options)
  if (!Number.isSafeInteger(replicas) || replicas < 1 || replicas > 100) {
    throw new SessionOptionError('confirm.replicas', 'must be a whole number from 1 to 100.')
  }
  if (!Number.isSafeInteger(within) || within < 1 || within >= timeout) {
    throw new SessionOptionError(
      'confirm.within',
      `must be whole milliseconds, from 1 to less than the timeout (${timeout}).`,
    )
  }
  return { replicas, within }
}

/** The refusal of the option for a cluster. */
export function notForClusters(): SessionOptionError {
  return new SessionOptionError(
    'confirm',
    'does not work with Redis Cluster: WAIT names no key, so ioredis sends it to any node.',
  )
}
