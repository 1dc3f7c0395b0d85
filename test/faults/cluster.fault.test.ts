import { describe, expect, test } from 'vitest'
import { redisCluster, RedisClusterStore } from '../../src/sessions/redis/index.js'
import { startCluster } from '../sessions/redis/start-cluster.js'
import type { RedisServer } from '../support/redis-server.js'
import { addNode, keysOn, moveSlots, slotsInUse } from './cluster-nodes.js'
import { countingApp, startLoad, Visitor } from './load.js'

describe('Redis Cluster', () => {
  test('slots move between nodes while visitors count in them, and no visitor notices [SC-06]', async () => {
    await using cluster = await open()
    const app = shop(cluster.nodes)
    const [one, two, three] = cluster.nodes as [RedisServer, RedisServer, RedisServer]
    const load = await startLoad(app, 12)
    const contended = await contend(app)
    for (const [from, to, other] of [
      [one, two, three],
      [two, three, one],
      [three, one, two],
    ] as const) {
      await moveSlots(await slotsInUse(from), from, to, [other])
    }
    const { acknowledged, n } = await contended.stop()
    const report = await load.stop()
    console.log(`resharding: ${JSON.stringify({ ...report, acknowledged, n })}`)
    expect(report).toMatchObject({ failed: 0, lost: 0, unannounced: 0 })
    expect(n).toBe(acknowledged)
    await app.close()
  })

  test('while one master hangs, its sessions are 503s within the timeout and the others work [SC-09]', async () => {
    await using cluster = await open()
    const app = shop(cluster.nodes)
    const visitors = await settled(app, 30)
    const hung = cluster.nodes[2]!
    // Two sessions can share a slot, so keys are counted and not slots.
    const its = await keysOn(hung)
    expect(its).toBeGreaterThan(0)
    hung.process.kill('SIGSTOP')
    for (let round = 0; round < 4; round++) {
      const started = performance.now()
      const statuses = await Promise.all(
        visitors.map(async (visitor) => (await visitor.send('POST', '/count')).status),
      )
      expect(performance.now() - started).toBeLessThan(1500)
      expect(statuses.filter((status) => status === 503)).toHaveLength(its)
    }
    hung.process.kill('SIGCONT')
    await expect.poll(() => failures(visitors), { timeout: 10_000 }).toBe(0)
    expect(await timeToClose(app)).toBeLessThan(1000)
  })

  test('a killed master fails only its own sessions, and its slots work again with a replacement [SC-10]', async () => {
    await using cluster = await open()
    const app = shop(cluster.nodes)
    const visitors = await settled(app, 30)
    const killed = cluster.nodes[2]!
    const its = await keysOn(killed)
    killed.process.kill('SIGKILL')
    const started = performance.now()
    await expect.poll(() => failures(visitors), { timeout: 5000 }).toBe(its)
    expect(performance.now() - started).toBeLessThan(5000)
    const { server } = await addNode(cluster.nodes.slice(0, 2), [10_923, 16_383])
    cluster.added.push(server)
    await expect.poll(() => failures(visitors), { timeout: 10_000 }).toBe(0)
    console.log(`healed ${Math.round(performance.now() - started)} ms after the kill`)
    expect(await timeToClose(app)).toBeLessThan(1000)
  })

  test('while all nodes refuse connections, the application starts, answers 503 in time, and closes within a second [SC-11]', async () => {
    const app = shop([{ port: 1 }, { port: 2 }])
    await app.ready()
    const started = performance.now()
    const visitor = new Visitor(app, `__Host-session=${'A'.repeat(43)}`)
    expect((await visitor.send('POST', '/count')).status).toBe(503)
    expect(performance.now() - started).toBeLessThan(1500)
    expect(await timeToClose(app)).toBeLessThan(1000)
  })

  test('a node joins, takes slots and leaves again: MOVED and ASK are followed, and no visitor notices [SC-12]', async () => {
    await using cluster = await open()
    const app = shop(cluster.nodes)
    const load = await startLoad(app, 12)
    const [one, two, three] = cluster.nodes as [RedisServer, RedisServer, RedisServer]
    const { server: four } = await addNode(cluster.nodes)
    cluster.added.push(four)
    const slots = await slotsInUse(one)
    await moveSlots(slots, one, four, [two, three])
    await pause(300)
    await moveSlots(slots, four, two, [one, three])
    await pause(300)
    await four.stop()
    await pause(700)
    const report = await load.stop()
    console.log(`a node came and left: ${JSON.stringify(report)}`)
    expect(report).toMatchObject({ failed: 0, lost: 0, unannounced: 0 })
    expect(await timeToClose(app)).toBeLessThan(1000)
  })

  test('close() ends within a second while all nodes hang', async () => {
    await using cluster = await open()
    const app = shop(cluster.nodes)
    const visitor = new Visitor(app)
    await visitor.send('POST', '/count')
    for (const { process } of cluster.nodes) process.kill('SIGSTOP')
    const late = visitor.send('POST', '/count')
    expect(await timeToClose(app)).toBeLessThan(1000)
    expect((await late).status).toBe(503)
  })

  test('close() ends within a second while the client connects to nodes that hang', async () => {
    await using cluster = await open()
    const app = shop(cluster.nodes)
    await new Visitor(app).send('POST', '/count')
    for (const { process } of cluster.nodes) process.kill('SIGSTOP')
    await new Visitor(app).send('POST', '/count')
    await pause(1500)
    expect(await timeToClose(app)).toBeLessThan(1000)
  })
})

async function open() {
  const { nodes, stop } = await startCluster()
  const added: RedisServer[] = []
  return {
    nodes,
    /** Nodes that are stopped with the others. */
    added,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([stop(), ...added.map((server) => server.stop())])
    },
  }
}

function shop(nodes: readonly { port: number }[]) {
  const addresses = nodes.map(({ port }) => ({ host: '127.0.0.1', port }))
  const quiet = { onOutage: () => {}, onEviction: () => {} }
  return countingApp(new RedisClusterStore({ timeoutMs: 500 }), [redisCluster(addresses, quiet)])
}

/** Visitors whose sessions are spread over all nodes. */
async function settled(app: Parameters<typeof startLoad>[0], count: number): Promise<Visitor[]> {
  const visitors = Array.from({ length: count }, () => new Visitor(app))
  for (const visitor of visitors) await visitor.send('POST', '/count')
  return visitors
}

async function failures(visitors: readonly Visitor[]): Promise<number> {
  const answers = await Promise.all(visitors.map((visitor) => visitor.send('POST', '/count')))
  return answers.filter(({ status }) => status === 503).length
}

/** Counts in one session with four requests at a time. */
async function contend(app: Parameters<typeof startLoad>[0]) {
  const visitor = new Visitor(app)
  let { n: acknowledged } = await visitor.send('POST', '/count')
  const over = new AbortController()
  const work = Array.from({ length: 4 }, async () => {
    while (!over.signal.aborted) {
      const { status } = await new Visitor(app, visitor.cookie).send('POST', '/count')
      if (status === 200) acknowledged += 1
      await pause(5)
    }
  })
  return {
    stop: async () => {
      over.abort()
      await Promise.all(work)
      return { acknowledged, n: (await visitor.send('GET', '/count')).n }
    },
  }
}

async function timeToClose(app: { close(): Promise<void> }): Promise<number> {
  const started = performance.now()
  await app.close()
  return performance.now() - started
}

/** For how long a node is away, or visitors go on: what an outage costs is measured in time. */
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
