import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packFields } from '../../../src/sessions/session/packed-fields.js'
import { recordKey } from '../../../src/sessions/session/session-id.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import {
  gate,
  idOf,
  overMemory,
  overRedis,
  visitors,
  type OpenStore,
} from './server-store-suite.js'
import { expectWarnings } from '../expect-warnings.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

describeServerStore('ServerStore over MemoryBackend', overMemory)
describeServerStore(
  'RedisStore',
  overRedis(() => server),
)

function describeServerStore(name: string, open: OpenStore): void {
  describe(`${name} as a store`, () => {
    describe('finds and makes sessions', () => {
      test('what one request writes the next one reads', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ cart: [{ sku: 'tea' }] })
        expect(await world.dataOf(cookie)).toEqual({ cart: [{ sku: 'tea' }] })
      })

      test('a visit that writes nothing stores nothing and sets no cookie [DS-02, CP-01]', async () => {
        await using world = await visitors(open)
        const { setCookies } = await world.visit(undefined, (session) => session.get('nothing'))
        expect(setCookies).toEqual([])
      })

      test('an id that the client invented is not adopted [FX-01, DS-01]', async () => {
        await using world = await visitors(open)
        const invented = randomBytes(32).toString('base64url')
        const { cookie } = await world.visit(`__Host-session=${invented}`, (session) =>
          session.set('a', 1),
        )
        expect(idOf(cookie)).toMatch(/^[\w-]{43}$/)
        expect(idOf(cookie)).not.toBe(invented)
        expect(await world.backend.read(recordKey(invented))).toBeUndefined()
      })

      test('a planted cookie does not hide the good one, in either order [CP-05]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ a: 1 })
        const planted = `__Host-session=${randomBytes(32).toString('base64url')}`
        for (const sent of [
          `${planted}; ${cookie}`,
          `${cookie}; ${planted}`,
          `__Host-session=x; ${cookie}`,
        ]) {
          const { result, setCookies } = await world.visit(sent, (session) => session.toObject())
          expect(result).toEqual({ a: 1 })
          expect(setCookies).toEqual([])
        }
      })

      test('the backend holds a hash of the id and no trace of the id itself [TA-14]', async () => {
        await using world = await visitors(open)
        const id = idOf(await world.visitor())
        const record = await world.backend.read(createHash('sha256').update(id).digest('base64url'))
        expect(record).toBeDefined()
        expect(await world.backend.read(id)).toBeUndefined()
        expect(record?.text).toContain('started')
        expect(record?.text).not.toContain(id)
      })

      test('two stores of different cookie names do not mix [CU-11]', async () => {
        await using world = await visitors(open, { name: 'one' })
        const { setCookies } = await world.visit(undefined, (session) => session.set('a', 1))
        expect(setCookies[0]).toMatch(/^one=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
        const renamed = (setCookies[0] as string).replace('one=', 'two=').split(';')[0]
        expect((await world.visit(renamed, (session) => session.isNew)).result).toBe(true)
      })

      test('a record without its times, or with damaged ones, is no session [EX-09]', async () => {
        await using world = await visitors(open)
        const { text } = (await world.backend.read(recordKey(idOf(await world.visitor()))))!
        for (const planted of [
          '',
          '1',
          text.replace(/^1\d{13}/, `1${' '.repeat(13)}`),
          text.slice(0, 14),
          text.replace(/^(1\d{13})./, '$1 '),
          text.slice(0, -1),
          `${text} `,
        ]) {
          const id = randomBytes(32).toString('base64url')
          await world.backend.create(recordKey(id), planted, 60_000)
          const { result, status } = await world.visit(
            `__Host-session=${id}`,
            (session) => session.isNew,
          )
          expect({ result, status }).toEqual({ result: true, status: 200 })
          expect((await world.backend.read(recordKey(id)))?.text).toBe(planted)
        }
      })

      test('a record of a newer layout is a 503, and stays as it is [RF-18, PR-05]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor()
        const key = recordKey(idOf(cookie))
        const { text, version } = (await world.backend.read(key))!
        await world.backend.replace(key, version, text.replace('1', '2'), 60_000)
        const before = await world.backend.read(key)
        const { status, retryAfter, setCookies } = await world.visit(cookie, (session) =>
          session.set('a', 1),
        )
        expect({ status, retryAfter, setCookies }).toEqual({
          status: 503,
          retryAfter: '1',
          setCookies: [],
        })
        expect(await world.backend.read(key)).toEqual(before)
      })

      test('planted fields of hostile names are ignored or plain data [PP-03, PP-04]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ a: 1 })
        const key = recordKey(idOf(cookie))
        const { text, version } = (await world.backend.read(key))!
        const admin = '{"admin":true}'
        const names = ['d:__proto__', 'f:__proto__', 'd:m:userId']
        const planted = packFields(new Map(names.map((name) => [name, admin])))
        await world.backend.replace(key, version, text + planted, 60_000)
        const { result } = await world.visit(cookie, (session) => [
          session.has('admin'),
          session.get('a'),
        ])
        expect(result).toEqual([false, 1])
        expect(({} as { admin?: boolean }).admin).toBeUndefined()
      })
    })

    describe('writes only what changed', () => {
      test('parallel writes of different keys lose none [RA-02]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({})
        const start = cookie ?? (await world.visitor())
        const keys = Array.from({ length: 200 }, (_, index) => `key${index}`)
        await Promise.all(keys.map((key) => world.visit(start, (session) => session.set(key, key))))
        const data = (await world.dataOf(start)) as Record<string, string>
        expect(keys.filter((key) => data[key] !== key)).toEqual([])
      })

      test('200 parallel updates of one key all count [RA-02, RA-22]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ n: 0 })
        const done = await Promise.all(
          Array.from({ length: 200 }, () =>
            world.visit(cookie, (session) => session.update('n', (n: number) => n + 1)),
          ),
        )
        expect(done.filter(({ status }) => status !== 200)).toEqual([])
        expect(await world.dataOf(cookie)).toEqual({ n: 200 })
      })

      test('one request removes a key while another writes a second one [RA-23]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ x: 1 })
        await Promise.all([
          world.visit(cookie, (session) => session.delete('x')),
          world.visit(cookie, (session) => session.set('y', 2)),
        ])
        expect(await world.dataOf(cookie)).toEqual({ y: 2 })
      })

      test('clear() removes what another request added in the meantime as well', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ x: 1 })
        const hold = gate()
        const clearing = world.visit(cookie, async (session) => {
          await hold.pass()
          session.clear()
          session.set('after', true)
        })
        await hold.waited
        await world.visit(cookie, (session) => session.set('y', 2))
        hold.open()
        await clearing
        expect(await world.dataOf(cookie)).toEqual({ after: true })
      })

      test('deleting every key leaves an empty session, not the old one [LO-08]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ user: 'ada', cart: 1 })
        await world.visit(cookie, (session) => session.clear())
        const { result } = await world.visit(cookie, (session) => [
          session.toObject(),
          session.isNew,
        ])
        expect(result).toEqual([{}, false])
      })

      test('take gives a value to exactly one of many requests', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ code: 'once', other: 1 })
        const done = await Promise.all(
          Array.from({ length: 30 }, () => world.visit(cookie, (session) => session.take('code'))),
        )
        expect(done.map(({ status }) => status)).toEqual(Array(30).fill(200))
        expect(done.filter(({ result }) => result === 'once')).toHaveLength(1)
        expect(await world.dataOf(cookie)).toEqual({ other: 1 })
      })

      test('take gives what the same request has committed', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor({ code: 'old', spare: 1 })
        const { result } = await world.visit(cookie, async (session) => {
          session.set('code', 'new')
          session.set('other', 'too')
          session.delete('spare')
          await session.commit()
          return [await session.take('other'), await session.take('code'), session.has('spare')]
        })
        expect(result).toEqual(['too', 'new', false])
        expect(await world.dataOf(cookie)).toEqual({})
      })

      test('a write is seen by the next request, every time [RA-15]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor()
        for (let n = 0; n < 100; n++) {
          await world.visit(cookie, (session) => session.set('n', n))
          expect(await world.dataOf(cookie)).toMatchObject({ n })
        }
      })

      test('a session that grows beyond its size is refused, and stays as it is [DS-10, TY-10]', async () => {
        await using world = await visitors(open, { maxSize: 1000 }, tooLarge())
        const cookie = await world.visitor({ a: 1 })
        const { status, setCookies } = await world.visit(cookie, (session) =>
          session.set('b', 'x'.repeat(2000)),
        )
        expect({ status, setCookies }).toEqual({ status: 413, setCookies: [] })
        expect(await world.dataOf(cookie)).toEqual({ a: 1 })
        expect((await world.visit(cookie, (session) => session.set('c', 2))).status).toBe(200)
      })

      test('a session is as large as `maxSize`, to the byte [DS-10]', async () => {
        await using world = await visitors(open, { maxSize: 100 }, tooLarge())
        // Its field takes 3 bytes for the name, and two for the quotes.
        const sent = (size: number) =>
          world.visit(undefined, (session) => session.set('b', 'x'.repeat(size - 5)))
        expect((await sent(100)).status).toBe(200)
        expect((await sent(101)).status).toBe(413)
      })

      test('a session that is too large is not begun, nor under another id [DS-10]', async () => {
        await using world = await visitors(open, { maxSize: 200 }, tooLarge())
        const large = 'x'.repeat(200)
        const first = await world.visit(undefined, (session) => session.set('large', large))
        expect([first.status, first.setCookies]).toEqual([413, []])
        const cookie = await world.visitor({ a: 1 })
        const renewal = await world.visit(cookie, (session) => {
          session.regenerate()
          session.set('large', large)
        })
        expect([renewal.status, renewal.setCookies]).toEqual([413, []])
        expect(await world.dataOf(cookie)).toEqual({ a: 1 })
      })

      test('remember() of one request survives the write of another that was under way', async () => {
        let now = 1_700_000_000_000
        await using world = await visitors(open, { clock: () => now, idleTimeout: 60 })
        const cookie = await world.visitor()
        const hold = gate()
        const slow = world.visit(cookie, async (session) => {
          await hold.pass()
          session.set('slow', true)
        })
        await hold.waited
        const { setCookies } = await world.visit(cookie, (session) => session.remember(86_400))
        expect(setCookies[0]).toContain('Max-Age=86400')
        hold.open()
        expect((await slow).status).toBe(200)
        now += 3600_000
        expect(await world.dataOf(cookie)).toMatchObject({ slow: true })
      })
    })

    test('destroying a visit without a session, and twice, is nothing [LO-03]', async () => {
      await using world = await visitors(open)
      const none = await world.visit(undefined, (session) => {
        session.destroy()
        session.destroy()
      })
      expect(none).toMatchObject({ status: 200, setCookies: [] })
    })

    test('what two branches of one request write is kept [RA-17]', async () => {
      await using world = await visitors(open)
      const cookie = await world.visitor({ a: 1 })
      await world.visit(cookie, (session) =>
        Promise.all([
          Promise.resolve().then(() => session.set('b', 2)),
          Promise.resolve().then(() => session.commit()),
          Promise.resolve().then(() => session.set('c', 3)),
        ]).then(() => undefined),
      )
      expect(await world.dataOf(cookie)).toEqual({ a: 1, b: 2, c: 3 })
    })

    test('keys that are called like notes of the store are data [TA-19, PP-08]', async () => {
      await using world = await visitors(open)
      const names = [
        'createdAt',
        'm:createdAt',
        'n:replacedUntil',
        'version',
        'm:layout',
        'd:a',
        '',
      ]
      const cookie = await world.visitor(Object.fromEntries(names.map((name) => [name, 0])))
      const { result, cookie: next } = await world.visit(cookie, (session) => {
        session.regenerate()
        return session.toObject()
      })
      expect(result).toEqual(Object.fromEntries(names.map((name) => [name, 0])))
      expect(await world.dataOf(next)).toEqual(result)
    })

    test('strangers with invented ids leave nothing behind [DS-01]', async () => {
      await using world = await visitors(open)
      const ids = Array.from({ length: 500 }, () => randomBytes(32).toString('base64url'))
      await Promise.all(
        ids.map((id) => world.visit(`__Host-session=${id}`, (session) => session.get('user'))),
      )
      const kept = await Promise.all(ids.map(async (id) => world.backend.read(recordKey(id))))
      expect(kept.filter(Boolean)).toEqual([])
    })

    test('parallel first visits each get a session of their own [RA-14]', async () => {
      await using world = await visitors(open)
      const visits = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          world.visit(undefined, (session) => session.set('n', n)),
        ),
      )
      expect(new Set(visits.map(({ cookie }) => cookie)).size).toBe(6)
      for (const [n, { cookie }] of visits.entries())
        expect(await world.dataOf(cookie)).toEqual({ n })
    })

    test('a generator of ids that are none is a typed error, and nothing is stored [FX-09]', async () => {
      for (const newId of ['', 'short', undefined, Promise.resolve('x')].map(
        (id) => () => id as string,
      )) {
        await using world = await visitors(open, { newId })
        const { status, setCookies } = await world.visit(undefined, (session) =>
          session.set('a', 1),
        )
        expect({ status, setCookies }).toEqual({ status: 500, setCookies: [] })
      }
    })

    test('a generator that repeats itself does not take over the session that has the id [FX-09]', async () => {
      const id = randomBytes(32).toString('base64url')
      await using world = await visitors(open, { newId: () => id })
      const cookie = await world.visitor({ user: 'ada' })
      const { status, setCookies } = await world.visit(undefined, (session) =>
        session.set('user', 'eve'),
      )
      expect({ status, setCookies }).toEqual({ status: 503, setCookies: [] })
      expect(await world.dataOf(cookie)).toEqual({ user: 'ada' })
    })
  })
}

/** For a test whose sessions are too large. */
function tooLarge() {
  return { onWarning: expectWarnings('SESSION_TOO_LARGE') }
}
