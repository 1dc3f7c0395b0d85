import { describe, expect, test } from 'vitest'
import { MysqlBackend, PostgresBackend, SqliteBackend } from 'ingot/sql'
import { newKey } from '../../../src/testing/conformance/backend/opened-backend.js'
import { inMysql, inPostgres, type FakeTable } from './clients/fake-table.js'

function filledWith(table: FakeTable, count: number, text = (key: string) => `text of ${key}`) {
  const keys = Array.from({ length: count }, newKey)
  for (const key of keys) table.texts.set(key, text(key))
  return keys
}

describe.each([
  ['PostgreSQL', inPostgres, PostgresBackend],
  ['MySQL', inMysql, MysqlBackend],
] as const)('what %s is asked for in one turn of the event loop', (_name, open, Backend) => {
  test('is read by one statement for at most 64 keys, and each gets its own', async () => {
    const table = open()
    const backend = new Backend(table)
    await backend.ready()
    const keys = filledWith(table, 70)
    const records = await Promise.all(keys.map((key) => backend.read(key)))
    expect(records.map((record) => record?.text)).toEqual(keys.map((key) => `text of ${key}`))
    expect(table.reads).toEqual([64, 8])
  })

  test('is read by statements of few sizes, so that few are prepared', async () => {
    const table = open()
    const backend = new Backend(table)
    await backend.ready()
    for (let count = 1; count <= 64; count++)
      await Promise.all(filledWith(table, count).map((key) => backend.read(key)))
    expect([...new Set(table.reads)]).toEqual([1, 2, 4, 8, 16, 32, 64])
  })
})

describe('reads that travel together', () => {
  test('find nothing where there is nothing, and the same record for two requests of one visitor', async () => {
    const table = inPostgres()
    const backend = new PostgresBackend(table)
    await backend.ready()
    const [one] = filledWith(table, 1) as [string]
    const records = await Promise.all([one, newKey(), one].map((key) => backend.read(key)))
    expect(records.map((record) => record?.text)).toEqual([
      `text of ${one}`,
      undefined,
      `text of ${one}`,
    ])
    expect(table.reads).toEqual([4])
  })

  test('fail together, and those of another statement do not', async () => {
    const table = inPostgres()
    const backend = new PostgresBackend(table)
    await backend.ready()
    const keys = filledWith(table, 66)
    table.refuse = (count) => (count === 64 ? '57014' : undefined)
    const results = await Promise.allSettled(keys.map((key) => backend.read(key)))
    expect(results.slice(0, 64).every(({ status }) => status === 'rejected')).toBe(true)
    expect(results[0]).toMatchObject({ reason: { code: 'SESSION_SQL', reason: '57014' } })
    expect(results.slice(64).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })

  test('leave out a record that was large: it would hold up the small ones', async () => {
    const table = inPostgres()
    const backend = new PostgresBackend(table)
    await backend.ready()
    const small = filledWith(table, 2, () => 'x'.repeat(4096))
    const large = filledWith(table, 2, () => 'x'.repeat(4097))
    const all = [...large, ...small]
    await Promise.all(all.map((key) => backend.read(key)))
    expect(table.reads.splice(0)).toEqual([4])
    await Promise.all(all.map((key) => backend.read(key)))
    expect(table.reads.toSorted((one, other) => one - other)).toEqual([1, 1, 2])
  })

  test('are none in SQLite, where a statement costs no round trip', async () => {
    const table = inPostgres()
    const backend = new SqliteBackend(table)
    await backend.ready()
    await Promise.all(filledWith(table, 3).map((key) => backend.read(key)))
    expect(table.reads).toEqual([1, 1, 1])
  })
})
