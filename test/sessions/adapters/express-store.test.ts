import * as expressSession from 'express-session'
import { CorruptRecordError, fromExpressStore } from 'ingot'
import type { ExpressStore } from '../../../src/sessions/adapters/express-calls.js'
import { describe, expect, test } from 'vitest'

const key = 'k'.repeat(43)
const text = '11700000000000;a:1'

/** A store with some of its methods replaced. */
function storeThat(acts: Partial<ExpressStore>): ExpressStore {
  return Object.assign(new expressSession.MemoryStore(), acts)
}

describe('fromExpressStore', () => {
  test('the store gets one text and a cookie with the time to live', async () => {
    const kept: { cookie: { expires: Date } }[] = []
    const store = storeThat({ set: (_, session, done) => done?.(kept.push(session) && undefined) })
    const before = Date.now()
    await fromExpressStore(store, { clock: () => 5 }).create(key, text, 90_500)
    expect(kept).toEqual([
      {
        cookie: {
          originalMaxAge: 91_000,
          maxAge: 91_000,
          expires: expect.any(Date),
          httpOnly: true,
          path: '/',
        },
        ingot: 'ingot:1:1:90505:11700000000000;a:1',
      },
    ])
    expect(kept[0]!.cookie.expires.getTime()).toBeGreaterThanOrEqual(before + 91_000)
  })

  test.each([undefined, null])('%s in place of a session is no session', async (nothing) => {
    const store = storeThat({ get: (_, done) => done(null, nothing) })
    expect(await fromExpressStore(store).read(key)).toBeUndefined()
  })

  test('a missing file is no session', async () => {
    const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' })
    const store = storeThat({ get: (_, done) => done(missing) })
    expect(await fromExpressStore(store).read(key)).toBeUndefined()
  })

  test('every other failure rejects, by callback, by promise or thrown [R1]', async () => {
    const broken = new Error('broken')
    const gets: ExpressStore['get'][] = [
      (_, done) => done(broken),
      async () => {
        throw broken
      },
      () => {
        throw broken
      },
    ]
    for (const get of gets) {
      const backend = fromExpressStore(storeThat({ get }))
      await expect(backend.read(key)).rejects.toBe(broken)
      await expect(backend.create(key, text, 1000)).rejects.toBe(broken)
      await expect(backend.destroy(key)).rejects.toBe(broken)
    }
  })

  test('a session of express-session, or a damaged one, is corrupt and stays as it is [RF-16]', async () => {
    for (const theirs of [
      { cookie: {}, user: 'ada' },
      { ingot: '' },
      { ingot: 'ingot:1:1' },
      { ingot: 'ingot:1:0:9000000000000000:x' },
      { ingot: 'ingot:1:1:soon:x' },
      { ingot: 'ingot:1:-1:900000000000000:x' },
      { ingot: 'ingot:1:1.5:900000000000000:x' },
      { ingot: 'ingot:2:1:900000000000000:x' },
      { ingot: 7 },
    ]) {
      const store = new expressSession.MemoryStore()
      await new Promise<void>((resolve) => store.set(key, theirs as never, () => resolve()))
      const before = store.sessions[key]
      const backend = fromExpressStore(store)
      await expect(backend.read(key)).rejects.toThrow(
        new CorruptRecordError(
          'The store holds something else than a session under the key of a session',
        ),
      )
      expect(await backend.create(key, text, 1000)).toBe(false)
      expect(await backend.replace(key, 1, text, 1000)).toBe('missing')
      expect(await backend.touch(key, 1, text, 1000)).toBe(false)
      expect(await backend.destroy(key)).toBeUndefined()
      expect(store.sessions[key]).toBe(before)
    }
  })

  test('two processes can lose one of two writes, and its limits say so', async () => {
    const store = new expressSession.MemoryStore()
    const [one, other] = [fromExpressStore(store), fromExpressStore(store)]
    await one.create(key, text, 60_000)
    const results = await Promise.all([
      one.replace(key, 1, `${text} one`, 60_000),
      other.replace(key, 1, `${text} other`, 60_000),
    ])
    expect(results).toEqual(['applied', 'applied'])
    expect((await one.read(key))?.version).toBe(2)
    expect(one.limits).toEqual(['atomic-replace', 'no-revival', 'exclusive-create'])
  })

  test('a call that is handed on writes nothing after the deadline of its caller [A2]', async () => {
    let goOn = () => {}
    const inner = new expressSession.MemoryStore()
    const slow = storeThat({
      get: (id, done) => void (goOn = () => inner.get(id, done)),
      set: (...given) => inner.set(...given),
    })
    const deadline = performance.now() + 20
    const creating = fromExpressStore(slow).create(key, text, 60_000, deadline)
    await expect.poll(() => performance.now()).toBeGreaterThan(deadline)
    goOn()
    await expect(creating).rejects.toMatchObject({ reason: 'timeout' })
    expect(inner.sessions).toEqual({})
  })
})
