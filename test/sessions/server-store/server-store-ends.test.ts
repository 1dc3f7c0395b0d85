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

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

describeEnds('ServerStore over MemoryBackend', overMemory)
describeEnds(
  'RedisStore',
  overRedis(() => server),
)

function describeEnds(name: string, open: OpenStore): void {
  describe(`${name} ends and replaces sessions`, () => {
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
        const records = await Promise.all(ids.map(async (id) => world.backend.read(recordKey(id))))
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
  })
}
