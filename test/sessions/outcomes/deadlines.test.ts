import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { redis, RedisBackend, RedisStore } from '../../../src/sessions/redis/index.js'
import type { Session, SessionsOptions } from '../../../src/sessions/index.js'
import { startProxy } from '../../faults/support/proxy.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { contentOf } from '../record-text.js'
import { gate, visitors, type Act } from '../server-store/server-store-suite.js'
import { expectWarnings } from '../expect-warnings.js'

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

/** Visitors whose store gives up after `deadline`, long before a command of Redis does. */
function shop(deadline: number, url = server.url, policy: SessionsOptions = {}) {
  return visitors(
    async () => ({
      store: new RedisStore({ timeoutMs: 5000 }),
      backend: new RedisBackend(admin),
      components: [redis(url, { onOutage: () => {}, socketTimeout: 10_000 })],
    }),
    {},
    { deadline, failureThreshold: Infinity, ...policy },
  )
}

/** Everything that Redis holds. */
async function everything(): Promise<Record<string, unknown>> {
  const keys = (await admin.keys('*')).toSorted()
  const held = keys.map(async (key) => {
    const isIndex = (await admin.type(key)) === 'zset'
    return [key, isIndex ? await admin.zrange(key, '0', '-1', 'WITHSCORES') : await admin.get(key)]
  })
  return Object.fromEntries(await Promise.all(held))
}

const acts: readonly [name: string, Act][] = [
  ['a write', (session) => session.set('n', 2)],
  ['an update', (session) => session.update('n', () => 2)],
  ['a one-time token', (session) => session.take('code')],
  ['a commit()', async (session) => session.set('n', 2).commit()],
  ['regenerate()', (session) => session.regenerate()],
  ['bind()', (session) => session.bind('eve')],
  ['destroy()', (session) => session.destroy()],
  ['remember()', (session) => session.remember(9999)],
  ['touch()', (session) => session.touch()],
  [
    'a new session in place of another',
    (session) => {
      session.destroy()
      session.set('n', 2)
    },
  ],
  ['revokeOthers()', (_, sessions) => sessions.revokeOthers()],
]

test.each(acts)(
  '%s that was answered while Redis hung has no effect when Redis goes on [A2]',
  async (name, act) => {
    // Which of two timers tells it, that of the visit or that of the command, does not matter.
    const onWarning = name === 'touch()' ? () => {} : expectWarnings()
    await using world = await shop(300, server.url, { onWarning })
    const login: Act = (session) => {
      session.set('n', 1)
      session.set('code', 7)
      session.bind('ada')
    }
    await world.visit(undefined, login)
    const { cookie } = await world.visit(undefined, login)
    // The clock of Redis is known by now, so nothing but the write waits for it.
    await world.visit(cookie, (session) => session.set('n', 1.5))
    const before = await everything()
    const answered = await world.visit(cookie, async (session, sessions) => {
      server.process.kill('SIGSTOP')
      return act(session, sessions)
    })
    server.process.kill('SIGCONT')
    expect(answered).toMatchObject({ status: name === 'touch()' ? 200 : 503, setCookies: [] })
    // Answered over the same connection, so after all that was sent before.
    expect(await world.dataOf(cookie)).toEqual({ n: 1.5, code: 7 })
    expect(await everything()).toEqual(before)
  },
)

test('a session that began while Redis hung is not made when Redis goes on [A2]', async () => {
  await using world = await shop(300)
  const cookie = await world.visitor()
  const before = await everything()
  const begin: Act = (session: Session) => {
    server.process.kill('SIGSTOP')
    session.bind('ada')
  }
  const { status, setCookies } = await world.visit(undefined, begin)
  server.process.kill('SIGCONT')
  expect([status, setCookies]).toEqual([503, []])
  expect(await world.dataOf(cookie)).toEqual({ started: true })
  expect(await everything()).toEqual(before)
})

test('a write that meets another one over a slow network does not land after its 503 [A2]', async () => {
  const proxy = await startProxy(server.port)
  try {
    await using world = await shop(1000, `redis://127.0.0.1:${proxy.port}`)
    const cookie = await world.visitor({ n: 0 })
    const hold = gate(1)
    const slow = world.visit(cookie, async (session) => {
      await hold.pass()
      proxy.delayCommands(600)
      session.update('n', (n) => Number(n) + 10)
    })
    await hold.waited
    await world.visit(cookie, (session) => session.update('n', (n) => Number(n) + 1))
    hold.open()
    expect((await slow).status).toBe(503)
    // It takes the same way, so it arrives after the last write.
    expect(await world.dataOf(cookie)).toEqual({ n: 1 })
  } finally {
    await proxy.stop()
  }
})

test('a backend that has no deadline of its own is not asked any more after the 503 [A2]', async () => {
  const written: string[] = []
  await using world = await visitors(
    async (options) => {
      const { BackendStore, MemoryBackend } = await import('../../../src/sessions/index.js')
      const backend = new MemoryBackend()
      const create = backend.create.bind(backend)
      backend.create = async (...given) => {
        if (contentOf(given[1]).has('n:predecessor'))
          await new Promise((resolve) => setTimeout(resolve, 100))
        return create(...given)
      }
      const replace = backend.replace.bind(backend)
      backend.replace = (...given) => (written.push(given[0]), replace(...given))
      return { store: new BackendStore(backend, options), backend }
    },
    {},
    { deadline: 50 },
  )
  const cookie = await world.visitor({ a: 1 })
  expect((await world.visit(cookie, (session) => session.regenerate())).status).toBe(503)
  await expect.poll(() => (world.backend as unknown as { size: number }).size).toBe(1)
  expect(written).toEqual([])
  expect(await world.dataOf(cookie)).toEqual({ a: 1 })
})
