import { Redis, type RedisOptions } from 'ioredis'
import { type Component, singleton } from '../../../di/index.js'
import { ownOptions } from '../../errors/own-options.js'
import { afterFirstNews, disconnectRedis } from './lifetime.js'
import { listen, type RedisWarningOptions } from './outage-warnings.js'
import { steady } from './settings.js'

/** What `redis(url)` takes beside the address: the options of ioredis. */
export interface RedisClientOptions
  extends RedisWarningOptions, Omit<RedisOptions, 'replyMapping'> {}

/**
 * Provides one client of ioredis for the application, by the type `Redis`, with settings that do not
 * hang: commands are neither queued while there is no connection nor sent again after one was cut, and
 * a silent server is noticed after a second. The application starts without Redis, after half a second, and
 * finds it later.
 *
 * @param url `redis://user:password@host:6379/0`, or `rediss://` for TLS.
 */
export function redis(url: string, options: RedisClientOptions = {}): Component<Redis> {
  return singleton(Redis, [], () => afterFirstNews(connectRedis(url, options)), {
    dispose: disconnectRedis,
  })
}

/** Makes the client that `redis(url)` provides, for programs that keep it themselves. */
export function connectRedis(url: string, options: RedisClientOptions = {}): Redis {
  const { onOutage, onEviction, ...settings } = ownOptions(options)
  const client = new Redis(url, { ...steady, ...settings })
  listen(client, onOutage, onEviction)
  return client
}
