import { describe, expect, test } from 'vitest'
import { App, Cookies, HttpError, route } from '../../../src/http/index.js'
import { RedisClusterStore } from '../../../src/sessions/redis/index.js'
import {
  BackendStore,
  MemoryBackend,
  MemoryStore,
  Session,
  SessionOptionError,
  sessions,
  SessionStore,
  SessionStoreError,
  SessionTooLargeError,
  SessionView,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { Inject } from '../../../src/di/index.js'
import { listen } from '../events/event-world.js'
import { ScriptedStore } from '../session-app.js'

const AWAY = () => {
  throw new SessionStoreError('away', { reason: 'timeout' })
}

describe('the breaker of a store', () => {
  test('opens after five failures in a row, refuses at once, and closes when one call finds it back [RF-21]', async () => {
    const world = stage()
    world.store.act = AWAY
    expect(await world.statuses(5)).toEqual([503, 503, 503, 503, 503])
    expect(world.store.asked).toBe(5)
    expect(await world.statuses(3)).toEqual([503, 503, 503])
    expect(world.store.asked).toBe(5)
    expect(world.reasons.at(-1)).toBe('breaker-open')
    world.time.now += 250
    // One of the two may try; it finds the store away, so another 250 ms go by.
    expect(await world.statuses(2)).toEqual([503, 503])
    expect(world.store.asked).toBe(6)
    world.store.act = () => Session.empty()
    world.time.now += 249
    expect(await world.statuses(1)).toEqual([503])
    world.time.now += 1
    expect(await world.statuses(2)).toEqual([200, 200])
    expect(world.told).toEqual([
      'the session store is down: requests that need it are answered with 503 at once, until it is back',
      'the session store is back',
    ])
  })

  test('stays out of the way of a store of which a part can be away, unless it is asked for [SC-09]', async () => {
    const cluster = new (class extends StagedStore {
      override isPartitioned = () => true
    })()
    cluster.act = AWAY
    const calm = stage({}, cluster)
    await calm.statuses(12)
    expect(cluster.asked).toBe(12)
    const strict = stage({ failureThreshold: 3 }, cluster)
    await strict.statuses(12)
    expect(cluster.asked).toBe(15)
  })

  test('asks a store that is given as a class, and the backend of a store', async () => {
    expect(RedisClusterStore.prototype.isPartitioned()).toBe(true)
    expect(BackendStore.prototype.isPartitioned()).toBe(false)
    expect(new BackendStore(new MemoryBackend()).isPartitioned()).toBe(false)
    const parts = Object.assign(new MemoryBackend(), { isPartitioned: true })
    expect(new BackendStore(parts).isPartitioned()).toBe(true)
  })

  test('refuses with 503, Retry-After and no cookie, and the handler does not run', async () => {
    const world = stage()
    world.store.act = AWAY
    await world.statuses(5)
    const response = await world.visit()
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(world.runs.count).toBe(0)
  })

  test('emits events when it opens and closes', async () => {
    using listening = listen()
    const world = stage()
    world.store.act = AWAY
    await world.statuses(6)
    world.store.act = () => Session.empty()
    world.time.now += 250
    await world.statuses(1)
    expect(listening.heard()).toEqual([
      ...Array.from({ length: 4 }, () => 'failed/load/timeout'),
      'breaker/opened',
      'failed/load/timeout',
      'failed/load/breaker-open',
      'breaker/closed',
      'fresh/unspecified',
    ])
  })

  test('lets one call try, and no other while that one is under way', async () => {
    const world = stage()
    world.store.act = AWAY
    await world.statuses(5)
    let found: (() => void) | undefined
    world.store.act = () => new Promise((resolve) => (found = () => resolve(Session.empty())))
    world.time.now += 250
    const probe = world.visit()
    await expect.poll(() => found).toBeDefined()
    world.time.now += 250
    expect(await world.statuses(2)).toEqual([503, 503])
    expect(world.store.asked).toBe(6)
    found?.()
    expect((await probe).status).toBe(200)
  })

  test('stays closed when one cut connection fails many calls that were under way [RF-24]', async () => {
    const world = stage()
    const cuts: (() => void)[] = []
    const reason = { reason: 'ECONNRESET' }
    world.store.act = () =>
      new Promise((_, reject) => cuts.push(() => reject(new SessionStoreError('cut', reason))))
    const cut = Array.from({ length: 20 }, () => world.visit())
    await expect.poll(() => cuts.length).toBe(20)
    for (const each of cuts) each()
    expect((await Promise.all(cut)).map((response) => response.status)).toEqual(Array(20).fill(503))
    world.store.act = () => Session.empty()
    expect(await world.statuses(1)).toEqual([200])
  })

  test.each([
    ['a reply of Redis', new SessionStoreError('full', { reason: 'OOM' })],
    ['a mistake of the application', new TypeError('x is not a function')],
    ['an answer that the store means', new HttpError(403, 'not you')],
    ['a session that is too large', new SessionTooLargeError(2, 1, '')],
  ])('stays closed after %s', async (_, error) => {
    const world = stage()
    world.store.act = () => {
      throw error
    }
    await world.statuses(20)
    expect(world.store.asked).toBe(20)
  })

  test('takes an answer in between for a sign of life', async () => {
    const world = stage()
    for (let round = 0; round < 5; round++) {
      world.store.act = AWAY
      await world.statuses(4)
      world.store.act = () => Session.empty()
      expect(await world.statuses(1)).toEqual([200])
    }
  })

  test('is not closed by a call that asked nobody', async () => {
    const world = stage()
    world.store.act = AWAY
    await world.statuses(5)
    world.store.waits = false
    world.store.act = () => Session.empty()
    world.time.now += 250
    expect(await world.statuses(1)).toEqual([200])
    world.store.act = AWAY
    expect(await world.statuses(2)).toEqual([503, 503])
    expect(world.store.asked).toBe(7)
  })

  test('serves visitors for whom the store has nothing to look up [ER-07]', async () => {
    const world = stage()
    world.store.act = AWAY
    await world.statuses(5)
    world.store.act = () => Session.empty()
    expect((await world.visit('other=1')).status).toBe(200)
    expect((await world.visit('')).status).toBe(200)
    expect((await world.visit()).status).toBe(503)
  })

  test('is not closed, and its probe not ended, by visitors for whom nothing is looked up [ER-07]', async () => {
    const world = stage()
    world.store.act = AWAY
    await world.statuses(5)
    let found: (() => void) | undefined
    world.store.act = () => new Promise((resolve) => (found = () => resolve(Session.empty())))
    world.time.now += 250
    const probe = world.visit()
    await expect.poll(() => found).toBeDefined()
    world.time.now += 250
    for (const cookie of ['', 'other=1']) expect((await world.visit(cookie)).status).toBe(200)
    expect(world.store.strangers).toBe(2)
    expect(await world.statuses(2)).toEqual([503, 503])
    expect([world.store.asked, world.told.length]).toEqual([6, 1])
    found?.()
    expect((await probe).status).toBe(200)
    expect(world.told).toHaveLength(2)
  })

  test.each([
    ['fails', AWAY],
    ['shows nothing', () => Promise.reject(new TypeError('x is not a function'))],
  ])('lets no second call try when an older one %s while a probe is under way', async (_, ends) => {
    const world = stage({ failureThreshold: 2 })
    const older: (() => void)[] = []
    world.store.act = () =>
      new Promise<Session>((resolve, reject) => {
        older.push(() => void Promise.resolve().then(ends).then(resolve, reject))
      })
    const slow = [world.visit(), world.visit()]
    await expect.poll(() => older.length).toBe(2)
    world.store.act = AWAY
    await world.statuses(2)
    let found: (() => void) | undefined
    world.store.act = () => new Promise((resolve) => (found = () => resolve(Session.empty())))
    world.time.now += 250
    const probe = world.visit()
    await expect.poll(() => found).toBeDefined()
    older[0]?.()
    await slow[0]
    world.time.now += 1000
    const { asked } = world.store
    expect(await world.statuses(2)).toEqual([503, 503])
    expect(world.store.asked).toBe(asked)
    found?.()
    expect((await probe).status).toBe(200)
    older[1]?.()
    await slow[1]
  })

  test('a visitor who begins a session is refused at once, and the store is not asked', async () => {
    const world = stage()
    world.store.act = AWAY
    await world.statuses(5)
    world.store.act = () => Session.empty()
    const dumps = world.store.dumps
    const { status } = await world.write('')
    expect([status, world.store.dumps]).toEqual([503, dumps])
    expect((await world.visit('')).status).toBe(200)
  })

  test('never opens with a threshold of Infinity', async () => {
    const world = stage({ failureThreshold: Infinity })
    world.store.act = AWAY
    await world.statuses(30)
    expect(world.store.asked).toBe(30)
  })
})

describe('the bound on calls of a store', () => {
  test('one load too many is a 503 at once, and the others end as they would have [DS-11, RF-09]', async () => {
    const world = stage({ maxCalls: 10 })
    const loads: (() => void)[] = []
    world.store.act = () => new Promise((resolve) => loads.push(() => resolve(Session.empty())))
    const visits = Array.from({ length: 10 }, () => world.visit())
    await expect.poll(() => loads.length).toBe(10)
    const excess = await world.visit()
    expect(excess.status).toBe(503)
    expect(excess.headers.get('retry-after')).toBe('1')
    expect(world.reasons).toEqual(['overloaded'])
    for (const load of loads) load()
    expect((await Promise.all(visits)).map(({ status }) => status)).toEqual(Array(10).fill(200))
    world.store.act = () => Session.empty()
    expect(await world.statuses(1)).toEqual([200])
  })

  test('comes back after each load, however it ended, and holds at every time [DS-11]', async () => {
    const world = stage({ maxCalls: 2 })
    for (let round = 0; round < 3; round++) {
      const loads: ((isAnswered: boolean) => void)[] = []
      world.store.act = () =>
        new Promise((resolve, reject) =>
          loads.push((isAnswered) => {
            if (isAnswered) resolve(Session.empty())
            else reject(new HttpError(403, 'not you'))
          }),
        )
      const visits = [world.visit(), world.visit()]
      await expect.poll(() => loads.length).toBe(2)
      expect((await world.visit()).status).toBe(503)
      expect((await world.visit()).status).toBe(503)
      loads[0]?.(true)
      expect((await visits[0])?.status).toBe(200)
      // One has left, so one more may come, and no second one.
      const third = world.visit()
      await expect.poll(() => loads.length).toBe(3)
      expect((await world.visit()).status).toBe(503)
      loads[1]?.(false)
      loads[2]?.(true)
      expect((await visits[1])?.status).toBe(403)
      expect((await third).status).toBe(200)
    }
    expect(world.reasons.filter((reason) => reason === 'overloaded')).toHaveLength(9)
  })

  test('for dumps is twice that of loads, counted apart, and comes back as well [DS-11]', async () => {
    const world = stage({ maxCalls: 2 })
    for (let round = 0; round < 2; round++) {
      const dumps: (() => void)[] = []
      world.store.keep = () => new Promise((resolve) => dumps.push(() => resolve(undefined)))
      const visits: Promise<Response>[] = []
      // One after the other, for only two may be loading.
      for (let count = 1; count <= 4; count++) {
        visits.push(world.write())
        await expect.poll(() => dumps.length).toBe(count)
      }
      const excess = await world.write()
      expect([excess.status, excess.headers.get('retry-after')]).toEqual([503, '1'])
      expect(dumps).toHaveLength(4)
      // Loads are not held up by dumps.
      expect(await world.statuses(3)).toEqual([200, 200, 200])
      for (const dump of dumps) dump()
      expect((await Promise.all(visits)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    }
    // Dumps are not held up by loads.
    world.store.keep = () => undefined
    const loads: (() => void)[] = []
    world.store.act = () => new Promise((resolve) => loads.push(() => resolve(Session.empty())))
    const loading = [world.visit(), world.visit()]
    await expect.poll(() => loads.length).toBe(2)
    expect((await world.write('')).status).toBe(200)
    for (const load of loads) load()
    await Promise.all(loading)
  })

  test('a store that answers at once is neither counted nor awaited', async () => {
    let handled = 0
    let open = () => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    const app = new App({
      components: [sessions(new ScriptedStore(() => Session.empty()), { maxCalls: 1 })],
      routes: [
        route.get('/', [Session], async (session) => {
          handled += 1
          session.set('a', 1)
          await opened
        }),
      ],
    })
    await app.ready()
    const visits: Promise<Response>[] = []
    for (let count = 1; count <= 5; count++) {
      visits.push(Promise.resolve(app.fetch(new Request('https://shop.test/'))))
      // Before any promise could settle.
      expect(handled).toBe(count)
    }
    open()
    expect((await Promise.all(visits)).map(({ status }) => status)).toEqual(Array(5).fill(204))
  })

  test('a store in this process serves as many as ask', async () => {
    const app = new App({
      components: [sessions(new MemoryStore(), { maxCalls: 1 })],
      routes: [route.get('/', [Session], (session) => session.set('a', 1))],
    })
    const visit = () => app.fetch(new Request('https://shop.test/'))
    for (let count = 0; count < 5; count++) expect((await visit()).status).toBe(200)
  })

  test.each([
    ['maxCalls', 0, 'must be a whole number of calls from 1 to 1000000, not 0.'],
    ['maxCalls', 1.5, 'must be a whole number of calls from 1 to 1000000, not 1.5.'],
    ['failureThreshold', 1, 'must be a whole number of calls from 2 to 1000, not 1.'],
    ['failureThreshold', Number.NaN, 'must be a whole number of calls from 2 to 1000, not NaN.'],
    ['probeInterval', 0, 'must be a whole number of milliseconds from 1 to 60000, not 0.'],
    ['deadline', 60_001, 'must be a whole number of milliseconds from 1 to 60000, not 60001.'],
  ])('refuses %s: %s', (option, given, reason) => {
    expect(() => sessions(new MemoryStore(), { [option]: given })).toThrow(
      new SessionOptionError(option, reason),
    )
  })
})

/** A store that does what the test says, after a turn of the event loop as a server would. */
class StagedStore extends SessionStore {
  act: () => Session | Promise<Session> = () => Session.empty()
  keep: () => undefined | Promise<undefined> = () => undefined
  asked = 0
  dumps = 0
  strangers = 0
  waits = true

  override looksUp(cookies: Cookies): boolean {
    return cookies.has('session')
  }

  @Inject()
  override async load(cookies: Cookies): Promise<Session> {
    if (!this.looksUp(cookies)) {
      this.strangers += 1
      // As long as an answer of the store would take.
      for (let turn = 0; turn < 2; turn++) await new Promise((done) => setImmediate(done))
      return Session.empty()
    }
    this.asked += 1
    // Once for the call's own turn, once for the answer.
    for (let turn = 0; this.waits && turn < 2; turn++)
      await new Promise((done) => setImmediate(done))
    return this.act()
  }

  @Inject()
  override dump(session: Session): undefined | Promise<undefined> {
    if (!session.isChanged) return undefined
    this.dumps += 1
    return this.keep()
  }
}

function stage(options: SessionsOptions = {}, store = new StagedStore()) {
  const time = { now: 0 }
  const runs = { count: 0 }
  const told: string[] = []
  const reasons: unknown[] = []
  const timer = {
    set: (run: () => void, milliseconds: number) => setTimeout(run, milliseconds),
    clear: (handle: unknown) => clearTimeout(handle as NodeJS.Timeout),
    now: () => time.now,
  }
  const report = (error: Error) => void told.push(error.message)
  const app = new App({
    components: [sessions(store, { timer, onWarning: report, ...options })],
    routes: [
      route.get('/', [SessionView], () => ({ runs: (runs.count += 1) })),
      route.post('/', [Session], (session) => ({ id: session.set('a', 1).size })),
    ],
    onError: (error) => void reasons.push(((error as Error).cause as SessionStoreError)?.reason),
  })
  const visit = async (cookie = 'session=1') =>
    app.fetch(new Request('https://shop.test/', { headers: { cookie } }))
  const write = async (cookie = 'session=1') =>
    app.fetch(new Request('https://shop.test/', { method: 'POST', headers: { cookie } }))
  return {
    store,
    time,
    runs,
    told,
    reasons,
    visit,
    write,
    /** What so many requests, one after the other, are answered with. */
    statuses: async (count: number) => {
      const statuses: number[] = []
      for (let each = 0; each < count; each++) statuses.push((await visit()).status)
      return statuses
    },
  }
}
