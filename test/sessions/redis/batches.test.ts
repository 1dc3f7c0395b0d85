import { Redis } from 'ioredis'
import { RedisBackend } from 'ingot/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newKey, textOf } from '../../../src/testing/conformance/backend/opened-backend.js'
import { startProxy } from '../../faults/support/proxy.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { commandsOf } from './commands-of.js'

let server: RedisServer
let admin: Redis
beforeAll(async () => {
  server = await startRedis()
  admin = new Redis(server.port)
})
beforeEach(() => admin.flushall())
afterAll(async () => {
  admin.disconnect()
  await server.stop()
})

const settings = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 }

/** A backend that knows the clock and the scripts of the server, and some records in it. */
async function stocked(count: number, port = server.port) {
  const client = new Redis(port, { ...settings, retryStrategy: () => 20 })
  const backend = new RedisBackend(client, { timeoutMs: 500 })
  const keys = Array.from({ length: count }, newKey)
  await Promise.all(keys.map((key) => backend.create(key, textOf(key), 60_000)))
  return { backend, keys, client, [Symbol.asyncDispose]: async () => client.disconnect() }
}

describe('what is asked for in one turn of the event loop', () => {
  test('travels as one MGET and one script, at most 64 keys in each', async () => {
    await using world = await stocked(150)
    const { backend, keys } = world
    const reads = () => Promise.all(keys.map((key) => backend.read(key)))
    expect(await commandsOf(admin, reads)).toEqual(['mget', 'mget', 'mget'])
    expect((await reads()).map((record) => record?.text)).toEqual(keys.map((key) => textOf(key)))
    const writes = () =>
      Promise.all(keys.map((key) => backend.replace(key, 1, textOf('new'), 60_000)))
    expect(await commandsOf(admin, writes)).toEqual(['evalsha', 'evalsha', 'evalsha'])
    expect(new Set((await reads()).map((record) => record?.version))).toEqual(new Set([2]))
  })

  test('goes through a client that connects at its first command', async () => {
    const client = new Redis(server.port, { ...settings, lazyConnect: true })
    try {
      const backend = new RedisBackend(client, { timeoutMs: 500 })
      const keys = [newKey(), newKey()]
      const reads = keys.map((key) => backend.read(key))
      expect(await Promise.all(reads)).toEqual([undefined, undefined])
    } finally {
      client.disconnect()
    }
  })

  test('each write has its own result: made, taken, applied, missing, or the record', async () => {
    await using world = await stocked(3)
    const { backend, keys } = world
    const [one, other, gone] = keys as [string, string, string]
    await backend.destroy(gone)
    await admin.rpush('session:list', 'theirs')
    const results = await Promise.all([
      backend.create(newKey(), textOf('a'), 60_000),
      backend.create(one, textOf('a'), 60_000),
      backend.replace(one, 1, textOf('b'), 60_000),
      backend.replace(other, 7, textOf('b'), 60_000),
      backend.replace(gone, 1, textOf('b'), 60_000),
      backend.replace('list', 1, textOf('b'), 60_000),
      backend.replace(one, 1, textOf('c'), 60_000),
    ])
    expect(results).toEqual([
      true,
      false,
      'applied',
      { text: textOf(other), version: 1 },
      'missing',
      'missing',
      { text: textOf('b'), version: 2 },
    ])
    expect(await admin.lrange('session:list', 0, -1)).toEqual(['theirs'])
  })

  test('what is not there and what is not a string are told apart', async () => {
    await using world = await stocked(1)
    const { backend, keys } = world
    await admin.rpush('session:list', 'theirs')
    const reads = () =>
      Promise.allSettled([keys[0] as string, 'list', newKey()].map((key) => backend.read(key)))
    const [found, list, nothing] = await reads()
    expect(found).toMatchObject({ value: { version: 1 } })
    expect(list).toMatchObject({ reason: { code: 'SESSION_RECORD_CORRUPT' } })
    expect(nothing).toEqual({ status: 'fulfilled', value: undefined })
    expect(await commandsOf(admin, reads)).toEqual(['mget', 'get', 'get'])
  })

  test('large records travel alone, so that small ones need not wait for them', async () => {
    await using world = await stocked(3)
    const { backend, keys } = world
    const [large = '', ...small] = keys
    const text = textOf('x'.repeat(10_000))
    const writes = () =>
      Promise.all([
        ...small.map((key) => backend.replace(key, 1, textOf('s'), 60_000)),
        backend.replace(large, 1, text, 60_000),
      ])
    expect(await commandsOf(admin, writes)).toEqual(['evalsha', 'evalsha'])
    const reads = () => Promise.all(keys.map((key) => backend.read(key)))
    // Seen to be large by the first read.
    expect((await reads())[0]?.text).toBe(text)
    expect((await commandsOf(admin, reads)).toSorted()).toEqual(['get', 'mget'])
  })
})

describe('a batch that fails', () => {
  test('on a full Redis gives each write that error, and nothing is written [RF-11]', async () => {
    await using world = await stocked(3)
    const { backend, keys } = world
    await admin.config('SET', 'maxmemory', '1')
    try {
      const writes = [
        ...keys.map((key) => backend.replace(key, 1, textOf('new'), 60_000)),
        backend.create(newKey(), textOf('new'), 60_000),
      ]
      const ended = await Promise.allSettled(writes)
      expect(ended.map((each) => each.status === 'rejected' && each.reason.reason)).toEqual(
        Array(4).fill('OOM'),
      )
      const operations = ended.map((each) => each.status === 'rejected' && each.reason.message)
      expect(operations[3]).toContain('did not create a session')
      expect(operations[0]).toContain('did not replace a session')
      // Shrinking a record is a write as well; noting activity is allowed.
      const touched = keys.map((key) => backend.touch(key, 1, textOf(key, 5), 60_000))
      expect(await Promise.all(touched)).toEqual([true, true, true])
    } finally {
      await admin.config('SET', 'maxmemory', '0')
    }
    expect((await backend.read(keys[0] as string))?.version).toBe(1)
    expect(await admin.dbsize()).toBe(3)
  })

  test('on a replica gives each write that error [RF-14]', async () => {
    await using world = await stocked(2)
    const { backend, keys } = world
    await admin.replicaof('127.0.0.1', '1')
    try {
      const ended = await Promise.allSettled(
        keys.map((key) => backend.replace(key, 1, textOf('new'), 60_000)),
      )
      expect(ended.map((each) => each.status === 'rejected' && each.reason.reason)).toEqual([
        'READONLY',
        'READONLY',
      ])
    } finally {
      await admin.replicaof('NO', 'ONE')
    }
  })

  test('with its connection fails those on it, and no later one [RF-24]', async () => {
    const proxy = await startProxy(server.port)
    try {
      await using world = await stocked(20, proxy.port)
      const { backend, keys } = world
      proxy.swallow()
      const reads = keys.map((key) => backend.read(key))
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
      proxy.cut()
      const cut = await Promise.allSettled(reads)
      expect(new Set(cut.map(({ status }) => status))).toEqual(new Set(['rejected']))
      proxy.pass()
      const again = await Promise.all(keys.map((key) => backend.read(key)))
      expect(again.map((record) => record?.text)).toEqual(keys.map((key) => textOf(key)))
    } finally {
      await proxy.stop()
    }
  })

  test('of which some are late writes the others, and each is told its own [A2]', async () => {
    await using world = await stocked(3)
    const { backend, keys } = world
    const [late, first, second] = keys as [string, string, string]
    const now = performance.now()
    const writes = [
      backend.replace(late, 1, textOf('late'), 60_000, now - 1),
      backend.replace(first, 1, textOf('in time'), 60_000, now + 400),
      backend.replace(second, 1, textOf('in time'), 60_000),
    ]
    const [told, ...others] = await Promise.allSettled(writes)
    expect(told).toMatchObject({ status: 'rejected', reason: { reason: 'timeout' } })
    expect(others).toEqual(others.map(() => ({ status: 'fulfilled', value: 'applied' })))
    expect((await backend.read(late))?.text).toBe(textOf(late))
  })
})
