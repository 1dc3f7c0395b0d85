import { Cluster, Redis, type ClusterNode, type ClusterOptions, type RedisOptions } from 'ioredis'
import { type Component, singleton } from '../../di/index.js'
import { ownOptions } from '../own-options.js'
import { checkEviction } from './eviction-check.js'
import type { RedisClient } from './redis-connection.js'
import { reasonOf } from './redis-fault.js'

/** Who hears that something is wrong with Redis. */
export interface RedisNewsOptions {
  /** Told once per outage, with a bounded reason such as `ECONNREFUSED`. Default: a process warning. */
  readonly onOutage?: (reason: string) => void
  /** Told once, when a full Redis would throw sessions away. Default: a process warning. */
  readonly onEviction?: (message: string) => void
}

/** What `redis(url)` takes beside the address: the options of ioredis. */
export interface RedisClientOptions extends RedisNewsOptions, Omit<RedisOptions, 'replyMapping'> {}

/** What `redisCluster(nodes)` takes beside the addresses: the options of ioredis. */
export interface RedisClusterOptions
  extends RedisNewsOptions, Omit<ClusterOptions, 'redisOptions' | 'scaleReads'> {
  /** What each connection to a node is made with. */
  readonly redisOptions?: Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>
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
  return singleton(Redis, [], () => afterFirstNews(connectRedis(url, options)), {
    dispose: disconnectRedis,
  })
}

/**
 * Provides one client for a cluster, by the type `Cluster`, as `redis` does for one server.
 *
 * @param nodes some nodes of the cluster; the others are found.
 */
export function redisCluster(
  nodes: ClusterNode[],
  options: RedisClusterOptions = {},
): Component<Cluster> {
  return singleton(Cluster, [], () => afterFirstNews(connectCluster(nodes, options)), {
    dispose: disconnectRedis,
  })
}

/** Makes the client that `redis(url)` provides, for programs that keep it themselves. */
export function connectRedis(url: string, options: RedisClientOptions = {}): Redis {
  const { onOutage, onEviction = warnOfEviction, ...settings } = ownOptions(options)
  const client = new Redis(url, { ...steady, ...settings })
  listen(client, onOutage)
  checkEviction(client, onEviction)
  return client
}

/** Makes the client that `redisCluster(nodes)` provides, for programs that keep it themselves. */
export function connectCluster(nodes: ClusterNode[], options: RedisClusterOptions = {}): Cluster {
  const { onOutage, onEviction = warnOfEviction, redisOptions, ...settings } = ownOptions(options)
  const cluster = new Cluster(nodes, {
    enableOfflineQueue: false,
    clusterRetryStrategy: backoff,
    slotsRefreshTimeout: steady.connectTimeout,
    ...settings,
    redisOptions: { ...steadyNode, ...redisOptions },
  })
  listen(cluster, onOutage)
  checkEviction(cluster, onEviction)
  return cluster
}

/** Ends a client within a fraction of a second, even when Redis does not answer. */
export async function disconnectRedis(client: RedisClient): Promise<void> {
  if (client.status === 'end') return
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
  const patience = setTimeout(() => client.disconnect(), PATIENCE)
  // QUIT lets replies that are under way arrive first.
  if (client.status === 'ready') client.quit().catch(() => client.disconnect())
  else client.disconnect()
  // While it waits for its next attempt to connect, ioredis ends without saying so.
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2 * PATIENCE))])
  clearTimeout(patience)
}

/** Milliseconds. */
const PATIENCE = 250

const backoff = (attempt: number) => Math.min(25 * attempt, 500)

const steadyNode = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 500,
  socketTimeout: 1000,
  disconnectTimeout: PATIENCE,
} satisfies RedisOptions

/** Measured against stops, kills and black holes; the defaults of ioredis wait for 10 seconds or for ever. */
const steady = {
  ...steadyNode,
  enableOfflineQueue: false,
  retryStrategy: backoff,
} satisfies RedisOptions

/** Waits until it is known whether there is a Redis, so that the first request finds it. */
async function afterFirstNews<Client extends RedisClient>(client: Client): Promise<Client> {
  if (client.status === 'wait') return client
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(patience)
      client.off('ready', done).off('error', done)
      resolve()
    }
    const patience = setTimeout(done, steady.connectTimeout)
    client.on('ready', done).on('error', done)
  })
  return client
}

/** ioredis reports every attempt to connect; one line per outage is enough. */
function listen(client: RedisClient, onOutage: (reason: string) => void = warn): void {
  let isReported = false
  client.on('ready', () => (isReported = false))
  client.on('error', (error) => {
    if (!isReported) onOutage(reasonOf(error))
    isReported = true
  })
}

function warnOfEviction(message: string): void {
  process.emitWarning(message, { code: 'INGOT_REDIS_EVICTION' })
}

function warn(reason: string): void {
  process.emitWarning(
    `Redis cannot be reached (${reason}). Requests that need a session are answered with 503 until it is back.`,
    { code: 'INGOT_REDIS_OUTAGE' },
  )
}
