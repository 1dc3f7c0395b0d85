import { describe, expect, test } from 'vitest'
import { newKey as key, textOf } from '../../../src/testing/conformance/backend/opened-backend.js'
import { visitors } from '../server-store/server-store-suite.js'
import { newTable, overSql, PATIENT, type Database } from './database.js'

/** Registers what is told of the statements of a backend, whatever the database. */
export function describeStatements(name: string, opened: () => Database): void {
  describe(`statements in ${name}`, () => {
    test('the time to live is on the clock of the database, whatever that of this process says [EX-14]', async () => {
      const table = newTable()
      const backend = await opened().connect({ ...PATIENT, table })
      const { now } = Date
      Date.now = () => now() + 3_600_000
      try {
        const one = key()
        await backend.create(one, textOf(''), 60_000)
        const [row] = await opened().run(`SELECT * FROM ${table}`)
        expect(Number(row?.['ends_at']) - now()).toBeGreaterThan(50_000)
        expect(Number(row?.['ends_at']) - now()).toBeLessThan(70_000)
      } finally {
        Date.now = now
        await backend.close()
      }
    })

    test('a row outlives its session by a sixteenth at most, so that most writes leave its end alone', async () => {
      const table = newTable()
      const backend = await opened().connect({ ...PATIENT, table })
      try {
        const ends = new Set<number>()
        const one = key()
        await backend.create(one, textOf('0'), 1_800_000)
        for (let version = 1; version <= 5; version++) {
          expect(await backend.replace(one, version, textOf(`${version}`), 1_800_000)).toBe(
            'applied',
          )
          const [row] = await opened().run(`SELECT * FROM ${table}`)
          const left = Number(row?.['ends_at']) - Date.now()
          expect(left).toBeGreaterThan(1_800_000 - 5000)
          expect(left).toBeLessThan(1_800_000 * (17 / 16) + 5000)
          ends.add(Number(row?.['ends_at']))
        }
        // The end of a block of a minute may come in between.
        expect(ends.size).toBeLessThanOrEqual(2)
        await backend.replace(one, 6, textOf('6'), 60_000)
        await backend.touch(one, 7, textOf('6', 1), 120_000)
        const [row] = await opened().run(`SELECT * FROM ${table}`)
        expect(Number(row?.['ends_at']) - Date.now()).toBeLessThan(120_000 * (17 / 16) + 5000)
      } finally {
        await backend.close()
      }
    })

    test('when the clock of the database seems to be set, writes still work [PR-06]', async () => {
      const backend = await opened().connect(PATIENT)
      const one = key()
      await backend.create(one, textOf(''), 60_000)
      // The deadline of the next write is ten minutes too early on the clock of the database.
      const time = performance.now.bind(performance)
      performance.now = () => time() - 600_000
      try {
        expect(await backend.replace(one, 1, textOf('1'), 60_000)).toBe('applied')
      } finally {
        performance.now = time
        await backend.close()
      }
    })

    test('a write whose deadline has passed writes nothing', async () => {
      const table = newTable()
      const backend = await opened().connect({ ...PATIENT, table })
      const one = key()
      await backend.create(one, textOf('1'), 60_000)
      const past = performance.now() - 1
      const calls = [
        backend.replace(one, 1, textOf('2'), 60_000, past),
        backend.touch(one, 1, textOf('1', 2), 60_000, past),
        backend.create(key(), textOf('2'), 60_000, past),
        backend.destroy(one, past),
      ]
      for (const call of calls) await expect(call).rejects.toMatchObject({ reason: 'timeout' })
      const rows = await opened().run(`SELECT * FROM ${table}`)
      expect(rows.map((row) => row['text'])).toEqual([textOf('1')])
      await backend.close()
    })

    test('rows that have expired are deleted in batches when there is nothing to do, and by nobody before', async () => {
      let now = 0
      const table = newTable()
      const backend = await opened().connect({
        ...PATIENT,
        table,
        sweepInterval: 60,
        now: () => now,
      })
      await Promise.all(Array.from({ length: 450 }, () => backend.create(key(), textOf(''), 1)))
      await backend.create(key(), textOf('lives'), 60_000)
      const count = async () => (await opened().run(`SELECT * FROM ${table}`)).length
      await backend.read(key())
      expect(await count()).toBe(451)
      now = 60_000
      // Each look is one batch of 200.
      const seen = new Set<number>()
      const look = async () => {
        await backend.read(key())
        const left = await count()
        seen.add(left)
        return left
      }
      await expect.poll(look, { timeout: 10_000 }).toBe(1)
      expect([451, 251, 51, 1]).toEqual(expect.arrayContaining([...seen]))
      await backend.close()
    })

    test('sweep() deletes all that has expired, and says how many', async () => {
      const table = newTable()
      const backend = await opened().connect({ ...PATIENT, table, sweepInterval: 0 })
      await Promise.all(Array.from({ length: 250 }, () => backend.create(key(), textOf(''), 1)))
      await backend.create(key(), textOf(''), 60_000)
      // Those that were made in the same millisecond end together, and others a moment later.
      let swept = 0
      await expect.poll(async () => (swept += await backend.sweep())).toBe(250)
      expect(await backend.sweep()).toBe(0)
      await backend.close()
    })

    test('of a login the row holds a hash of the user, and of a visitor without one nothing', async () => {
      const table = newTable()
      await using world = await visitors(overSql(opened, table))
      await world.visitor()
      await world.visit(undefined, (session) => session.bind('ada'))
      const rows = await opened().run(`SELECT * FROM ${table}`)
      const users = rows.map((row) => row['user_key'])
      expect(users.filter((user) => user === null)).toHaveLength(1)
      expect(users.filter((user) => /^[\w-]{43}$/.test(String(user)))).toHaveLength(1)
    })

    test('of records that are read at once each is its own, and one that is damaged harms no other', async () => {
      const table = newTable()
      const backend = await opened().connect({ ...PATIENT, table })
      const keys = Array.from({ length: 9 }, key)
      for (const [index, one] of keys.entries())
        await backend.create(one, textOf(`${index}`), 60_000)
      await opened().run(`UPDATE ${table} SET version = 0 WHERE text = '${textOf('4')}'`)
      const results = await Promise.allSettled([key(), ...keys].map((one) => backend.read(one)))
      const found = results.map((one) =>
        one.status === 'fulfilled' ? one.value?.text : one.reason.code,
      )
      const texts = keys.map((_, index) => textOf(`${index}`))
      expect(found).toEqual([undefined, ...texts.with(4, 'SESSION_RECORD_CORRUPT')])
      await backend.close()
    })

    test('an error holds neither key nor text [LG-02, CU-14]', async () => {
      const table = newTable()
      const backend = await opened().connect({ ...PATIENT, table })
      await backend.read(key())
      await opened().run(`DROP TABLE ${table}`)
      const one = key()
      const failure = await backend.create(one, textOf('secret'), 60_000).catch((error) => error)
      const { inspect } = await import('node:util')
      const shown = inspect(failure, { depth: 10, showHidden: true }) + JSON.stringify(failure)
      expect(shown).toContain('npx ingot schema')
      expect(shown).not.toContain('secret')
      expect(shown).not.toContain(one)
      expect(failure.cause).toBeUndefined()
      await backend.close()
    })
  })
}
