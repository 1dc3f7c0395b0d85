import * as expressSession from 'express-session'
import { CorruptRecordError, fromExpressStore } from 'ingot'
import type { ExpressStore } from '../../../src/sessions/adapters/express-store.js'
import { describe, expect, test } from 'vitest'

const key = 'k'.repeat(43)
const fields = new Map([['d:a', '1']])

/** A store with some of its methods replaced. */
function storeThat(acts: Partial<ExpressStore>): ExpressStore {
  return Object.assign(new expressSession.MemoryStore(), acts)
}

describe('fromExpressStore', () => {
  test('the store gets one text and a cookie with the time to live', async () => {
    const kept: { cookie: { expires: Date } }[] = []
    const store = storeThat({ set: (_, session, done) => done?.(kept.push(session) && undefined) })
    const before = Date.now()
    await fromExpressStore(store, { clock: () => 5 }).create(key, fields, 90_500)
    expect(kept).toEqual([
      {
        cookie: {
          originalMaxAge: 91_000,
          maxAge: 91_000,
          expires: expect.any(Date),
          httpOnly: true,
          path: '/',
        },
        ingot: 'ingot:1:[1,90505,"d:a","1"]',
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
      await expect(backend.create(key, fields, 1000)).rejects.toBe(broken)
      await expect(backend.destroy(key)).rejects.toBe(broken)
    }
  })

  test('a session of express-session, or a damaged one, is corrupt and stays as it is [RF-16]', async () => {
    for (const theirs of [
      { cookie: {}, user: 'ada' },
      { ingot: 'ingot:1:[1' },
      { ingot: 'ingot:1:{}' },
      { ingot: 'ingot:1:[1,9e15,"odd"]' },
      { ingot: 'ingot:1:["1",9e15]' },
      { ingot: 'ingot:2:[1,9e15]' },
      { ingot: 7 },
    ]) {
      const store = new expressSession.MemoryStore()
      await new Promise<void>((resolve) => void store.set(key, theirs, () => resolve()))
      const before = store.sessions[key]
      const backend = fromExpressStore(store)
      await expect(backend.read(key)).rejects.toThrow(
        new CorruptRecordError(
          'The store holds something else than a session under the key of a session',
        ),
      )
      expect(await backend.create(key, fields, 1000)).toBe(false)
      expect(await backend.patch(key, { set: fields }, 1000)).toBe('lost')
      expect(await backend.touch(key, 1, fields, 1000)).toBe('lost')
      expect(await backend.destroy(key)).toBeUndefined()
      expect(store.sessions[key]).toBe(before)
    }
  })

  test('two processes can lose one of two writes, and its limits say so', async () => {
    const store = new expressSession.MemoryStore()
    const [one, other] = [fromExpressStore(store), fromExpressStore(store)]
    await one.create(key, new Map(), 60_000)
    await Promise.all([
      one.patch(key, { set: new Map([['a', '1']]) }, 60_000),
      other.patch(key, { set: new Map([['b', '1']]) }, 60_000),
    ])
    expect((await one.read(key))?.fields.size).toBe(1)
    expect(one.limits).toEqual(['atomic-patch', 'no-revival', 'exclusive-create'])
  })
})
