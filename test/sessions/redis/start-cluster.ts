import { Redis } from 'ioredis'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { freePort } from '../../support/free-port.js'

/** A Redis Cluster of three masters, for one test file. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  stop(): Promise<void>
}

/** Starts three servers, joins them, and waits until each reports a working cluster. */
export async function startCluster(): Promise<RedisCluster> {
  const nodes = await startNodes(3)
  const clients = nodes.map(({ server }) => new Redis(server.port))
  const [first] = nodes as [ClusterNodeServer]
  for (const [index, client] of clients.entries()) {
    const [from, to] = slots[index]!
    await client.cluster('ADDSLOTSRANGE', from, to)
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`)
    if (index > 0) await client.cluster('MEET', '127.0.0.1', first.server.port, first.bus)
  }
  try {
    await Promise.all(clients.map(untilStateIsOk))
  } catch (error) {
    await Promise.all(nodes.map(({ server }) => server.stop()))
    throw error
  } finally {
    for (const client of clients) client.disconnect()
  }
  return {
    nodes: nodes.map(({ server }) => server),
    stop: async () => {
      await Promise.all(nodes.map(({ server }) => server.stop()))
    },
  }
}

const slots = [
  [0, 5460],
  [5461, 10922],
  [10923, 16383],
] as const

/** A node, and the port that other nodes use. */
export interface ClusterNodeServer {
  readonly bus: number
  readonly server: RedisServer
}

/** Starts a node without slots that knows no other node. */
export async function startNode(): Promise<ClusterNodeServer> {
  // By default the port of the bus is 10,000 higher, which may be above 65,535.
  const bus = await freePort()
  const options = {
    'cluster-enabled': 'yes',
    'cluster-port': `${bus}`,
    'cluster-node-timeout': '1000',
    // By default all slots are refused as soon as one node is down.
    'cluster-require-full-coverage': 'no',
    // By default a node that gives its last slot away becomes a replica of the new owner.
    'cluster-allow-replica-migration': 'no',
  }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  return { bus, server: await startRedis({ args }) }
}

/** When one does not start, stops the others. */
async function startNodes(count: number): Promise<ClusterNodeServer[]> {
  const nodes = await Promise.allSettled(Array.from({ length: count }, startNode))
  const started = nodes.flatMap((node) => (node.status === 'fulfilled' ? [node.value] : []))
  const failed = nodes.find((node) => node.status === 'rejected')
  if (!failed) return started
  await Promise.all(started.map(({ server }) => server.stop()))
  throw failed.reason
}

async function untilStateIsOk(client: Redis): Promise<void> {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    const info = await client.cluster('INFO')
    if (info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('The cluster was not ready within twenty seconds.')
}
