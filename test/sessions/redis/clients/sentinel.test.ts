import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Cluster, Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { App, route } from '../../../../src/http/index.js'
import {
  connectSentinel,
  disconnectRedis,
  redisSentinel,
  RedisBackend,
  RedisClusterStore,
  RedisStore,
} from '../../../../src/sessions/redis/index.js'
import { startRedis } from '../../../support/redis-server.js'
import {
  fieldsOf,
  newKey as key,
} from '../../../../src/testing/conformance/backend/opened-backend.js'

const quiet = { onOutage: () => {}, onEviction: () => {} }

describe('redisSentinel', () => {
  test('gives handlers the client of the master by the type of ioredis', async () => {
    const server = await startRedis()
    const sentinel = await fakeSentinel(() => server.port)
    const app = new App({
      components: [redisSentinel({ sentinels: [sentinel], name: 'shop', ...quiet })],
      routes: [route.get('/', [Redis], (client) => client.ping())],
    })
    expect(await (await app.fetch(new Request('https://shop.test/'))).text()).toBe('PONG')
    await app.close()
    await Promise.all([sentinel.stop(), server.stop()])
  })

  test('an outage is told once, and close() ends within a second while no sentinel is there', async () => {
    const outages: string[] = []
    const app = new App({
      components: [
        redisSentinel({
          sentinels: [{ port: 1 }, { port: 2 }],
          name: 'shop',
          onOutage: (reason) => outages.push(reason),
        }),
      ],
      routes: [route.get('/', [Redis], () => 'never')],
    })
    await app.ready()
    const started = performance.now()
    await app.close()
    expect(performance.now() - started).toBeLessThan(1000)
    expect(outages).toEqual(['unavailable'])
  })

  test('a client leaves a master that has become a replica without any news of it [SC-03]', async () => {
    const [one, two] = await Promise.all([startRedis(), startRedis()])
    let master = one.port
    const sentinel = await fakeSentinel(() => master)
    const client = connectSentinel({ sentinels: [sentinel], name: 'shop', ...quiet })
    const backend = new RedisBackend(client, { timeoutMs: 5000 })
    expect(await backend.create(key(), fieldsOf({ a: '1' }), 60_000)).toBe(true)
    const admin = new Redis(one.port)
    await admin.replicaof('127.0.0.1', two.port)
    admin.disconnect()
    master = two.port
    await expect(backend.create(key(), fieldsOf({ a: '1' }), 60_000)).rejects.toMatchObject({
      reason: 'READONLY',
    })
    // For a moment the connection is closing, and refuses what comes.
    await expect
      .poll(() => backend.create(key(), fieldsOf({ a: '1' }), 60_000).catch(() => false))
      .toBe(true)
    expect(client.stream.remotePort).toBe(two.port)
    await disconnectRedis(client)
    await Promise.all([sentinel.stop(), one.stop(), two.stop()])
  })

  test('a client connects again when the news of a failover reaches it while it asks for the master', async () => {
    const server = await startRedis()
    const sentinel = await fakeSentinel(() => server.port)
    const client = connectSentinel({ sentinels: [sentinel], name: 'shop', ...quiet })
    await ready(client)
    await expect.poll(() => sentinel.listeners()).toBe(1)
    sentinel.hold()
    client.disconnect(true)
    await expect.poll(() => sentinel.held()).toBe(1)
    sentinel.announce()
    await new Promise((resolve) => setTimeout(resolve, 20))
    sentinel.release()
    await ready(client)
    expect(await client.ping()).toBe('PONG')
    await disconnectRedis(client)
    // Neither QUIT nor the news leaves a connection behind.
    await expect.poll(() => sentinel.connections()).toBe(0)
    await Promise.all([sentinel.stop(), server.stop()])
  })
})

describe('the option confirm', () => {
  test('with no replica a destroy is done, and told as not confirmed [SC-05]', async () => {
    const server = await startRedis()
    const client = new Redis(server.port)
    const backend = new RedisBackend(client, { confirm: { replicas: 1, within: 50 } })
    const one = key()
    await backend.create(one, fieldsOf({ a: '1' }), 60_000)
    const since = performance.now()
    await backend.destroy(one)
    await expect(backend.confirm(since)).rejects.toMatchObject({
      code: 'SESSION_UNCONFIRMED',
      message:
        'the session was destroyed, but of 1 replicas that are to know 0 confirmed it in time. ' +
        'Are the replicas connected? The option `confirm` says how many, and how long.',
      confirmed: 0,
      needed: 1,
    })
    expect(await backend.read(one)).toBeUndefined()
    await disconnectRedis(client)
    await server.stop()
  })

  test('a connection that was lost in between confirms nothing [SC-05]', async () => {
    const [server, replica] = await withReplica()
    const client = new Redis(server.port)
    const admin = new Redis(server.port)
    // How long a replica takes is not what this is about.
    const confirm = { replicas: 1, within: 20_000 }
    const backend = new RedisBackend(client, { confirm, timeoutMs: 30_000 })
    const since = performance.now()
    await backend.destroy(key())
    await backend.confirm(since)
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await expect
      .poll(() =>
        backend.destroy(key()).then(
          () => 'done',
          () => 'failed',
        ),
      )
      .toBe('done')
    await expect(backend.confirm(since)).rejects.toMatchObject({ confirmed: undefined, needed: 1 })
    const later = performance.now()
    await backend.destroy(key())
    await backend.confirm(later)
    admin.disconnect()
    await disconnectRedis(client)
    await Promise.all([server.stop(), replica.stop()])
  })

  test('its connection ends with the client', async () => {
    const [server, replica] = await withReplica()
    const client = new Redis(server.port)
    const backend = new RedisBackend(client, { confirm: { replicas: 1 } })
    await backend.destroy(key())
    await disconnectRedis(client)
    const admin = new Redis(server.port)
    await expect
      .poll(async () => `${await admin.call('CLIENT', 'LIST')}`.match(/^id=/gm)?.length)
      .toBe(2)
    admin.disconnect()
    await Promise.all([server.stop(), replica.stop()])
  })

  test('what cannot work is refused at construction', () => {
    const cluster = new Cluster([{ port: 1 }], { lazyConnect: true })
    const reason =
      "the session option 'confirm' does not work with Redis Cluster: WAIT names no key, so ioredis sends it to any node."
    const confirm = { replicas: 1 }
    expect(() => new RedisBackend(cluster, { confirm })).toThrow(reason)
    // @ts-expect-error - nor do the types allow it
    expect(() => new RedisClusterStore({ confirm })).toThrow(reason)
    expect(() => new RedisStore({ confirm: { replicas: 0 } })).toThrow(
      "the session option 'confirm.replicas' must be a whole number from 1 to 100.",
    )
    expect(() => new RedisStore({ confirm: { replicas: 1, within: 1000 } })).toThrow(
      "the session option 'confirm.within' must be whole milliseconds, from 1 to less than the timeout (1000).",
    )
  })
})

async function withReplica() {
  const server = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', `${server.port}`] })
  const admin = new Redis(server.port)
  await expect.poll(() => admin.wait(1, 100), { timeout: 10_000 }).toBe(1)
  admin.disconnect()
  return [server, replica] as const
}

function ready(client: Redis): Promise<void> {
  return expect.poll(() => client.status, { timeout: 5000 }).toBe('ready')
}

/** A server that answers the questions of a client as a sentinel does, when it is told to. */
async function fakeSentinel(masterPort: () => number) {
  const sockets = new Set<Socket>()
  const listening = new Set<Socket>()
  const waiting: (() => void)[] = []
  let isHolding = false
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      listening.delete(socket)
    })
    socket.on('data', (data) => {
      for (const command of data.toString().split(/(?=\*\d+\r\n)/)) answerTo(command.toLowerCase())
    })
    const answerTo = (command: string) => {
      if (command.includes('get-master-addr-by-name')) {
        const answer = () => socket.write(array('127.0.0.1', `${masterPort()}`))
        if (isHolding) waiting.push(answer)
        else answer()
      } else if (command.includes('subscribe')) {
        listening.add(socket)
        socket.write('*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n')
      } else if (command.includes('hello')) {
        socket.write('-NOPROTO sorry, this protocol version is not supported.\r\n')
      } else socket.write(command.includes('sentinels') ? '*0\r\n' : '+OK\r\n')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    listeners: () => listening.size,
    connections: () => sockets.size,
    hold: () => (isHolding = true),
    held: () => waiting.length,
    release: () => {
      isHolding = false
      for (const answer of waiting.splice(0)) answer()
    },
    announce: () => {
      for (const socket of listening) socket.write(array('message', '+switch-master', 'shop'))
    },
    stop: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function array(...texts: string[]): string {
  return `*${texts.length}\r\n${texts.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`
}
