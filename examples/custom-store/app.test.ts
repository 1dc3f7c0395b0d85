import { App, Session, route, sessions } from 'ingot'
import { redis } from 'ingot/redis'
import { testClient } from 'ingot/testing'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startRedis } from '../../test/support/redis-server.js'
import { createApp } from './app.js'
import { RedisHashStore } from './redis-hash-store.js'

async function open() {
  const redis = await startRedis()
  const app = createApp(redis.url)
  onTestFinished(async () => {
    await app.close()
    await redis.stop()
  })
  return { redis, app, visitor: () => testClient(app) }
}

const COOKIE = '__Host-session'

test('handlers that ask for a Session get the one that the store keeps', async () => {
  const client = (await open()).visitor()
  expect(await client.json('/me')).toEqual({})
  expect(client.cookies.size).toBe(0)
  await client.post('/visits')
  await client.post('/visits')
  expect(await client.json('/me')).toEqual({ visits: 2 })
})

test('a login changes the id, and a logout ends the session for every copy of its cookie', async () => {
  const { visitor } = await open()
  const [ada, thief] = [visitor(), visitor()]
  await ada.post('/visits')
  thief.cookies.set(COOKIE, ada.cookies.get(COOKIE)!.value)
  await ada.post('/login')
  expect(await ada.json('/me')).toEqual({ visits: 1, username: 'ada' })
  expect(await thief.json('/me')).toEqual({})
  thief.cookies.set(COOKIE, ada.cookies.get(COOKIE)!.value)
  await ada.post('/logout')
  expect(ada.cookies.size).toBe(0)
  expect(await thief.json('/me')).toEqual({})
})

test('deleting the name from the session logs out', async () => {
  const client = (await open()).visitor()
  await client.post('/login')
  await client.delete('/username')
  expect(await client.json('/me')).toEqual({})
})

test('without Redis nobody is anonymous: the answer is a 503 without a cookie', async () => {
  const { redis, visitor } = await open()
  const client = visitor()
  await client.post('/login')
  vi.spyOn(process, 'emitWarning').mockReturnValue()
  const logged = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => void vi.restoreAllMocks())
  await redis.stop()
  const response = await client.get('/me')
  expect(logged).toHaveBeenCalledExactlyOnceWith('GET /me failed:', expect.any(Error))
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(response.headers.get('set-cookie')).toBeNull()
})

test('what was written after an early commit is kept as well, and what was removed is gone', async () => {
  const server = await startRedis()
  const app = new App({
    components: [sessions(RedisHashStore), redis(server.url, { enableOfflineQueue: true })],
    routes: [
      route.get('/', [Session], (session) => session.toObject()),
      route.post('/', [Session], async (session) => {
        session.set('early', 1).set('both', 1)
        await session.commit()
        session.delete('early')
        session.set('both', 2)
      }),
    ],
  })
  onTestFinished(async () => {
    await app.close()
    await server.stop()
  })
  const client = testClient(app)
  await client.post('/')
  expect(await client.json('/')).toEqual({ both: 2 })
})

test('a request that reads is one command, one that writes is two, one without a session none', async () => {
  const { redis, visitor } = await open()
  const client = visitor()
  await client.post('/visits')
  const commands = await commandsAt(redis.url)
  await client.get('/me')
  expect(await commands()).toEqual(['hgetall'])
  await client.post('/visits')
  expect(await commands()).toEqual(['hgetall', 'eval'])
  await visitor().get('/me')
  expect(await commands()).toEqual([])
})

/** What a Redis is asked from now on; each call gives what came since the one before. */
async function commandsAt(url: string): Promise<() => Promise<string[]>> {
  const client = new Redis(url)
  const monitor = await client.monitor()
  onTestFinished(() => {
    monitor.disconnect()
    client.disconnect()
  })
  let seen: string[] = []
  let arrived = () => {}
  monitor.on('monitor', (_, [command = '', ...rest]: string[], source: string) => {
    if (rest[0] === 'until here') arrived()
    else if (source !== 'lua') seen.push(command.toLowerCase())
  })
  return async () => {
    const end = new Promise<void>((resolve) => (arrived = resolve))
    await client.echo('until here')
    await end
    const commands = seen
    seen = []
    return commands
  }
}
