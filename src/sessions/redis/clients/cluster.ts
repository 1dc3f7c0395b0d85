import { Cluster, type ClusterNode, type ClusterOptions } from 'ioredis'
import { type Component, singleton } from '../../../di/index.js'
import { ownOptions } from '../../errors/own-options.js'
import { afterFirstNews, disconnectRedis } from './lifetime.js'
import { listen, type RedisWarningOptions } from './outage-warnings.js'
import { backoff, steady, steadyNode } from './settings.js'

/** What `redisCluster(nodes)` takes beside the addresses: the options of ioredis. */
export interface RedisClusterOptions
  extends RedisWarningOptions, Omit<ClusterOptions, 'redisOptions' | 'scaleReads'> {
  /** What each connection to a node is made with. */
  readonly redisOptions?: Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>
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

/** Makes the client that `redisCluster(nodes)` provides, for programs that keep it themselves. */
export function connectCluster(nodes: ClusterNode[], options: RedisClusterOptions = {}): Cluster {
  const { onOutage, onEviction, redisOptions, ...settings } = ownOptions(options)
  const cluster = new Cluster(nodes, {
    enableOfflineQueue: false,
    clusterRetryStrategy: backoff,
    slotsRefreshTimeout: steady.connectTimeout,
    // Else ioredis sends what was under way to a node that was lost again: it may have been carried out.
    retryDelayOnFailover: 0,
    ...settings,
    redisOptions: { ...steadyNode, ...redisOptions },
  })
  if (settings.enableOfflineQueue === undefined) queueForNodes(cluster)
  listen(cluster, onOutage, onEviction)
  return cluster
}

/**
 * While the cluster is there, a command waits for the connection to its node, which is made when it is
 * needed: after a reshard or a failover to a new node. While it is not there, no command waits. ioredis has
 * one option for both, and reads it with each command.
 */
function queueForNodes(cluster: Cluster): void {
  const queue = (isThere: boolean) => () => {
    cluster.options.enableOfflineQueue = isThere
  }
  cluster.on('ready', queue(true))
  for (const gone of ['close', 'reconnecting', 'end']) cluster.on(gone, queue(false))
}
