import { Redis, type RedisOptions, type SentinelAddress } from 'ioredis'
import type { Component } from '../../../di/index.js'
import { ownOptions } from '../../errors/options.js'
import { reasonOf } from '../redis-store-error.js'
import { followFailovers } from './failovers.js'
import { provideClient } from './lifetime.js'
import { type RedisWarningOptions, warnOfTrouble } from './outage-warnings.js'
import { checkSentinels } from './server-address.js'
import { clientSettings, reconnectDelay } from './settings.js'

/** Options of `redisSentinel`: the sentinels, the options of ioredis, in milliseconds, and whom to warn. */
export interface RedisSentinelOptions
  extends
    RedisWarningOptions,
    Omit<
      RedisOptions,
      | 'Connector'
      | 'failoverDetector'
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
  /** Some of the sentinels, better all. They name the others, unless `updateSentinels` is false. */
  readonly sentinels: readonly Partial<SentinelAddress>[]
  /** The name of the master in the configuration of the sentinels. */
  readonly name: string
}

/**
 * Provides one client for the master that Redis Sentinel names, by the type `Redis`, as `redis(url)` does
 * for one server. It leaves a master when a sentinel names another one, when the master does not answer for a
 * second, and when it refuses writes because it has become a replica.
 *
 * @throws TypeError without a sentinel, or without the name of the master.
 */
export function redisSentinel(options: RedisSentinelOptions): Component<Redis> {
  checkSentinels(options?.sentinels, options?.name)
  return provideClient(Redis, () => connectSentinel(options))
}

/** Makes the client that `redisSentinel` provides, for programs that keep it themselves. */
export function connectSentinel(options: RedisSentinelOptions): Redis {
  checkSentinels(options?.sentinels, options?.name)
  const { onOutage, onEviction, sentinels, ...settings } = ownOptions(options)
  const client = new Redis({
    ...clientSettings,
    // For a sentinel that is stopped, or whose host went down together with the master.
    sentinelCommandTimeout: clientSettings.connectTimeout,
    sentinelReconnectStrategy: (attempt) => Math.min(250 * attempt, 5000),
    // Redis has become a replica; one that is cut off from its master refuses reads as well.
    reconnectOnError: (error) => ['READONLY', 'MASTERDOWN'].includes(reasonOf(error)),
    ...settings,
    sentinelRetryStrategy: reconnectDelay,
    failoverDetector: false,
    sentinels: [...sentinels],
    role: 'master',
  })
  warnOfTrouble(client, onOutage, onEviction)
  followFailovers(client, client.options)
  return client
}
