import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inject, lazy } from '../../../src/di/index.js'
import { App, Next, route } from '../../../src/http/index.js'
import { recordKey } from '../../../src/sessions/session/session-id.js'
import {
  redis,
  RedisBackend,
  RedisStore,
  type RedisClientOptions,
  type RedisStoreOptions,
} from '../../../src/sessions/redis/index.js'
import { Session, sessionIfAvailable, sessions } from '../../../src/sessions/index.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { listen } from '../events/event-world.js'
import { idOf, visitors, type Act } from '../server-store/server-store-suite.js'
import { commandsOf } from './commands-of.js'
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

/** Visitors of an application with `redis(url)`, as in the documentation. */
function shop(
  store: RedisStoreOptions = {},
  client: RedisClientOptions = {},
  url = server.url,
  onWarning = expectWarnings(),
) {
  const open = async () => ({
    store: new RedisStore({ timeoutMs: 500, ...store }),
    backend: new RedisBackend(admin),
    components: [redis(url, { onOutage: () => {}, ...client })],
  })
  return visitors(open, {}, { onWarning })
}

/** Everything that an application does with sessions. */
const acts: readonly Act[] = [
  (session) => session.set('a', 1),
  (session) => session.update('n', (n: number | undefined) => (n ?? 0) + 1),
  (session) => session.take('code'),
  (session) => session.touch(),
  (session) => session.remember(1000),
  (session) => session.regenerate(),
]

describe('RedisStore over redis(url)', () => {
  test.each([
    ['no password', 'NOAUTH', (url: string) => url],
    [
      'a wrong password',
      'WRONGPASS',
      (url: string) => url.replace('//', '//default:wrong-password@'),
    ],
    [
      'a database that does not exist',
      'ERR',
      (url: string) => `${url.replace('//', '//default:right-password@')}/99`,
    ],
    [
      'a user without permissions',
      'NOPERM',
      (url: string) => url.replace('//', '//guest:guest-password@'),
    ],
  ])('%s is reported once as %s, and requests are 503s [RF-02]', async (_, reason, address) => {
    const locked = await startRedis({ args: ['--requirepass', 'right-password'] })
    const owner = new Redis(locked.port, { password: 'right-password' })
    await owner.acl('SETUSER', 'guest', 'on', '>guest-password', '~*', '-@all', '+info', '+hello')
    using listening = listen()
    const outages: string[] = []
    try {
      await using world = await shop(
        {},
        { onOutage: (said) => outages.push(said) },
        address(locked.url),
      )
      const { status, retryAfter, setCookies } = await world.visit(undefined, (session) =>
        session.set('a', 1),
      )
      expect({ status, retryAfter, setCookies }).toEqual({
        status: 503,
        retryAfter: '1',
        setCookies: [],
      })
      const said = [...outages, ...listening.events.map((event) => event.reason)]
      expect(said).toContain(reason)
      expect(said.join()).not.toMatch(/password|99/)
    } finally {
      owner.disconnect()
      await locked.stop()
    }
  })

  test('a primary that became a replica answers reads and refuses writes, until it is a primary again [RF-14]', async () => {
    await using world = await shop()
    const cookie = await world.visitor({ n: 1 })
    using listening = listen()
    await admin.replicaof('127.0.0.1', '1')
    try {
      expect(await world.dataOf(cookie)).toEqual({ n: 1 })
      const refused = await world.visit(cookie, (session) => session.set('n', 2))
      expect(refused).toMatchObject({ status: 503, retryAfter: '1', setCookies: [] })
      expect(listening.heard()).toContain('failed/dump/READONLY')
    } finally {
      await admin.replicaof('NO', 'ONE')
    }
    expect((await world.visit(cookie, (session) => session.set('n', 3))).status).toBe(200)
    expect(await world.dataOf(cookie)).toEqual({ n: 3 })
  })

  test('MASTERDOWN, NOREPLICAS and BUSY are 503s that do not show the error of Redis or open the breaker [RF-15]', async () => {
    await using world = await shop({ timeoutMs: 2000 })
    const cookie = await world.visitor({ n: 1 })
    using listening = listen()
    const refusal = async (act: Act = () => {}) => {
      const { status, retryAfter, result } = await world.visit(cookie, act)
      expect({ status, retryAfter, result }).toEqual({
        status: 503,
        retryAfter: '1',
        result: undefined,
      })
      return listening.heard().at(-1)
    }
    await admin.config('SET', 'replica-serve-stale-data', 'no')
    await admin.replicaof('127.0.0.1', '1')
    try {
      for (let count = 0; count < 6; count++) expect(await refusal()).toBe('failed/load/MASTERDOWN')
    } finally {
      await admin.config('SET', 'replica-serve-stale-data', 'yes')
      await admin.replicaof('NO', 'ONE')
    }
    // Refused like MISCONF, which needs a full disk.
    await admin.config('SET', 'min-replicas-to-write', '1')
    try {
      expect(await refusal((session) => session.set('n', 2))).toBe('failed/dump/NOREPLICAS')
    } finally {
      await admin.config('SET', 'min-replicas-to-write', '0')
    }
    await admin.config('SET', 'busy-reply-threshold', '1')
    const busy = new Redis(server.port)
    const script = busy.eval('while true do end', 0).catch((error: unknown) => error)
    try {
      await expect
        .poll(() => admin.get('x').catch((error: Error) => error.message))
        .toMatch(/^BUSY/)
      expect(await refusal()).toBe('failed/load/BUSY')
    } finally {
      await admin.script('KILL')
      await script
      busy.disconnect()
      await admin.config('SET', 'busy-reply-threshold', '5000')
    }
    expect(await world.dataOf(cookie)).toEqual({ n: 1 })
  })

  test('while Redis loads its data, requests are 503s [RF-15]', async () => {
    const slow = await startRedis({
      args: [
        '--enable-debug-command',
        'yes',
        '--key-load-delay',
        '100000',
        '--loading-process-events-interval-bytes',
        '1024',
      ],
    })
    const owner = new Redis(slow.port)
    using listening = listen()
    try {
      await using world = await shop({ timeoutMs: 300 }, {}, slow.url)
      const cookie = await world.visitor({ n: 1 })
      const reload = async () => {
        for (let key = 0; key < 12; key++) await owner.set(`filling:${key}`, 'x'.repeat(1000))
        return owner.call('DEBUG', 'RELOAD')
      }
      const reloaded = reload()
      await expect
        .poll(async () => (await world.visit(cookie, () => {})).status, {
          timeout: 5000,
          interval: 20,
        })
        .toBe(503)
      expect(listening.heard().at(-1)).toMatch(/^failed\/load\/(?:LOADING|timeout)$/)
      await reloaded
      await expect
        .poll(async () => (await world.visit(cookie, () => {})).status, { timeout: 5000 })
        .toBe(200)
    } finally {
      owner.disconnect()
      await slow.stop()
    }
  })

  test('no script is part of a MULTI, which would hide that Redis has lost it [RF-20]', async () => {
    await using world = await shop()
    let cookie: string | undefined = await world.visitor({ code: 1 })
    const names = await commandsOf(admin, async () => {
      for (const act of acts) {
        await admin.script('FLUSH')
        const visited = await world.visit(cookie, act)
        expect(visited.status).toBe(200)
        cookie = visited.cookie
      }
    })
    expect(names).toContain('eval')
    expect(names).not.toContain('multi')
    expect(await world.dataOf(cookie)).toEqual({ a: 1, n: 1 })
  })

  test.each([
    ['their prefixes', 'RF-29', { prefix: 'a:' }, {}, { prefix: 'a:b:' }, {}],
    ['the keyPrefix of ioredis', 'RF-30', {}, { keyPrefix: 'a:' }, {}, { keyPrefix: 'a:b:' }],
  ])('two applications in one Redis are kept apart by %s [%s]', async (...row) => {
    const [, , oneStore, oneClient, otherStore, otherClient] = row
    await using one = await shop(oneStore, oneClient)
    await using other = await shop(otherStore, otherClient)
    const bind: Act = (session) => session.bind('ada')
    const [mine, theirs] = [
      (await one.visit(await one.visitor({ of: 'one' }), bind)).cookie,
      (await other.visit(await other.visitor({ of: 'other' }), bind)).cookie,
    ]
    expect(await one.dataOf(theirs)).toEqual({})
    expect(await other.dataOf(mine)).toEqual({})
    const names = await commandsOf(admin, async () => {
      expect((await one.visit(mine, (_, ofUser) => ofUser.revokeAll())).result).toBe(1)
    })
    expect(names).not.toContain('keys')
    expect(names).not.toContain('scan')
    expect(await other.dataOf(theirs)).toEqual({ of: 'other' })
    expect((await admin.keys('*')).filter((key) => !key.startsWith('a:'))).toEqual([])
  })

  test.each([2, 3] as const)('everything works with RESP%s [RF-31]', async (protocol) => {
    await using world = await shop({}, { protocol })
    let cookie: string | undefined = await world.visitor({ code: 7, other: 'x' })
    for (const act of acts) {
      const visited = await world.visit(cookie, act)
      expect(visited.status).toBe(200)
      cookie = visited.cookie
    }
    expect(await world.dataOf(cookie)).toEqual({ other: 'x', a: 1, n: 1 })
    const bound = await world.visit(cookie, (session) => session.bind('ada'))
    const listed = await world.visit(
      bound.cookie,
      async (_, ofUser) => (await ofUser.list()).length,
    )
    expect(listed.result).toBe(1)
  })

  test('of commands that are sent together, one that fails affects one request only [RF-35]', async () => {
    await using world = await shop({}, { enableAutoPipelining: true })
    const cookies = await Promise.all(Array.from({ length: 10 }, (_, n) => world.visitor({ n })))
    const broken = `session:${recordKey(idOf(cookies[3]))}`
    await admin.del(broken)
    // A list in the middle of the batch, for which MGET answers as for nothing.
    await admin.rpush(broken, 'x')
    const found = await Promise.all(cookies.map((cookie) => world.dataOf(cookie)))
    expect(found).toEqual(cookies.map((_, n) => (n === 3 ? {} : { n })))
  })

  test('a record of a newer layout is a 503, and stays as it is [RF-18]', async () => {
    await using world = await shop()
    const cookie = await world.visitor({ n: 1 })
    const key = `session:${recordKey(idOf(cookie))}`
    // After the ten digits of the version.
    await admin.setrange(key, 10, '9')
    const before = await admin.get(key)
    const { status } = await world.visit(cookie, (session) => session.set('n', 2))
    expect([status, await admin.get(key)]).toEqual([503, before])
  })

  test('a session that keeps growing is refused to its own visitor only [DS-10]', async () => {
    const onWarning = expectWarnings('SESSION_TOO_LARGE')
    await using world = await shop({ maxSize: 10_000 }, {}, server.url, onWarning)
    const [greedy, other] = [await world.visitor(), await world.visitor()]
    const answers: number[] = []
    for (let count = 0; count < 12; count++) {
      const { status } = await world.visit(greedy, (session) =>
        session.set(`k${count}`, 'x'.repeat(1000)),
      )
      answers.push(status)
    }
    expect(answers.slice(0, 9)).toEqual(Array(9).fill(200))
    expect(answers.slice(-2)).toEqual([413, 413])
    expect((await world.visit(other, (session) => session.set('a', 1))).status).toBe(200)
    expect(Object.keys((await world.dataOf(greedy)) as object)).toHaveLength(10)
  })

  test('sessionIfAvailable is undefined while Redis is down [ER-03]', async () => {
    const stopped = await startRedis()
    const app = new App({
      components: [
        sessions(new RedisStore({ timeoutMs: 200 }), { onWarning: () => {} }),
        redis(stopped.url, { onOutage: () => {} }),
      ],
      routes: [
        route.get('/', [sessionIfAvailable], (session) => ({ isThere: session !== undefined })),
      ],
      onError: () => {},
    })
    const visit = async () => {
      const headers = { cookie: `__Host-session=${'A'.repeat(43)}` }
      const response = await app.fetch(new Request('https://shop.test/', { headers }))
      return { status: response.status, body: await response.json() }
    }
    expect(await visit()).toEqual({ status: 200, body: { isThere: true } })
    await stopped.stop()
    for (let count = 0; count < 8; count++) {
      expect(await visit()).toEqual({ status: 200, body: { isThere: false } })
    }
    await app.close()
  })

  test('an error page that asks for the session gets the same typed error again [ER-03]', async () => {
    const stopped = await startRedis()
    const failures: unknown[] = []
    const errorPage = inject([Next, lazy(Session)], async (next, session) => {
      try {
        return await next({ errors: 'throw' })
      } catch {
        const asked = Promise.resolve().then(session)
        failures.push(await asked.catch((error: unknown) => error))
        return new Response('We are back soon.', { status: 503 })
      }
    })
    const app = new App({
      components: [
        sessions(new RedisStore({ timeoutMs: 200 }), { onWarning: () => {} }),
        redis(stopped.url, { onOutage: () => {} }),
      ],
      middleware: [errorPage],
      routes: [route.get('/', [Session], () => 'never')],
      onError: () => {},
    })
    await app.ready()
    await stopped.stop()
    const headers = { cookie: `__Host-session=${'A'.repeat(43)}` }
    const response = await app.fetch(new Request('https://shop.test/', { headers }))
    expect([response.status, await response.text()]).toEqual([503, 'We are back soon.'])
    expect(response.headers.getSetCookie()).toEqual([])
    expect(failures).toMatchObject([{ status: 503, code: 'SESSION_LOAD' }])
    await app.close()
  })

  test('after an outage the cookie still works, and routes without a session are not affected [ER-04, ER-07]', async () => {
    await using world = await shop({ timeoutMs: 200 })
    const cookie = await world.visitor({ n: 1 })
    server.process.kill('SIGSTOP')
    try {
      const plain = await world.app.fetch(
        new Request('https://shop.test/plain', { headers: { cookie } }),
      )
      expect([plain.status, await plain.text()]).toEqual([200, 'plain'])
      const { status, retryAfter, setCookies } = await world.visit(cookie, () => {})
      expect({ status, retryAfter, setCookies }).toEqual({
        status: 503,
        retryAfter: '1',
        setCookies: [],
      })
    } finally {
      server.process.kill('SIGCONT')
    }
    await expect
      .poll(async () => (await world.visit(cookie, () => {})).status, { timeout: 5000 })
      .toBe(200)
    expect(await world.dataOf(cookie)).toEqual({ n: 1 })
  })

  test('a touch that fails is an event, and not an error of the request [ER-08]', async () => {
    await using world = await shop({}, {}, server.url, expectWarnings('SESSION_REDIS'))
    const cookie = await world.visitor({ n: 1 })
    using listening = listen()
    await admin.replicaof('127.0.0.1', '1')
    try {
      expect((await world.visit(cookie, (session) => session.touch())).status).toBe(200)
    } finally {
      await admin.replicaof('NO', 'ONE')
    }
    expect(listening.heard()).toEqual(['loaded/live', 'failed/touch/READONLY'])
    expect(await world.dataOf(cookie)).toEqual({ n: 1 })
  })
})
