import { Cluster } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { App, route } from '../../../../src/http/index.js'
import { recordKey } from '../../../../src/sessions/session/session-id.js'
import {
  connectCluster,
  disconnectRedis,
  RedisBackend,
  redisCluster,
  RedisClusterStore,
} from '../../../../src/sessions/redis/index.js'
import { value } from '../../../../src/di/index.js'
import { describeSessionBackend } from '../../../../src/testing/index.js'
import {
  textOf,
  newKey as key,
} from '../../../../src/testing/conformance/backend/opened-backend.js'
import { idOf, visitors, type OpenStore } from '../../server-store/server-store-suite.js'
import { startCluster, type RedisCluster } from '../start-cluster.js'

let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startCluster()
}, 30_000)
afterAll(() => cluster.stop())

const connect = () =>
  connectCluster([{ host: '127.0.0.1', port: cluster.nodes[0]!.port }], { onOutage: () => {} })

const open: OpenStore = async (options) => {
  const client = connect()
  return {
    store: new RedisClusterStore(options),
    backend: new RedisBackend(client),
    components: [value(Cluster, client)],
    stop: () => disconnectRedis(client),
  }
}

describeSessionBackend(
  'RedisBackend on Redis Cluster [SC-08]',
  () => {
    const client = connect()
    return { backend: new RedisBackend(client), close: () => disconnectRedis(client) }
  },
  { describe, test, hasClock: false },
)

describe('RedisClusterStore', () => {
  test('sessions, their successors and the index of a user live on any node [SC-08]', async () => {
    await using world = await visitors(open)
    for (let round = 0; round < 20; round++) {
      const first = await world.visitor({ n: 0 })
      const login = await world.visit(first, (session) => session.bind(`user${round}`))
      const update = () =>
        world.visit(login.cookie, (session) => session.update('n', (n: number) => n + 1))
      await Promise.all([update(), update(), update()])
      const { result } = await world.visit(login.cookie, async (session, ofUser) => [
        session.get('n'),
        (await ofUser.list()).length,
      ])
      expect(result).toEqual([3, 1])
      await world.visit(login.cookie, (session) => session.destroy())
      for (const cookie of [first, login.cookie]) {
        expect(await world.backend.read(recordKey(idOf(cookie)))).toBeUndefined()
      }
    }
  })

  test('redisCluster(nodes) gives the client, and close() ends it', async () => {
    const app = new App({
      components: [redisCluster([{ host: '127.0.0.1', port: cluster.nodes[1]!.port }])],
      routes: [route.get('/', [Cluster], (client) => client.ping())],
    })
    expect(await (await app.fetch(new Request('https://shop.test/'))).text()).toBe('PONG')
    await app.close()
  })

  test('when all nodes refuse connections, every call fails at its timeout [SC-11]', async () => {
    const client = connectCluster([{ host: '127.0.0.1', port: 1 }], { onOutage: () => {} })
    const backend = new RedisBackend(client, { timeoutMs: 150 })
    const started = performance.now()
    await expect(backend.read(key())).rejects.toMatchObject({ reason: 'unavailable' })
    expect(performance.now() - started).toBeLessThan(2000)
    await disconnectRedis(client)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('a command waits for the cluster while it is reachable, and fails at once when it is not', async () => {
    const client = connect()
    for (const event of ['close', 'reconnecting', 'end']) {
      client.emit('ready')
      expect(client.options.enableOfflineQueue).toBe(true)
      client.emit(event)
      expect([event, client.options.enableOfflineQueue]).toEqual([event, false])
    }
    await disconnectRedis(client)
  })

  test('while one node hangs, calls for its sessions time out and the others work [SC-09]', async () => {
    const client = connect()
    const backend = new RedisBackend(client, { timeoutMs: 200 })
    const keys = Array.from({ length: 30 }, key)
    const patient = new RedisBackend(client, { timeoutMs: 10_000 })
    await Promise.all(keys.map((one) => patient.create(one, textOf('1'), 60_000)))
    cluster.nodes[2]!.process.kill('SIGSTOP')
    try {
      const started = performance.now()
      const reads = await Promise.allSettled(keys.map((one) => backend.read(one)))
      expect(performance.now() - started).toBeLessThan(2000)
      const outcomes = reads.map((read) =>
        read.status === 'fulfilled' ? 'read' : read.reason.reason,
      )
      expect(new Set(outcomes)).toEqual(new Set(['read', 'timeout']))
    } finally {
      cluster.nodes[2]!.process.kill('SIGCONT')
    }
    await expect
      .poll(
        async () =>
          (await Promise.allSettled(keys.map((one) => backend.read(one)))).map(
            ({ status }) => status,
          ),
        {
          timeout: 10_000,
        },
      )
      .not.toContain('rejected')
    await disconnectRedis(client)
  })
})
