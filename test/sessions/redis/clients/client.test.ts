import { Redis } from 'ioredis'
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
import { startRedis } from '../../../support/redis-server.js'

describe('redis(url)', () => {
  test('gives handlers the client by the type of ioredis', async () => {
    await using server = disposable(await startRedis())
    const app = new App({
      components: [redis(server.url)],
      routes: [route.get('/', [Redis], (client) => client.ping())],
    })
    expect(await (await app.fetch(new Request('https://shop.test/'))).text()).toBe('PONG')
    await app.close()
  })

  test('the application starts without Redis, answers 503 in time, and heals when it comes [RF-01]', async () => {
    const gone = await startRedis()
    await gone.stop()
    const outages: string[] = []
    const app = shop(gone.url, 300, (reason) => outages.push(reason))
    await app.ready()
    const started = performance.now()
    const refused = await app.fetch(write())
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.getSetCookie()).toEqual([])
    expect(performance.now() - started).toBeLessThan(700)
    expect((await app.fetch(new Request('https://shop.test/health'))).status).toBe(200)
    await using server = disposable(await startRedis({ port: gone.port }))
    await expect.poll(async () => (await app.fetch(write())).status, { timeout: 5000 }).toBe(200)
    // RF-25: one line per outage, however many attempts failed.
    expect(outages).toEqual(['ECONNREFUSED'])
    expect(server.port).toBe(gone.port)
    await app.close()
  })

  test('a wrong password is said without the password [RF-02]', async () => {
    await using server = disposable(await startRedis({ args: ['--requirepass', 'right-password'] }))
    const reasons: string[] = []
    const app = shop(server.url.replace('//', '//:wrong-password@'), 300, (reason) =>
      reasons.push(reason),
    )
    expect((await app.fetch(write())).status).toBe(503)
    expect(reasons).toEqual(['WRONGPASS'])
    await app.close()
  })

  test('close() ends within a second while Redis hangs [PR-03]', async () => {
    await using server = disposable(await startRedis())
    const app = shop(server.url, 300, () => {})
    expect((await app.fetch(write())).status).toBe(200)
    server.process.kill('SIGSTOP')
    const late = app.fetch(write())
    const started = performance.now()
    await app.close()
    expect(performance.now() - started).toBeLessThan(1000)
    expect((await late).status).toBe(503)
  })

  test('close() ends within a second when Redis was never there', async () => {
    const app = shop('redis://127.0.0.1:1', 100, () => {})
    await app.ready()
    const started = performance.now()
    await app.close()
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('a server that falls silent is given up after a second, and the client connects again [RF-22]', async () => {
    await using server = disposable(await startRedis())
    const app = shop(server.url, 200, () => {})
    expect((await app.fetch(write())).status).toBe(200)
    server.process.kill('SIGSTOP')
    expect((await app.fetch(write())).status).toBe(503)
    server.process.kill('SIGCONT')
    await expect.poll(async () => (await app.fetch(write())).status, { timeout: 5000 }).toBe(200)
    await app.close()
  })

  test('a Redis that throws sessions away when it is full is told of once, and no other [RF-13]', async () => {
    await using evicting = disposable(
      await startRedis({ args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] }),
    )
    await using unlimited = disposable(
      await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] }),
    )
    await using careful = disposable(await startRedis({ args: ['--maxmemory', '100mb'] }))
    const told: string[] = []
    for (const { url } of [evicting, unlimited, careful]) {
      const client = connectRedis(url, { onEviction: (message) => told.push(message) })
      await new Promise((resolve) => client.once('ready', resolve))
      // Answered after the question that was sent before it.
      await client.ping()
      await disconnectRedis(client)
    }
    expect(told).toEqual([
      'Redis throws keys away when it is full (maxmemory-policy allkeys-lru), and sessions are among them: ' +
        'visitors are logged out at random. Keep sessions in a Redis with maxmemory-policy noeviction.',
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

/** A request that reads and writes: its cookie names a session that may be there. */
function write(): Request {
  return new Request('https://shop.test/', {
    method: 'POST',
    headers: { cookie: `__Host-session=${'A'.repeat(43)}` },
  })
}

function disposable<Server extends { stop(): Promise<void> }>(
  server: Server,
): Server & AsyncDisposable {
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.stop() })
}
