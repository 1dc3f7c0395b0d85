import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Cluster, Redis } from 'ioredis'
import { describe, expect, test, vi } from 'vitest'
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
  textOf,
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

  test('an outage is reported once, and close() ends within a second while no sentinel is up', async () => {
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

  test('a client leaves a master that became a replica although no sentinel announced it [SC-03]', async () => {
    const [one, two] = await Promise.all([startRedis(), startRedis()])
    let master = one.port
    const sentinel = await fakeSentinel(() => master)
    const client = connectSentinel({ sentinels: [sentinel], name: 'shop', ...quiet })
    const backend = new RedisBackend(client, { timeoutMs: 5000 })
    expect(await backend.create(key(), textOf('1'), 60_000)).toBe(true)
    const admin = new Redis(one.port)
    await admin.replicaof('127.0.0.1', two.port)
    admin.disconnect()
    master = two.port
    await expect(backend.create(key(), textOf('1'), 60_000)).rejects.toMatchObject({
      reason: 'READONLY',
    })
    // For a moment the connection is closing, and refuses what comes.
    await expect
      .poll(() => backend.create(key(), textOf('1'), 60_000).catch(() => false))
      .toBe(true)
    expect(client.stream.remotePort).toBe(two.port)
    await disconnectRedis(client)
    await Promise.all([sentinel.stop(), one.stop(), two.stop()])
  })

  test('a client leaves a master that is still up when a sentinel announces another one [SC-03]', async () => {
    const [one, two] = await Promise.all([startRedis(), startRedis()])
    let master = one.port
    const found = await fakeSentinel(() => master)
    const sentinel = await fakeSentinel(
      () => master,
      () => [found.port],
    )
    const client = connectSentinel({ sentinels: [sentinel], name: 'shop', ...quiet })
    await ready(client)
    await expect.poll(() => [sentinel.listeners(), found.listeners()]).toEqual([1, 1])
    const disconnect = vi.spyOn(client, 'disconnect')
    master = two.port
    found.announce(`shop 127.0.0.1 ${one.port} 127.0.0.1 ${two.port}`)
    await expect
      .poll(() => client.status === 'ready' && client.stream.remotePort, { timeout: 5000 })
      .toBe(two.port)
    await expect.poll(() => [sentinel.listeners(), found.listeners()]).toEqual([1, 1])
    master = one.port
    // The failover of another master, and one that led to where the client is.
    found.announce(`crm 127.0.0.1 ${two.port} 127.0.0.1 ${one.port}`)
    found.announce(`shop 127.0.0.1 ${one.port} 127.0.0.1 ${two.port}`)
    found.announce(`shop 127.0.0.1 ${two.port} 127.0.0.1 ${one.port}`)
    await expect
      .poll(() => client.status === 'ready' && client.stream.remotePort, { timeout: 5000 })
      .toBe(one.port)
    expect(disconnect).toHaveBeenCalledTimes(2)
    await disconnectRedis(client)
    await Promise.all([sentinel.stop(), found.stop(), one.stop(), two.stop()])
  })

  test('a sentinel that is down causes no output and no outage', async () => {
    const server = await startRedis()
    const sentinel = await fakeSentinel(() => server.port)
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const outages: string[] = []
    let attempts = 0
    const client = connectSentinel({
      sentinels: [sentinel, { port: 1 }],
      name: 'shop',
      onOutage: (reason) => outages.push(reason),
      sentinelReconnectStrategy: () => (attempts += 1),
    })
    await ready(client)
    await expect.poll(() => attempts).toBeGreaterThan(3)
    await disconnectRedis(client)
    expect([printed.mock.calls, outages]).toEqual([[], []])
    printed.mockRestore()
    await Promise.all([sentinel.stop(), server.stop()])
  })

  test('a sentinel that names itself is subscribed to once, and no more sentinels than may be', async () => {
    const server = await startRedis()
    const [second, third] = [
      await fakeSentinel(() => server.port),
      await fakeSentinel(() => server.port),
    ]
    const first = await fakeSentinel(
      () => server.port,
      () => [first.port, second.port, third.port],
    )
    const limited = { sentinelMaxConnections: 2 }
    const client = connectSentinel({ sentinels: [first], name: 'shop', ...quiet, ...limited })
    await ready(client)
    await expect.poll(() => [first.listeners(), second.listeners()]).toEqual([1, 1])
    // ioredis asks once, and so do we.
    expect([first.asked(), third.connections()]).toEqual([2, 0])
    await disconnectRedis(client)
    await Promise.all([first.stop(), second.stop(), third.stop(), server.stop()])
  })

  test('a sentinel that refuses the subscription fails nothing', async () => {
    const server = await startRedis()
    const sentinel = await fakeSentinel(() => server.port)
    sentinel.refuse()
    const client = connectSentinel({ sentinels: [sentinel], name: 'shop', ...quiet })
    await ready(client)
    await expect.poll(() => sentinel.refused()).toBe(1)
    expect(await client.ping()).toBe('PONG')
    await disconnectRedis(client)
    await Promise.all([sentinel.stop(), server.stop()])
  })

  test('a failover that is announced while the client asks for the master does not end the client', async () => {
    const server = await startRedis()
    const sentinel = await fakeSentinel(() => server.port)
    const client = connectSentinel({ sentinels: [sentinel], name: 'shop', ...quiet })
    await ready(client)
    await expect.poll(() => sentinel.listeners()).toBe(1)
    sentinel.hold()
    client.disconnect(true)
    await expect.poll(() => sentinel.held()).toBe(1)
    sentinel.announce('shop 127.0.0.1 1 127.0.0.1 2')
    sentinel.release()
    await ready(client)
    expect(await client.ping()).toBe('PONG')
    await disconnectRedis(client)
    // After QUIT no connection to the sentinel stays open.
    await expect.poll(() => sentinel.connections()).toBe(0)
    await Promise.all([sentinel.stop(), server.stop()])
  })
})

describe('the option confirm', () => {
  test('without a replica the session is destroyed, and the destroy is not confirmed [SC-05]', async () => {
    const server = await startRedis()
    const client = new Redis(server.port)
    const backend = new RedisBackend(client, { confirm: { replicas: 1, timeoutMs: 50 } })
    const one = key()
    await backend.create(one, textOf('1'), 60_000)
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

  test('a write over a connection that was lost since is not confirmed [SC-05]', async () => {
    const [server, replica] = await withReplica()
    const client = new Redis(server.port)
    const admin = new Redis(server.port)
    // A replica may take long here.
    const confirm = { replicas: 1, timeoutMs: 20_000 }
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

  test('options that cannot work throw at construction', () => {
    const cluster = new Cluster([{ port: 1 }], { lazyConnect: true })
    const reason =
      "the session option 'confirm' does not work with Redis Cluster: WAIT names no key, so ioredis sends it to any node."
    const confirm = { replicas: 1 }
    expect(() => new RedisBackend(cluster, { confirm })).toThrow(reason)
    // @ts-expect-error - nor do the types allow it
    expect(() => new RedisClusterStore({ confirm })).toThrow(reason)
    expect(() => new RedisStore({ confirm: { replicas: 0 } })).toThrow(
      "the session option 'confirm.replicas' must be a whole number from 1 to 100, not 0.",
    )
    expect(() => new RedisStore({ confirm: { replicas: 1, timeoutMs: 1000 } })).toThrow(
      "the session option 'confirm.timeoutMs' must be a whole number of milliseconds from 1 to 799 (less than timeoutMs of the store), not 1000.",
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

/** A server that answers a client as a sentinel does, and announces failovers when the test says so. */
async function fakeSentinel(masterPort: () => number, otherPorts: () => number[] = () => []) {
  const sockets = new Set<Socket>()
  const listening = new Set<Socket>()
  const waiting: (() => void)[] = []
  let isHolding = false
  let isRefusing = false
  let refused = 0
  let asked = 0
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
      } else if (command.includes('subscribe') && isRefusing) {
        refused += 1
        socket.write("-NOPERM this user has no permissions to run the 'subscribe' command\r\n")
      } else if (command.includes('subscribe')) {
        listening.add(socket)
        socket.write('*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n')
      } else if (command.includes('hello')) {
        socket.write('-NOPROTO sorry, this protocol version is not supported.\r\n')
      } else if (command.includes('sentinels')) {
        asked += 1
        const others = otherPorts().map((port) => array('ip', '127.0.0.1', 'port', `${port}`))
        socket.write(`*${others.length}\r\n${others.join('')}`)
      } else socket.write('+OK\r\n')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    listeners: () => listening.size,
    connections: () => sockets.size,
    hold: () => (isHolding = true),
    refuse: () => (isRefusing = true),
    refused: () => refused,
    /** How often it was asked for the others. */
    asked: () => asked,
    held: () => waiting.length,
    release: () => {
      isHolding = false
      for (const answer of waiting.splice(0)) answer()
    },
    announce: (message: string) => {
      for (const socket of listening) socket.write(array('message', '+switch-master', message))
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
