import { describe, expect, test } from 'vitest'
import { App, HttpError, route } from '../../../src/http/index.js'
import { MemoryStore, Session, SessionOptionError, sessions } from '../../../src/sessions/index.js'
import { StoreCalls } from '../../../src/sessions/calls/store-calls.js'
import { ScriptedStore } from '../session-app.js'
import { stage } from './staged-store.js'

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

  test('gives what writes a deadline of a millisecond before the answer, and what loads none', async () => {
    const deadlines: number[] = []
    const calls = new StoreCalls({ deadline: 500 }, () => {})
    const began = performance.now()
    await calls.run('dump', async (deadline) => void deadlines.push(deadline))
    const ended = performance.now()
    await calls.run('load', async (deadline) => void deadlines.push(deadline))
    expect(deadlines).toEqual([expect.any(Number), Infinity])
    expect(deadlines[0]).toBeGreaterThanOrEqual(began + 499)
    expect(deadlines[0]).toBeLessThanOrEqual(ended + 499)
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
