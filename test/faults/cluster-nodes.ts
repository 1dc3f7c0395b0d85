import type { RedisServer } from '../support/redis-server.js'
import { askPort, until } from '../support/redis-sentinels.js'
import { startNode, type ClusterNodeServer } from '../sessions/redis/start-cluster.js'

/** Moves slots with their keys from one node to another, as `redis-cli --cluster reshard` does. */
export async function moveSlots(
  slots: readonly number[],
  from: RedisServer,
  to: RedisServer,
  others: readonly RedisServer[],
): Promise<void> {
  const [fromId, toId] = await Promise.all([idOf(from), idOf(to)])
  for (const slot of slots) {
    const set = (port: number, ...how: string[]) =>
      askPort(port, (client) => client.call('CLUSTER', 'SETSLOT', `${slot}`, ...how))
    await set(to.port, 'IMPORTING', fromId)
    await set(from.port, 'MIGRATING', toId)
    await askPort(from.port, async (client) => {
      for (;;) {
        const keys = (await client.call('CLUSTER', 'GETKEYSINSLOT', `${slot}`, '50')) as string[]
        if (keys.length === 0) return
        await client.call('MIGRATE', '127.0.0.1', `${to.port}`, '', '0', '1000', 'KEYS', ...keys)
        // Long enough for visitors to be redirected with ASK.
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })
    for (const { port } of [to, from, ...others]) await set(port, 'NODE', toId)
  }
}

/** The slots in which a node has keys. */
export async function slotsInUse({ port }: RedisServer): Promise<number[]> {
  return askPort(port, async (client) => {
    const slots = new Set<number>()
    for (const key of await client.keys('*')) slots.add(await client.cluster('KEYSLOT', key))
    return [...slots]
  })
}

/** How many keys a node has; an anonymous session is one key. */
export async function keysOn({ port }: RedisServer): Promise<number> {
  return askPort(port, (client) => client.dbsize())
}

/** Starts a node and introduces it to the others; with `slots` it takes these over. */
export async function addNode(
  others: readonly RedisServer[],
  slots?: readonly [number, number],
): Promise<ClusterNodeServer> {
  const node = await startNode()
  const [first] = others as [RedisServer]
  await askPort(node.server.port, async (client) => {
    if (slots) await client.cluster('ADDSLOTSRANGE', ...slots)
    // Newer than the configuration of the others.
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', '100')
    await client.cluster('MEET', '127.0.0.1', first.port, await busOf(first))
  })
  const { port } = node.server
  for (const other of others) {
    await until(async () => (await clusterNodes(other.port)).includes(`:${port}@`), true)
  }
  // It refuses keys until it sees the others as well.
  await until(async () => {
    const info = await askPort(port, (client) => client.cluster('INFO'))
    return info.includes('cluster_state:ok')
  }, true)
  return node
}

async function busOf({ port }: RedisServer): Promise<number> {
  const nodes = await clusterNodes(port)
  return Number(/:\d+@(\d+)\S* myself/.exec(nodes)?.[1])
}

function clusterNodes(port: number): Promise<string> {
  return askPort(port, async (client) => `${await client.call('CLUSTER', 'NODES')}`)
}

function idOf({ port }: RedisServer): Promise<string> {
  return askPort(port, async (client) => `${await client.call('CLUSTER', 'MYID')}`)
}
