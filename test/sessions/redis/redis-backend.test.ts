import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { SessionOptionError } from '../../../src/sessions/errors/errors.js'
import { CorruptRecordError } from '../../../src/sessions/backend/session-backend.js'
import {
  RedisBackend,
  type RedisBackendOptions,
} from '../../../src/sessions/redis/redis-backend.js'
import { startRedis } from '../../support/redis-server.js'
import { commandsOf } from './commands-of.js'
import { describeSessionBackend } from '../../../src/testing/index.js'
import { newKey as key, textOf } from '../../../src/testing/conformance/backend/opened-backend.js'

describe.each([
  ['a keyPrefix of ioredis [RF-30]', { keyPrefix: 'app:' }],
  ['RESP2 [RF-31]', { protocol: 2 }],
  ['auto-pipelining [RF-35]', { enableAutoPipelining: true }],
] as const)('with %s', (_, settings) => {
  describeSessionBackend(
    'RedisBackend',
    async () => {
      const { backend, stop } = await openRedis(settings)
      return { backend, close: stop }
    },
    { describe, test, hasClock: false },
  )
})

describe('RedisBackend', () => {
  test('a record is one string, and its keys begin with the prefix [RF-29, RF-30]', async () => {
    await using world = await openRedis({ keyPrefix: 'app:' }, { prefix: 'shop:' })
    const { backend, admin } = world
    const [one, user] = [key(), key()]
    await backend.create(one, textOf('cart'), 60_000)
    await backend.index.add(user, one, 60_000)
    expect((await admin.keys('*')).sort()).toEqual(
      [`app:shop:${one}`, `app:shop:${user}:sessions`].sort(),
    )
    expect(await admin.get(`app:shop:${one}`)).toBe(`0000000001${textOf('cart')}`)
  })

  test('the time to live is right even when the clock of this process is wrong [EX-14]', async () => {
    await using world = await openRedis()
    const { backend, admin } = world
    const one = key()
    await backend.create(one, textOf(''), 60_000)
    expect(await admin.pttl(`session:${one}`)).toBeGreaterThan(59_000)
    await backend.replace(one, 1, textOf('1'), 120_000)
    expect(await admin.pttl(`session:${one}`)).toBeGreaterThan(119_000)
    await backend.touch(one, 2, textOf('1', 1), 30_000)
    expect(await admin.pttl(`session:${one}`)).toBeLessThanOrEqual(30_000)
    expect(await admin.pttl(`session:${one}`)).toBeGreaterThan(29_000)
  })

  test('the index expires with its last session, and drops expired ones', async () => {
    await using world = await openRedis()
    const { backend, admin } = world
    const user = key()
    await backend.index.add(user, 'b', 60_000)
    await backend.index.add(user, 'a', 30_000)
    expect(await admin.pttl(`session:${user}:sessions`)).toBeGreaterThan(59_000)
    await admin.zadd(`session:${user}:sessions`, Date.now() - 10_000, 'ended')
    expect((await backend.index.list(user, 0, 10)).sort()).toEqual(['a', 'b'])
    await backend.index.add(user, 'c', 1000)
    expect(await admin.zcard(`session:${user}:sessions`)).toBe(3)
  })

  test('whoever takes an entry out of the index hears when that fails', async () => {
    await using world = await openRedis()
    const { backend, admin } = world
    const user = key()
    await admin.set(`session:${user}:sessions`, 'not an index')
    const failure = { code: 'SESSION_REDIS', reason: 'WRONGTYPE' }
    await expect(backend.index.remove(user, 'key')).rejects.toMatchObject(failure)
  })

  test('a read and a write are one command each', async () => {
    await using world = await openRedis()
    const { backend } = world
    const one = key()
    // Once per process, Redis is asked for its time, and each script is sent in full.
    await backend.create(key(), textOf(''), 60_000)
    await backend.create(one, textOf(''), 60_000)
    expect(await world.commandsOf(() => backend.read(one))).toEqual(['get'])
    const replace = () => backend.replace(one, 1, textOf('1'), 60_000)
    expect(await world.commandsOf(replace)).toEqual(['evalsha'])
    expect(await world.commandsOf(replace)).toEqual(['evalsha'])
    expect(await world.commandsOf(() => backend.destroy(one))).toEqual(['eval'])
  })

  test('scripts that Redis has lost are sent again [RF-19]', async () => {
    await using world = await openRedis()
    const { backend, admin } = world
    const one = key()
    await backend.create(one, textOf(''), 60_000)
    await admin.script('FLUSH')
    for (let version = 1; version <= 5; version++) {
      await admin.script('FLUSH')
      expect(await backend.replace(one, version, textOf(`${version}`), 60_000)).toBe('applied')
    }
    await admin.script('FLUSH')
    expect(await backend.touch(one, 6, textOf('5', 1), 60_000)).toBe(true)
    expect(await backend.read(one)).toEqual({ text: textOf('5', 1), version: 6 })
  })

  test('what is not a record is corrupt and stays as it is [RF-16, EX-09]', async () => {
    await using world = await openRedis()
    const { backend, admin } = world
    await admin.rpush('session:list', 'theirs')
    await admin.hset('session:hash', 'name', 'theirs')
    await admin.set('session:text', 'theirs')
    for (const one of ['list', 'hash', 'text']) {
      await expect(backend.read(one)).rejects.toThrow(CorruptRecordError)
      expect(await backend.create(one, textOf('1'), 60_000)).toBe(false)
      expect(await backend.replace(one, 1, textOf('1'), 60_000)).toBe('missing')
      expect(await backend.touch(one, 1, textOf('1'), 60_000)).toBe(false)
    }
    expect(await admin.lrange('session:list', 0, -1)).toEqual(['theirs'])
    expect(await admin.hgetall('session:hash')).toEqual({ name: 'theirs' })
    expect(await admin.get('session:text')).toBe('theirs')
  })

  test('when Redis is full, read, touch and destroy still work, and a replace fails [RF-11]', async () => {
    await using world = await openRedis()
    const { backend, admin } = world
    const one = key()
    await backend.create(one, textOf('1'), 60_000)
    await admin.config('SET', 'maxmemory', '1')
    await expect(backend.replace(one, 1, textOf('2'), 60_000)).rejects.toThrow(
      `Redis at localhost:${admin.options.port} did not replace a session: it is out of memory (OOM); sessions can still be read and destroyed.`,
    )
    await expect(backend.create(key(), textOf('2'), 60_000)).rejects.toMatchObject({
      reason: 'OOM',
    })
    expect(await backend.touch(one, 1, textOf('1', 2), 90_000)).toBe(true)
    expect(await backend.read(one)).toEqual({ text: textOf('1', 2), version: 1 })
    expect(await backend.destroy(one)).toBeDefined()
  })

  test('an error of Redis becomes a RedisStoreError with its code [RF-14, RF-15]', async () => {
    await using world = await openRedis()
    const { backend, admin } = world
    const one = key()
    await backend.create(one, textOf(''), 60_000)
    await admin.replicaof('127.0.0.1', '1')
    await expect(backend.replace(one, 1, textOf('2'), 60_000)).rejects.toMatchObject({
      code: 'SESSION_REDIS',
      reason: 'READONLY',
    })
  })

  test('an error holds neither key nor value [LG-02, CU-14]', async () => {
    await using world = await openRedis()
    const { backend, admin } = world
    await admin.config('SET', 'maxmemory', '1')
    const one = key()
    const failure = await backend.create(one, textOf('secret'), 60_000).catch((error) => error)
    const { inspect } = await import('node:util')
    const shown = inspect(failure, { depth: 10, showHidden: true }) + JSON.stringify(failure)
    expect(shown).toContain('OOM')
    expect(shown).not.toContain('secret')
    expect(shown).not.toContain(one)
    expect(failure.cause).toBeUndefined()
  })

  test('while Redis hangs, every call fails at its timeout, and no write lands later [RF-05]', async () => {
    await using world = await openRedis({}, { timeoutMs: 300 })
    const { backend, client, server } = world
    const one = key()
    await client.ping()
    await backend.create(one, textOf('1'), 60_000)
    server.process.kill('SIGSTOP')
    const started = performance.now()
    const calls = [
      backend.read(one),
      backend.replace(one, 1, textOf('zombie'), 60_000),
      backend.touch(one, 1, textOf('1', 9), 60_000),
      backend.create(key(), textOf('zombie'), 60_000),
    ]
    const ended = await Promise.allSettled(calls)
    expect(performance.now() - started).toBeLessThan(2000)
    expect(ended.map((call) => call.status === 'rejected' && call.reason.reason)).toEqual(
      Array.from({ length: 4 }, () => 'timeout'),
    )
    server.process.kill('SIGCONT')
    const patient = new RedisBackend(client)
    expect(await patient.read(one)).toEqual({ text: textOf('1'), version: 1 })
    expect(await world.admin.dbsize()).toBe(1)
  })

  test('a server is asked for its time before anything is written to it for the first time [PR-06]', async () => {
    await using world = await openRedis()
    const { backend, client } = world
    const create = () => backend.create(key(), textOf(''), 60_000)
    const names = await world.commandsOf(create)
    expect(
      names.slice(
        0,
        names.findIndex((name) => name.startsWith('eval')),
      ),
    ).toContain('time')
    expect(await world.commandsOf(create)).not.toContain('time')
    // After a failover another server may have another clock.
    client.disconnect(true)
    await expect.poll(() => client.status).toBe('ready')
    expect(await world.commandsOf(create)).toContain('time')
  })

  test('when the clock of Redis is set, writes still work [PR-06]', async () => {
    await using world = await openRedis()
    const { backend, client } = world
    const one = key()
    await backend.create(one, textOf(''), 60_000)
    // The deadline of the next write is ten minutes too early on Redis's clock.
    const time = performance.now.bind(performance)
    performance.now = () => time() - 600_000
    try {
      expect(await backend.replace(one, 1, textOf('1'), 60_000)).toBe('applied')
    } finally {
      performance.now = time
    }
    expect(client.status).toBe('ready')
  })

  test('without a server every call fails at its timeout, and calls work again when it comes up [RF-01]', async () => {
    const stopped = await startRedis()
    await stopped.stop()
    const client = new Redis(stopped.port, { ...settings, enableOfflineQueue: false })
    const backend = new RedisBackend(client, { timeoutMs: 100 })
    try {
      await expect(backend.read(key())).rejects.toThrow(
        `Redis at localhost:${stopped.port} did not read a session: there is no connection. Is it running, and is the address right?`,
      )
      const server = await startRedis({ port: stopped.port })
      try {
        await expect
          .poll(() => backend.read(key()).catch(() => 'failed'), { timeout: 5000 })
          .toBeUndefined()
      } finally {
        await server.stop()
      }
    } finally {
      client.disconnect()
    }
  })

  test('the first call after the start waits for the connection', async () => {
    const server = await startRedis()
    const client = new Redis(server.port, { ...settings, enableOfflineQueue: false })
    try {
      expect(await new RedisBackend(client).read(key())).toBeUndefined()
    } finally {
      client.disconnect()
      await server.stop()
    }
  })

  test('calls during an outage share one listener [RF-33]', async () => {
    const client = new Redis({ ...settings, lazyConnect: true, port: 1 })
    const backend = new RedisBackend(client, { timeoutMs: 20 })
    try {
      await Promise.allSettled(Array.from({ length: 50 }, () => backend.read(key())))
      expect(client.listenerCount('ready')).toBeLessThanOrEqual(2)
    } finally {
      client.disconnect()
    }
  })

  test('replies that arrived while this process was busy count as in time', async () => {
    await using world = await openRedis({}, { timeoutMs: 300 })
    const { backend, client } = world
    const one = key()
    await client.ping()
    await backend.create(one, textOf(''), 60_000)
    const reads = Array.from({ length: 10 }, () => backend.read(one))
    await new Promise((resolve) => setImmediate(resolve))
    const busyUntil = performance.now() + 600
    while (performance.now() < busyUntil);
    expect((await Promise.all(reads)).map((record) => record?.version)).toEqual(Array(10).fill(1))
  })

  test('writes are in time although this process is busy for longer than the timeout, again and again [A15]', async () => {
    await using world = await openRedis({}, { timeoutMs: 400 })
    const { backend, client } = world
    const one = key()
    await client.ping()
    await backend.create(one, textOf(''), 60_000)
    for (let stall = 1; stall <= 3; stall++) {
      const writing = backend.replace(one, stall, textOf(`${stall}`), 60_000)
      // By the second turn the command has been sent.
      for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
      const busyUntil = performance.now() + 500
      while (performance.now() < busyUntil);
      expect(await writing).toBe('applied')
    }
    expect((await backend.read(one))?.text).toBe(textOf('3'))
  })

  test('a client that reads from replicas is refused [RA-16]', () => {
    const message =
      'A RedisBackend cannot read from replicas: a session that was destroyed is still there for a moment. ' +
      "Give it a client of the primary, without `readOnly` and `scaleReads: 'slave'`."
    const replica = new Redis({ lazyConnect: true, readOnly: true })
    expect(() => new RedisBackend(replica)).toThrow(new TypeError(message))
    const cluster = new Cluster([{ port: 1 }], { lazyConnect: true, scaleReads: 'slave' })
    expect(() => new RedisBackend(cluster)).toThrow(new TypeError(message))
    cluster.disconnect()
  })

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])('a timeout of %s is refused', (timeout) => {
    const client = new Redis({ lazyConnect: true })
    expect(() => new RedisBackend(client, { timeoutMs: timeout })).toThrow(
      new SessionOptionError(
        'timeoutMs',
        `must be a whole number of milliseconds from 1 to 2147483647, not ${timeout}.`,
      ),
    )
  })
})

const settings = {
  retryStrategy: () => 20,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
}

async function openRedis(
  given: Omit<RedisOptions, 'replyMapping'> = {},
  options: RedisBackendOptions = {},
) {
  const server = await startRedis()
  const client = new Redis(server.port, { ...settings, ...given })
  const admin = new Redis(server.port)
  const stop = async () => {
    client.disconnect()
    admin.disconnect()
    await server.stop()
  }
  return {
    server,
    client,
    admin,
    backend: new RedisBackend(client, options),
    stop,
    [Symbol.asyncDispose]: stop,
    commandsOf: (call: () => Promise<unknown>) => commandsOf(admin, call),
  }
}
