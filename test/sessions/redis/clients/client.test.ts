import { Redis } from 'ioredis'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { App, route } from '../../../../src/http/index.js'
import {
  connectRedis,
  disconnectRedis,
  redis,
  RedisStore,
} from '../../../../src/sessions/redis/index.js'
import { Session } from '../../../../src/sessions/session/session.js'
import { sessions } from '../../../../src/sessions/sessions.js'
import { startRedis, type RedisServer } from '../../../support/redis-server.js'
import { gate } from '../../server-store/server-store-suite.js'

describe('redis(url)', () => {
  test('gives handlers the client by the type of ioredis', async () => {
    await using server = await startRedis()
    const app = new App({
      components: [redis(server.url)],
      routes: [route.get('/', [Redis], (client) => client.ping())],
    })
    expect(await (await app.fetch(new Request('https://shop.test/'))).text()).toBe('PONG')
    await app.close()
  })

  test('leaves no listener of the first connection on the client', async () => {
    await using server = await startRedis()
    const counted: number[][] = []
    const count = (client: Redis) => ['ready', 'error'].map((name) => client.listenerCount(name))
    const app = new App({
      components: [redis(server.url)],
      routes: [route.get('/', [Redis], (client) => void counted.push(count(client)))],
    })
    await app.fetch(new Request('https://shop.test/'))
    await app.close()
    const client = connectRedis(server.url)
    await once(client, 'ready')
    expect(counted).toEqual([count(client)])
    await disconnectRedis(client)
  })

  test('without Redis the application starts and answers 503 in time, and it works when Redis comes up [RF-01]', async () => {
    const stopped = await startRedis()
    await stopped.stop()
    const outages: string[] = []
    const app = shop(stopped.url, 300, (reason) => outages.push(reason))
    await app.ready()
    const started = performance.now()
    const refused = await app.fetch(write())
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.getSetCookie()).toEqual([])
    expect(performance.now() - started).toBeLessThan(2000)
    expect((await app.fetch(new Request('https://shop.test/health'))).status).toBe(200)
    await using server = await startRedis({ port: stopped.port })
    await expect.poll(async () => (await app.fetch(write())).status, { timeout: 5000 }).toBe(200)
    // RF-25: one line per outage, however many attempts failed.
    expect(outages).toEqual(['ECONNREFUSED'])
    expect(server.port).toBe(stopped.port)
    await app.close()
  })

  test('a wrong password is reported without the password [RF-02]', async () => {
    await using server = await startRedis({ args: ['--requirepass', 'right-password'] })
    const reasons: string[] = []
    const app = shop(server.url.replace('//', '//:wrong-password@'), 300, (reason) =>
      reasons.push(reason),
    )
    expect((await app.fetch(write())).status).toBe(503)
    expect(reasons).toEqual(['WRONGPASS'])
    await app.close()
  })

  test('close() ends within a second while Redis hangs [PR-03]', async () => {
    await using server = await startRedis()
    const app = shop(server.url, 300, () => {})
    expect((await app.fetch(write())).status).toBe(200)
    server.process.kill('SIGSTOP')
    const late = app.fetch(write())
    const started = performance.now()
    await app.close()
    expect(performance.now() - started).toBeLessThan(1000)
    expect((await late).status).toBe(503)
  })

  test.each([
    ['hangs', (server: RedisServer) => Promise.resolve(server.process.kill('SIGSTOP'))],
    ['is gone', (server: RedisServer) => server.stop()],
  ])(
    'close() ends within a second with requests under way while Redis %s [A16]',
    async (_, end) => {
      await using server = await startRedis()
      const reached = gate()
      const app = new App({
        components: [
          sessions(new RedisStore({ timeoutMs: 500 }), { onWarning: () => {} }),
          redis(server.url, { onOutage: () => {} }),
        ],
        routes: [
          route.post('/', [Session], async (session) => {
            await reached.pass()
            session.set('a', 1)
          }),
        ],
        onError: () => {},
      })
      const { url } = await app.listen(0)
      const answered = fetch(url, { method: 'POST' })
      await reached.waited
      await end(server)
      reached.open()
      const started = performance.now()
      await app.close()
      expect(performance.now() - started).toBeLessThan(1000)
      expect((await answered).status).toBe(503)
    },
  )

  test('what is asked while there is no connection fails at once, and waits for none', async () => {
    const client = connectRedis('redis://127.0.0.1:1', { lazyConnect: true, onOutage: () => {} })
    await client.connect().catch(() => {})
    const asked = performance.now()
    await expect(client.get('key')).rejects.toThrow(
      "Stream isn't writeable and enableOfflineQueue options is false",
    )
    expect(performance.now() - asked).toBeLessThan(1000)
    await disconnectRedis(client)
  })

  test('close() ends within a second when there never was a connection', async () => {
    const app = shop('redis://127.0.0.1:1', 100, () => {})
    await app.ready()
    const started = performance.now()
    await app.close()
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('the client leaves a server that has not answered for a second, and connects again [RF-22]', async () => {
    await using server = await startRedis()
    const app = shop(server.url, 200, () => {})
    expect((await app.fetch(write())).status).toBe(200)
    server.process.kill('SIGSTOP')
    expect((await app.fetch(write())).status).toBe(503)
    server.process.kill('SIGCONT')
    await expect.poll(async () => (await app.fetch(write())).status, { timeout: 5000 }).toBe(200)
    await app.close()
  })

  test('only a Redis that would evict sessions causes a warning, and causes it once [RF-13]', async () => {
    await using evicting = await startRedis({
      args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'],
    })
    await using unlimited = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] })
    await using careful = await startRedis({ args: ['--maxmemory', '100mb'] })
    const warnings: string[] = []
    for (const { url } of [evicting, unlimited, careful]) {
      const client = connectRedis(url, { onEviction: (message) => warnings.push(message) })
      await new Promise((resolve) => client.once('ready', resolve))
      // Its reply comes after that of the check, which was sent before.
      await client.ping()
      await disconnectRedis(client)
    }
    expect(warnings).toEqual([
      'Redis evicts keys when it is full (maxmemory-policy allkeys-lru), sessions too: visitors are logged out ' +
        'at random. Keep sessions in a Redis with maxmemory-policy noeviction.',
    ])
  })

  test('disconnectRedis() may be called twice, and on a client that never connected', async () => {
    const client = connectRedis('redis://127.0.0.1:1', { lazyConnect: true })
    await disconnectRedis(client)
    await disconnectRedis(client)
    expect(client.status).toBe('end')
  })
})

function shop(url: string, timeout: number, onOutage: (reason: string) => void): App {
  return new App({
    components: [sessions(new RedisStore({ timeoutMs: timeout })), redis(url, { onOutage })],
    routes: [
      route.post('/', [Session], (session) =>
        session.update('n', (n: number | undefined) => (n ?? 0) + 1),
      ),
      route.get('/health', [], () => 'ok'),
    ],
    onError: () => {},
  })
}

/** A request that reads and writes: its cookie names a session that could exist. */
function write(): Request {
  return new Request('https://shop.test/', {
    method: 'POST',
    headers: { cookie: `__Host-session=${'A'.repeat(43)}` },
  })
}
