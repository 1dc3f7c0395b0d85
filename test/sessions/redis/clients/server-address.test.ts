import { inspect } from 'node:util'
import { Cluster, Redis } from 'ioredis'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { App, route } from '../../../../src/http/index.js'
import {
  connectCluster,
  connectRedis,
  connectSentinel,
  disconnectRedis,
  redis,
  redisCluster,
  redisSentinel,
  RedisStore,
  type RedisClient,
} from '../../../../src/sessions/redis/index.js'
import { addressOf, noteNodes } from '../../../../src/sessions/redis/clients/server-address.js'
import { Session } from '../../../../src/sessions/session/session.js'
import { sessions } from '../../../../src/sessions/sessions.js'

const UNREADABLE =
  "redis: the url cannot be read. Percent-encode the password in it: '#' is %23, '/' is %2F, '?' is %3F, '@' is %40, '%' is %25."

describe('a URL with a password that is not percent-encoded', () => {
  test.each([
    'redis://:secret#word@localhost:6379',
    'redis://user:secret/word@localhost:6379',
    'redis://user:secret?word@localhost:6379',
    'rediss://user:secret%word@localhost:6379',
    'redis://:secretword%@localhost',
    'redis://:secret#word@localhost:6379/0',
    ':secret#word@localhost:6379',
    '//:secret#word@localhost:6379',
    'redis://:secret word@local host',
  ])('is refused where it is given, without its text: case %# [B17]', (url) => {
    for (const make of [redis, connectRedis, (one: string) => redisCluster([one])]) {
      let thrown: unknown
      try {
        make(url)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toEqual(new TypeError(UNREADABLE))
      expect(inspect(thrown, { showHidden: true, depth: 9 })).not.toMatch(/secret|word@/)
    }
  })

  test('is taken when it is encoded [B17]', async () => {
    const client = connectRedis('redis://user:se%23cr%2Fet%3F%40%25@localhost:1', {
      lazyConnect: true,
    })
    expect(client.options).toMatchObject({ username: 'user', password: 'se#cr/et?@%', port: 1 })
    await disconnectRedis(client)
  })
})

describe('a client without an address', () => {
  test.each([undefined, null, '', {}])('such as %j is refused [B18]', (url) => {
    const shown = url === '' ? "''" : String(url)
    const refused = `redis: the url is ${shown}. Write redis('redis://localhost:6379'), and check the variable that it comes from.`
    for (const make of [redis, connectRedis])
      expect(() => make(url as string)).toThrow(new TypeError(refused))
  })

  test.each(['localhost:port', 'redis://local host', 'redis://[::1', 'redis://localhost#0'])(
    '%s, which cannot be read, is told without advice on passwords [B18]',
    (url) => {
      expect(() => redis(url)).toThrow(
        new TypeError("redis: the url cannot be read. Write 'redis://user:password@host:6379/0'."),
      )
    },
  )

  test('is refused for a cluster, and for sentinels [B18]', () => {
    for (const make of [redisCluster, connectCluster]) {
      expect(() => make([undefined as never])).toThrow('redis: the url is undefined.')
      for (const nodes of [undefined, []])
        expect(() => make(nodes as never)).toThrow(
          new TypeError(
            "redisCluster: no node is given. Write redisCluster([{ host: 'localhost', port: 7000 }]).",
          ),
        )
    }
    for (const make of [redisSentinel, connectSentinel]) {
      const [sentinels, name] = [[{ port: 1 }], 'mymaster']
      for (const options of [undefined, {}, { name }, { sentinels }, { sentinels: [], name }])
        expect(() => make(options as never)).toThrow(
          new TypeError(
            "redisSentinel: sentinels or name is missing. Write redisSentinel({ sentinels: [{ host: 'localhost', port: 26379 }], name: 'mymaster' }).",
          ),
        )
    }
  })

  test.each(['6379', '/run/redis.sock', 'localhost:6379', 'redis://localhost', 'redis://[::1]/2'])(
    '%s is one [B18]',
    async (url) => {
      const client = connectRedis(url, { lazyConnect: true })
      await disconnectRedis(client)
      expect(client.status).toBe('end')
    },
  )
})

test('a node, or a sentinel, that is given by its port is one of this machine', async () => {
  const cluster = new Cluster([{ port: 7000 }, { host: '::1' }, 7002, '7003'], {
    lazyConnect: true,
  })
  noteNodes(cluster, [{ port: 7000 }, { host: '::1' }, 7002, '7003'])
  expect(addressOf(cluster)).toBe('localhost:7000, [::1]:6379, 127.0.0.1:7002, 127.0.0.1:7003')
  cluster.disconnect()
  const sentinels = [{ port: 1 }, { host: 'b.test' }]
  const client = new Redis({ sentinels, name: 'mymaster', lazyConnect: true })
  expect(addressOf(client)).toBe("the master 'mymaster' of the sentinels localhost:1, b.test:26379")
  client.disconnect()
})

/** The default warning of an outage. */
async function warningOf(connect: () => RedisClient): Promise<string> {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => warned.mockRestore())
  const client = connect()
  await expect.poll(() => warned.mock.calls.length, { timeout: 10_000 }).toBe(1)
  await disconnectRedis(client)
  return String(warned.mock.calls[0]![0])
}

describe('the warning of an outage names host and port, and never a password', () => {
  const after =
    'cannot be reached (ECONNREFUSED). Requests that need a session are answered with 503 until it is back.'

  test('of a server [B18]', async () => {
    const url = 'redis://user:hidden@127.0.0.1:1/3'
    expect(await warningOf(() => connectRedis(url))).toBe(`Redis at 127.0.0.1:1 ${after}`)
  })

  test('of a socket [B18]', async () => {
    expect(await warningOf(() => connectRedis('/nowhere/redis.sock'))).toMatch(
      /^Redis at \/nowhere\/redis\.sock cannot be reached \(ENOENT\)\./,
    )
  })

  test('of a cluster [B18]', async () => {
    const nodes = [{ host: '127.0.0.1', port: 1 }, 'redis://user:hidden@127.0.0.1:2', 3]
    expect(await warningOf(() => connectCluster(nodes))).toMatch(
      /^Redis at 127\.0\.0\.1:1, 127\.0\.0\.1:2, 127\.0\.0\.1:3 cannot be reached \(\w+\)\./,
    )
  })

  test('of sentinels [B18]', async () => {
    const sentinels = [
      { host: '127.0.0.1', port: 1 },
      { host: '::1', port: 2 },
    ]
    const options = { sentinels, name: 'mymaster', sentinelPassword: 'hidden', password: 'hidden' }
    expect(await warningOf(() => connectSentinel(options))).toMatch(
      /^Redis at the master 'mymaster' of the sentinels 127\.0\.0\.1:1, \[::1\]:2 cannot be reached \(\w+\)\./,
    )
  })
})

test('the error of a request without Redis names host and port [B18]', async () => {
  const [causes, outages] = [[] as string[], [] as string[][]]
  const app = new App({
    components: [
      sessions(new RedisStore({ timeoutMs: 200 })),
      redis('redis://user:hidden@127.0.0.1:1', {
        onOutage: (...told) => void outages.push(told),
      }),
    ],
    routes: [route.post('/', [Session], (session) => void session.set('a', 1))],
    onError: (error) => void causes.push(String((error as Error).cause)),
  })
  onTestFinished(() => app.close())
  expect((await app.fetch(new Request('http://shop.test/', { method: 'POST' }))).status).toBe(503)
  expect(causes).toEqual([expect.stringContaining('Redis at 127.0.0.1:1 did not ')])
  expect(causes[0]).not.toContain('hidden')
  expect(outages).toEqual([['ECONNREFUSED', '127.0.0.1:1']])
})
