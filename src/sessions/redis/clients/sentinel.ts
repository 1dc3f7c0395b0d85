import { Redis, type RedisOptions, type SentinelAddress } from 'ioredis'
import { type Component, singleton } from '../../../di/index.js'
import { ownOptions } from '../../errors/own-options.js'
import { reasonOf } from '../redis-fault.js'
import { afterFirstNews, disconnectRedis } from './lifetime.js'
import { listen, type RedisWarningOptions } from './outage-warnings.js'
import { QuietSentinelConnector } from './sentinel-connector.js'
import { SentinelRedis } from './sentinel-redis.js'
import { backoff, steady } from './settings.js'

/** What `redisSentinel` takes: where the sentinels are, and the options of ioredis. */
export interface RedisSentinelOptions
  extends
    RedisWarningOptions,
    Omit<
      RedisOptions,
      | 'Connector'
      | 'host'
      | 'name'
      | 'path'
      | 'port'
      | 'preferredSlaves'
      | 'readOnly'
      | 'replyMapping'
      | 'role'
      | 'sentinelRetryStrategy'
      | 'sentinels'
    > {
  /** Some of the sentinels, best all; the others are found, unless `updateSentinels` is false. */
  readonly sentinels: readonly Partial<SentinelAddress>[]
  /** The name under which the sentinels watch the master. */
  readonly name: string
}

/**
 * Provides one client for the master that Redis Sentinel names, by the type `Redis`, as `redis(url)` does
 * for one server. It leaves a master when a sentinel says that there is another, when the master falls
 * silent, and when it refuses writes because it is a replica by now.
 */
export function redisSentinel(options: RedisSentinelOptions): Component<Redis> {
  return singleton(Redis, [], () => afterFirstNews(connectSentinel(options)), {
    dispose: disconnectRedis,
  })
}

/** Makes the client that `redisSentinel` provides, for programs that keep it themselves. */
export function connectSentinel(options: RedisSentinelOptions): Redis {
  const { onOutage, onEviction, sentinels, ...settings } = ownOptions(options)
  const client = new SentinelRedis({
    ...steady,
    failoverDetector: true,
    // For a sentinel that is stopped, or a host that is gone together with its master.
    sentinelCommandTimeout: steady.connectTimeout,
    sentinelReconnectStrategy: (attempt) => Math.min(250 * attempt, 5000),
    reconnectOnError: isDemoted,
    ...settings,
    sentinelRetryStrategy: backoff,
    Connector: QuietSentinelConnector,
    sentinels: [...sentinels],
    role: 'master',
  })
  listen(client, onOutage, onEviction)
  return client
}

/** It is a replica by now; one that is cut off from its master says so of reads as well. */
function isDemoted(error: Error): boolean {
  return ['READONLY', 'MASTERDOWN'].includes(reasonOf(error))
}
