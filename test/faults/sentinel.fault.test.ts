import { describe, expect, test } from 'vitest'
import { connectSentinel, redisSentinel, RedisStore } from '../../src/sessions/redis/index.js'
import { askPort, DOWN_AFTER, startSentinels, until } from '../support/redis-sentinels.js'
import { countingApp, startLoad, Visitor } from './load.js'

/** Milliseconds that a failover may take, and what a machine that is busy with other tests may add. */
const LONGEST = DOWN_AFTER + 3000 + 4000

describe('a failover by Redis Sentinel', () => {
  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'after %s of the master, visitors can write again within seconds, and every failure is a 503 [SC-01]',
    async (signal) => {
      await using world = await startSentinels()
      const outages: string[] = []
      const app = shop(world, { onOutage: (reason) => outages.push(reason) })
      const load = await startLoad(app)
      await pause(500)
      world.master.process.kill(signal)
      await world.untilFailover()
      await pause(3000)
      const report = await load.stop()
      console.log(`failover after ${signal}: ${JSON.stringify(report)}`)
      expect(report.outage).toBeLessThan(LONGEST)
      expect(report.acknowledged).toBeGreaterThan(100)
      // Replication is asynchronous: the last few writes may be lost, and only they.
      expect(report.lost).toBeLessThan(50)
      expect(report.slowest).toBeLessThan(3000)
      expect(outages.length).toBeGreaterThan(0)
      expect(await timeToClose(app)).toBeLessThan(1000)
    },
  )

  test('nobody uses an old master that wakes up with its old data [SC-03]', async () => {
    await using world = await startSentinels()
    const app = shop(world)
    const idle = connectSentinel({ sentinels: world.addresses, name: world.name, ...quiet })
    await expect.poll(() => idle.status).toBe('ready')
    const load = await startLoad(app)
    world.master.process.kill('SIGSTOP')
    const port = await world.untilFailover()
    await pause(1500)
    world.master.process.kill('SIGCONT')
    // It acts as master until a sentinel reconfigures it.
    await pause(1500)
    const report = await load.stop()
    expect(report.lost).toBeLessThan(50)
    // An idle client has moved as well.
    await expect.poll(() => idle.status, { timeout: 5000 }).toBe('ready')
    expect(idle.stream.remotePort).toBe(port)
    const visitor = new Visitor(app)
    await visitor.send('POST', '/count')
    expect(await askPort(port, (client) => client.dbsize())).toBeGreaterThan(0)
    await until(
      async () =>
        (await askPort(world.master.port, (client) => client.info('replication'))).match(
          /role:(\w+)/,
        )?.[1],
      'slave',
    )
    expect((await visitor.send('GET', '/count')).n).toBe(1)
    idle.disconnect()
    expect(await timeToClose(app)).toBeLessThan(1000)
  })

  test('while all sentinels are down, the connection to the master still works [SC-04]', async () => {
    await using world = await startSentinels({ replicas: 1 })
    const app = shop(world)
    const load = await startLoad(app)
    await Promise.all(world.sentinels.map((sentinel) => sentinel.stop()))
    await pause(2000)
    const report = await load.stop()
    expect(report).toMatchObject({ failed: 0, lost: 0 })
    expect(report.acknowledged).toBeGreaterThan(50)
    expect(await timeToClose(app)).toBeLessThan(1000)
  })

  test('with confirm, a session whose logout was acknowledged does not come back after a failover [SC-05]', async () => {
    await using world = await startSentinels()
    const app = shop(world, {}, { confirm: { replicas: 1 } })
    const visitors = await loggedIn(app, 30)
    const cookies = visitors.map(({ cookie }) => cookie as string)
    const ended = Promise.all(
      visitors.map(async (visitor) => (await visitor.send('POST', '/logout')).status),
    )
    await pause(5)
    world.master.process.kill('SIGKILL')
    const statuses = await ended
    const port = await world.untilFailover()
    await expect
      .poll(async () => (await new Visitor(app).send('POST', '/count')).status, { timeout: 10_000 })
      .toBe(200)
    expect(port).not.toBe(world.master.port)
    // A logout that was not acknowledged may be lost or not.
    const acknowledged = cookies.filter((_, index) => statuses[index] === 204)
    const alive = await Promise.all(
      acknowledged.map(async (cookie) => (await new Visitor(app, cookie).send('GET', '/count')).n),
    )
    expect(alive.filter((n) => n > 0)).toEqual([])
    expect(await timeToClose(app)).toBeLessThan(1000)
  })

  test('a logout that no replica has is answered as not confirmed [SC-05]', async () => {
    await using world = await startSentinels()
    const app = shop(world, {}, { confirm: { replicas: 1, timeoutMs: 100 } })
    const [visitor, other] = await loggedIn(app, 2)
    expect((await other!.send('POST', '/login')).status).toBe(204)
    world.replicas[0]!.process.kill('SIGSTOP')
    const logout = await visitor!.send('POST', '/logout')
    expect([logout.status, logout.body.code]).toEqual([503, 'SESSION_UNCONFIRMED'])
    const login = await other!.send('POST', '/login')
    expect([login.status, login.body.code]).toEqual([503, 'SESSION_UNCONFIRMED'])
    // Nothing else waits for replicas.
    expect((await new Visitor(app).send('POST', '/count')).status).toBe(200)
    expect(await timeToClose(app)).toBeLessThan(1000)
  })
})

describe('connectSentinel', () => {
  test('a client connects again although the sentinel that it asks first hangs', async () => {
    await using world = await startSentinels({ replicas: 1, sentinels: 3 })
    const app = shop(world)
    const load = await startLoad(app, 4)
    // As if one host was lost: with the master the sentinel that the client asks first.
    world.sentinels[0]!.process.kill('SIGSTOP')
    world.master.process.kill('SIGKILL')
    await world.untilFailover()
    await pause(4000)
    const report = await load.stop()
    console.log(`failover with a hung sentinel: ${JSON.stringify(report)}`)
    expect(report.outage).toBeLessThan(LONGEST)
    expect(await timeToClose(app)).toBeLessThan(1000)
  })

  test('close() ends within a second while all servers and sentinels hang', async () => {
    await using world = await startSentinels()
    const app = shop(world)
    const visitor = new Visitor(app)
    await visitor.send('POST', '/count')
    for (const { process } of [world.master, ...world.replicas, ...world.sentinels]) {
      process.kill('SIGSTOP')
    }
    const late = visitor.send('POST', '/count')
    expect(await timeToClose(app)).toBeLessThan(1000)
    expect((await late).status).toBe(503)
  })

  test('close() ends within a second while the client looks for sentinels that hang', async () => {
    await using world = await startSentinels()
    const app = shop(world)
    await new Visitor(app).send('POST', '/count')
    for (const { process } of world.sentinels) process.kill('SIGSTOP')
    world.master.process.kill('SIGKILL')
    await pause(700)
    expect(await timeToClose(app)).toBeLessThan(1000)
  })
})

function shop(
  { addresses, name }: { addresses: readonly { host: string; port: number }[]; name: string },
  warnings: { onOutage?: (reason: string) => void } = {},
  options: ConstructorParameters<typeof RedisStore>[0] = {},
) {
  const component = redisSentinel({ sentinels: addresses, name, ...quiet, ...warnings })
  return countingApp(
    new RedisStore({ timeoutMs: 500, ...options, ...(options.confirm ? { timeoutMs: 1000 } : {}) }),
    [component],
  )
}

const quiet = { onOutage: () => {}, onEviction: () => {} }

async function loggedIn(app: Parameters<typeof startLoad>[0], count: number): Promise<Visitor[]> {
  const visitors = Array.from({ length: count }, () => new Visitor(app))
  for (const visitor of visitors) await visitor.send('POST', '/count')
  return visitors
}

async function timeToClose(app: { close(): Promise<void> }): Promise<number> {
  const started = performance.now()
  await app.close()
  return performance.now() - started
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
