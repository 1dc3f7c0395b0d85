import { Redis, type RedisOptions } from 'ioredis'
import { type Component, singleton } from '../../di/index.js'
import { reasonOf } from './redis-fault.js'

/** What `redis(url)` takes beside the address: the options of ioredis, and who hears of an outage. */
export interface RedisClientOptions extends Omit<RedisOptions, 'replyMapping'> {
  /** Told once per outage, with a bounded reason such as `ECONNREFUSED`. Default: a process warning. */
  readonly onOutage?: (reason: string) => void
}

/**
 * Provides one client of ioredis for the application, by the type `Redis`, with settings that do not
 * hang: commands are neither queued while there is no connection nor sent again after one was cut, and
 * a silent server is noticed after a second. The application starts without Redis, after half a second, and
 * finds it later.
 *
 * @param url `redis://user:password@host:6379/0`, or `rediss://` for TLS.
 */
export function redis(url: string, options: RedisClientOptions = {}): Component<Redis> {
  const connect = async (): Promise<Redis> => {
    const client = connectRedis(url, options)
    await firstNews(client)
    return client
  }
  return singleton(Redis, [], connect, { dispose: disconnectRedis })
}

/** Waits until it is known whether there is a Redis, so that the first request finds it. */
async function firstNews(client: Redis): Promise<void> {
  if (client.status === 'wait') return
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(patience)
      client.off('ready', done).off('error', done)
      resolve()
    }
    const patience = setTimeout(done, steady.connectTimeout)
    client.on('ready', done).on('error', done)
  })
}

/** Makes the client that `redis(url)` provides, for programs that keep it themselves. */
export function connectRedis(url: string, options: RedisClientOptions = {}): Redis {
  const { onOutage = warn, ...settings } = options
  const client = new Redis(url, { ...steady, ...settings })
  let isReported = false
  client.on('ready', () => (isReported = false))
  client.on('error', (error) => {
    // ioredis reports every attempt; one line per outage is enough.
    if (!isReported) onOutage(reasonOf(error))
    isReported = true
  })
  return client
}

/** Ends a client within a fraction of a second, even when Redis does not answer. */
export async function disconnectRedis(client: Redis): Promise<void> {
  if (client.status === 'end') return
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
  if (client.status === 'ready') {
    // QUIT lets replies that are under way arrive first.
    const patience = setTimeout(() => client.disconnect(), PATIENCE)
    client.quit().catch(() => client.disconnect())
    await ended
    clearTimeout(patience)
    return
  }
  client.disconnect()
  // While it waits for its next attempt to connect, ioredis ends without saying so.
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, PATIENCE))])
}

/** Milliseconds. */
const PATIENCE = 250

/** Measured against stops, kills and black holes; the defaults of ioredis wait for 10 seconds or for ever. */
const steady = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 500,
  socketTimeout: 1000,
  disconnectTimeout: PATIENCE,
  retryStrategy: (attempt: number) => Math.min(25 * attempt, 500),
} satisfies RedisOptions

function warn(reason: string): void {
  process.emitWarning(
    `Redis cannot be reached (${reason}). Requests that need a session are answered with 503 until it is back.`,
    { code: 'INGOT_REDIS_OUTAGE' },
  )
}
