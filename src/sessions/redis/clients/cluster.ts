import { Cluster, type ClusterNode, type ClusterOptions } from 'ioredis'
import type { Component } from '../../../di/index.js'
import { ownOptions } from '../../errors/options.js'
import { provideClient } from './lifetime.js'
import { type RedisWarningOptions, warnOfTrouble } from './outage-warnings.js'
import { checkNodes, noteNodes } from './server-address.js'
import { clientSettings, nodeSettings, reconnectDelay } from './settings.js'

/** Options of `redisCluster(nodes)`: those of ioredis, in milliseconds, and whom to warn. */
export interface RedisClusterOptions
  extends RedisWarningOptions, Omit<ClusterOptions, 'redisOptions' | 'scaleReads'> {
  /** Options of each connection to a node. */
  readonly redisOptions?: Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>
}

/**
 * Provides one client for a cluster, by the type `Cluster`, as `redis` does for one server.
 *
 * @param nodes some nodes of the cluster; it names the others.
 * @throws TypeError when there is none, or a URL of one cannot be read.
 */
export function redisCluster(
  nodes: ClusterNode[],
  options: RedisClusterOptions = {},
): Component<Cluster> {
  checkNodes(nodes)
  return provideClient(Cluster, () => connectCluster(nodes, options))
}

/**
 * Makes the client that `redisCluster(nodes)` provides, for programs that keep it themselves.
 *
 * @throws TypeError as `redisCluster` does.
 */
export function connectCluster(nodes: ClusterNode[], options: RedisClusterOptions = {}): Cluster {
  checkNodes(nodes)
  const { onOutage, onEviction, redisOptions, ...settings } = ownOptions(options)
  const cluster = new Cluster(nodes, {
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: clientSettings.connectTimeout,
    // By default ioredis sends a command again after its node was lost, though it may have been carried out.
    retryDelayOnFailover: 0,
    ...settings,
    redisOptions: { ...nodeSettings, ...redisOptions },
  })
  noteNodes(cluster, nodes)
  if (settings.enableOfflineQueue === undefined) queueWhileReady(cluster)
  warnOfTrouble(cluster, onOutage, onEviction)
  return cluster
}

/**
 * While the cluster is reachable, a command waits for the connection to its node, which is made on first use:
 * after a reshard, or a failover to a new node. While it is not, no command waits. ioredis has one option for
 * both, and reads it with each command.
 */
function queueWhileReady(cluster: Cluster): void {
  const queue = (isReady: boolean) => () => {
    cluster.options.enableOfflineQueue = isReady
  }
  cluster.on('ready', queue(true))
  for (const event of ['close', 'reconnecting', 'end']) cluster.on(event, queue(false))
}
