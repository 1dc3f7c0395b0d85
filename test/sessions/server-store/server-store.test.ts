import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { recordKey } from '../../../src/sessions/session/session-id.js'
import type { Session } from '../../../src/sessions/session/session.js'
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
          text.replace(/^(1\d{13};)\d+/, '$1'),
          text.replace(/^(1\d{13};)\d+/, '$1x'),
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
        const names = ['d:__proto__', '__proto__', 'm:userId']
        const planted = names.map((name) => `${name.length}.${admin.length}:${name}${admin}`)
        await world.backend.replace(key, version, text + planted.join(''), 60_000)
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

    describe('ends sessions', () => {
      test('after destroy() the cookie is worthless and cleared, and the record is gone [LO-01]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor()
        const logout = await world.visit(cookie, (session) => session.destroy())
        expect(logout.setCookies).toEqual([
          expect.stringMatching(
            /^__Host-session=; (?=.*Path=\/)(?=.*Secure)(?=.*HttpOnly).*Max-Age=0/,
          ),
        ])
        expect(await world.backend.read(recordKey(idOf(cookie)))).toBeUndefined()
        expect((await world.visit(cookie, (session) => session.isNew)).result).toBe(true)
      })

      test('what is written after destroy() has a new id [LO-02]', async () => {
        await using world = await visitors(open)
        const before = await world.visitor({ user: 'ada' })
        const after = await world.visit(before, (session) => {
          session.destroy()
          session.set('notice', 'bye')
        })
        expect(after.setCookies).toHaveLength(1)
        expect(after.cookie).not.toBe(before)
        expect(await world.dataOf(after.cookie)).toEqual({ notice: 'bye' })
        expect(await world.dataOf(before)).toEqual({})
      })

      test('requests that were under way do not revive a session after the logout [RA-03, RA-04]', async () => {
        await using world = await visitors(open, { touchInterval: 1 })
        for (let round = 0; round < 20; round++) {
          const cookie = await world.visitor({ user: 'ada' })
          const hold = gate(7)
          const acts = [
            (session: Session) => session.set('late', true),
            (session: Session) => session.update('n', (n: number | undefined) => (n ?? 0) + 1),
            (session: Session) => session.delete('user'),
            (session: Session) => session.clear(),
            (session: Session) => session.touch(),
            (session: Session) => session.take('user'),
            (session: Session) => session.remember(1000),
          ]
          const slow = acts.map((act) =>
            world.visit(cookie, async (session) => {
              await hold.pass()
              await act(session)
            }),
          )
          await hold.waited
          const logout = world.visit(cookie, (session) => session.destroy())
          if (round % 2 === 0) await logout
          hold.open()
          const answers = await Promise.all(slow)
          await logout
          const statuses = answers.map(({ status }) => status)
          // What was written after the logout is lost, and that is said.
          const told = [409, 409, 409, 409, 200, 200, 409]
          const isTold = (status: number, index: number) => status === told[index]
          const isRacing = round % 2 === 1
          const isFine = (status: number, index: number) =>
            isTold(status, index) || (isRacing && status === 200)
          expect(statuses.every(isFine)).toBe(true)
          expect(await world.backend.read(recordKey(idOf(cookie)))).toBeUndefined()
          expect(await world.dataOf(cookie)).toEqual({})
        }
      })

      test('a touch after the logout makes no record [EX-11]', async () => {
        await using world = await visitors(open)
        const cookie = await world.visitor()
        const hold = gate()
        const touching = world.visit(cookie, async (session) => {
          await hold.pass()
          session.touch()
        })
        await hold.waited
        await world.visit(cookie, (session) => session.destroy())
        hold.open()
        expect((await touching).status).toBe(200)
        expect(await world.backend.read(recordKey(idOf(cookie)))).toBeUndefined()
      })
    })

    describe('keeps to the limits of time', () => {
      const start = 1_700_000_000_000

      test('the idle limit is enforced from the record, to the millisecond [EX-01, EX-02, EX-18]', async () => {
        let now = start
        await using world = await visitors(open, {
          clock: () => now,
          idleTimeout: 100,
          touchInterval: 1,
        })
        const cookie = await world.visitor({ a: 1 })
        now += 99_999
        expect(await world.dataOf(cookie)).toEqual({ a: 1 })
        now += 99_999
        expect(await world.dataOf(cookie)).toEqual({ a: 1 })
        now += 100_000
        expect((await world.visit(cookie, (session) => session.isNew)).result).toBe(true)
      })

      test('the absolute limit holds however active the session is [EX-04]', async () => {
        let now = start
        await using world = await visitors(open, {
          clock: () => now,
          idleTimeout: 100,
          absoluteTimeout: 300,
          touchInterval: 1,
        })
        const cookie = await world.visitor({ a: 1 })
        for (let step = 0; step < 5; step++) {
          now += 50_000
          expect(await world.dataOf(cookie)).toEqual({ a: 1 })
        }
        now += 50_000
        expect(await world.dataOf(cookie)).toEqual({})
      })

      test('a handler that is slower than the session lives does not revive it [EX-12]', async () => {
        let now = start
        await using world = await visitors(open, { clock: () => now, idleTimeout: 100 })
        const cookie = await world.visitor({ a: 1 })
        const { status } = await world.visit(cookie, (session) => {
          now += 100_000
          session.set('late', true)
        })
        expect(status).toBe(409)
        expect(await world.dataOf(cookie)).toEqual({})
      })

      test('a rolling session is written once per window', async () => {
        let now = start
        await using world = await visitors(open, {
          clock: () => now,
          idleTimeout: 1000,
          touchInterval: 100,
        })
        const cookie = await world.visitor({ a: 1 })
        const key = recordKey(idOf(cookie))
        const seen = async () => (await world.backend.read(key))?.text.slice(1, 14)
        now += 99_999
        await world.dataOf(cookie)
        expect(await seen()).toBe(`${start}`)
        now += 1
        await world.dataOf(cookie)
        expect(await seen()).toBe(`${start + 100_000}`)
        expect((await world.backend.read(key))?.version).toBe(1)
      })
    })

    describe('gives a session a new id', () => {
      test('regenerate() carries the data to a new id [FX-04, FX-05]', async () => {
        await using world = await visitors(open)
        const before = await world.visitor({ cart: ['tea'] })
        const login = await world.visit(before, (session) => {
          session.regenerate({ authenticated: true })
          session.set('user', 'ada')
        })
        expect(login.setCookies).toHaveLength(1)
        expect(login.cookie).not.toBe(before)
        expect(await world.dataOf(login.cookie)).toEqual({ cart: ['tea'], user: 'ada' })
      })

      test('the old id reads what was there before, for the grace, and gains no rights [RA-08]', async () => {
        let now = 1_700_000_000_000
        await using world = await visitors(open, { clock: () => now, regenerateGrace: 10 })
        const before = await world.visitor({ cart: 1 })
        const { cookie } = await world.visit(before, (session) => {
          session.set('user', 'ada')
          session.regenerate()
        })
        await world.visit(cookie, (session) => session.set('cart', 2))
        now += 9_999
        const old = await world.visit(before, (session) => session.toObject())
        expect(old).toMatchObject({ status: 200, result: { cart: 1 }, setCookies: [] })
        for (const act of [
          (session: Session) => session.set('user', 'eve'),
          (session: Session) => session.regenerate(),
          (session: Session) => session.destroy(),
        ]) {
          expect(await world.visit(before, act)).toMatchObject({ status: 409, setCookies: [] })
        }
        now += 1
        expect(await world.dataOf(before)).toEqual({})
        expect(await world.dataOf(cookie)).toEqual({ cart: 2, user: 'ada' })
      })

      test('without grace the old id is worthless at once [RA-08]', async () => {
        await using world = await visitors(open, { regenerateGrace: 0 })
        const before = await world.visitor({ cart: 1 })
        await world.visit(before, (session) => session.regenerate())
        expect(await world.dataOf(before)).toEqual({})
      })

      test('a slow writer across a regenerate fails typed, and changes neither record [RA-06]', async () => {
        await using world = await visitors(open)
        const before = await world.visitor({ cart: 1 })
        const hold = gate()
        const slow = world.visit(before, async (session) => {
          await hold.pass()
          session.set('late', true)
        })
        await hold.waited
        const { cookie } = await world.visit(before, (session) => session.regenerate())
        hold.open()
        expect(await slow).toMatchObject({ status: 503, retryAfter: '1', setCookies: [] })
        expect(await world.dataOf(cookie)).toEqual({ cart: 1 })
        expect(await world.dataOf(before)).toEqual({ cart: 1 })
      })

      test('what another request wrote while one regenerates is taken along', async () => {
        await using world = await visitors(open)
        const before = await world.visitor({ n: 1, gone: true })
        const hold = gate()
        const login = world.visit(before, async (session) => {
          await hold.pass()
          session.update('n', (n: number) => n + 1)
          session.regenerate()
          session.set('user', 'ada')
        })
        await hold.waited
        await world.visit(before, (session) => {
          session.set('cart', ['tea'])
          session.update('n', (n: number) => n + 1)
          session.delete('gone')
        })
        hold.open()
        const { cookie, status } = await login
        expect(status).toBe(200)
        expect(await world.dataOf(cookie)).toEqual({ n: 3, cart: ['tea'], user: 'ada' })
      })

      test('of two regenerates one wins, the other fails typed and leaves no record [RA-09]', async () => {
        await using world = await visitors(open)
        const before = await world.visitor({ a: 1 })
        const hold = gate(2)
        const ids: string[] = []
        const both = [1, 2].map((user) =>
          world.visit(before, async (session) => {
            await hold.pass()
            session.regenerate({ authenticated: true })
            session.set('user', user)
            ids.push(session.id)
          }),
        )
        await hold.waited
        hold.open()
        const answers = await Promise.all(both)
        expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 503]))
        const records = await Promise.all(ids.map((id) => world.backend.read(recordKey(id))))
        expect(records.filter(Boolean)).toHaveLength(1)
      })

      test('a logout while another request regenerates ends both ids [R5]', async () => {
        await using world = await visitors(open)
        for (let round = 0; round < 20; round++) {
          const before = await world.visitor({ user: 'ada' })
          const hold = gate()
          const logout = world.visit(before, async (session) => {
            await hold.pass()
            session.destroy()
          })
          await hold.waited
          const renewing = world.visit(before, (session) => session.regenerate())
          if (round % 2 === 0) await renewing
          hold.open()
          await logout
          const { cookie } = await renewing
          expect(await world.dataOf(before)).toEqual({})
          expect(await world.dataOf(cookie)).toEqual({})
        }
      })

      test('a logout ends what the previous id can still read [LO-01]', async () => {
        await using world = await visitors(open)
        const before = await world.visitor({ user: 'ada' })
        const { cookie } = await world.visit(before, (session) => session.regenerate())
        expect(await world.dataOf(before)).toEqual({ user: 'ada' })
        await world.visit(cookie, (session) => session.destroy())
        expect(await world.dataOf(before)).toEqual({})
      })

      test('several regenerates and commits in one request end in one cookie that works [CE-12]', async () => {
        await using world = await visitors(open)
        const before = await world.visitor({ a: 1 })
        const done = await world.visit(before, async (session) => {
          session.regenerate()
          await session.commit()
          session.set('b', 2)
          await session.commit()
          session.regenerate()
          session.set('c', 3)
        })
        expect(done).toMatchObject({ status: 200 })
        expect(done.setCookies).toHaveLength(1)
        expect(await world.dataOf(done.cookie)).toEqual({ a: 1, b: 2, c: 3 })
      })

      test('commit() stores a new session early, and the rest follows', async () => {
        await using world = await visitors(open)
        const done = await world.visit(undefined, async (session) => {
          session.set('a', 1)
          await session.commit()
          session.set('b', 2)
        })
        expect(await world.dataOf(done.cookie)).toEqual({ a: 1, b: 2 })
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
      const kept = await Promise.all(ids.map((id) => world.backend.read(recordKey(id))))
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
