import { Redis, type RedisOptions } from 'ioredis'
import type { Component } from '../../../di/index.js'
import { ownOptions } from '../../errors/options.js'
import { provideClient } from './lifetime.js'
import { type RedisWarningOptions, warnOfTrouble } from './outage-warnings.js'
import { checkRedisUrl } from './server-address.js'
import { clientSettings } from './settings.js'

/** Options of `redis(url)`: those of ioredis, in milliseconds, and whom to warn. */
export interface RedisClientOptions
  extends RedisWarningOptions, Omit<RedisOptions, 'replyMapping'> {}

/**
 * Provides one client of ioredis for the application, by the type `Redis`, with settings that never hang:
 * without a connection commands fail at once, no command is sent twice, and the client leaves a server that
 * does not answer for a second. When Redis is down, the application starts after half a second, and the client
 * connects later.
 *
 * @param url `redis://user:password@host:6379/0`, or `rediss://` for TLS.
 * @throws TypeError when the URL is none, without anything of it.
 */
export function redis(url: string, options: RedisClientOptions = {}): Component<Redis> {
  checkRedisUrl(url)
  return provideClient(Redis, () => connectRedis(url, options))
}

/**
 * Makes the client that `redis(url)` provides, for programs that keep it themselves.
 *
 * @throws TypeError as `redis` does.
 */
export function connectRedis(url: string, options: RedisClientOptions = {}): Redis {
  checkRedisUrl(url)
  const { onOutage, onEviction, ...settings } = ownOptions(options)
  const client = new Redis(url, { ...clientSettings, ...settings })
  warnOfTrouble(client, onOutage, onEviction)
  return client
}
