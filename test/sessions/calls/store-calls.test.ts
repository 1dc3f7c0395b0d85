import { describe, expect, test } from 'vitest'
import { HttpError } from '../../../src/http/index.js'
import { RedisClusterStore } from '../../../src/sessions/redis/index.js'
import {
  BackendStore,
  MemoryBackend,
  Session,
  SessionStoreError,
  SessionTooLargeError,
} from '../../../src/sessions/index.js'
import { listen } from '../events/event-world.js'
import { stage, StagedStore } from './staged-store.js'

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

  test('a store from which sessions are moved says nothing of the new one, neither that it is away nor back', async () => {
    const world = stage()
    const fail = (reason: string) => () => {
      throw new SessionStoreError('no', { reason })
    }
    world.store.act = AWAY
    await world.statuses(4)
    world.store.act = fail('old-store')
    await world.statuses(1)
    expect(world.told).toEqual([])
    world.store.act = AWAY
    await world.statuses(1)
    expect(world.told).toHaveLength(1)
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
