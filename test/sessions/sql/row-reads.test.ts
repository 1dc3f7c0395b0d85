import { describe, expect, test } from 'vitest'
import { MysqlBackend, PostgresBackend, SqliteBackend } from 'ingot/sql'
import type { SqlClient, SqlValue } from '../../../src/sessions/sql/clients/sql-client.js'
import type { Statement } from '../../../src/sessions/sql/dialects/dialect.js'
import { newKey } from '../../../src/testing/conformance/backend/opened-backend.js'

/** A table of texts, which counts the keys of each statement that reads, and can refuse one. */
class FakeTable implements SqlClient {
  readonly address = 'here'
  readonly server = {}
  readonly texts = new Map<string, string>()
  readonly reads: number[] = []
  refused: number | undefined

  constructor(readonly columns: readonly object[]) {}

  async query({ text }: Statement, values: readonly SqlValue[]) {
    if (!text.includes(' AS text')) return { rows: this.columns as never, count: 0 }
    this.reads.push(values.length)
    if (this.refused === values.length) throw Object.assign(new Error(), { code: '57014' })
    const keys = [...new Set(values as readonly string[])].filter((key) => this.texts.has(key))
    const row = (key: string) => {
      return { record: key, text: this.texts.get(key), version: 1, clock: Date.now() }
    }
    // In an order of its own, as a database gives them.
    return { rows: keys.toReversed().map(row), count: 0 }
  }

  async close() {}
}

const type = { key: 'varchar(64) ascii_bin', text: 'mediumtext utf8mb4_bin', number: 'bigint' }
const columnsOf = (types: typeof type) => [
  { name: 'key', type: types.key, is_key: true },
  { name: 'text', type: types.text },
  { name: 'version', type: types.number },
  { name: 'ends_at', type: types.number },
  { name: 'user_key', type: types.key },
]
const inMysql = () => new FakeTable(columnsOf(type))
const inPostgres = () => new FakeTable(columnsOf({ ...type, key: 'text', text: 'text' }))

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
    table.refused = 64
    const results = await Promise.allSettled(keys.map((key) => backend.read(key)))
    expect(results.slice(0, 64).every(({ status }) => status === 'rejected')).toBe(true)
    expect(results[0]).toMatchObject({ reason: { code: 'SESSION_SQL', reason: '57014' } })
    expect(results.slice(64).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })

  test('leave out a record that was large: it would hold up the small ones', async () => {
    const table = inPostgres()
    const backend = new PostgresBackend(table)
    await backend.ready()
    const small = filledWith(table, 1, () => 'x'.repeat(4096))
    const large = filledWith(table, 2, () => 'x'.repeat(4097))
    const all = [...large, ...small]
    await Promise.all(all.map((key) => backend.read(key)))
    expect(table.reads.splice(0)).toEqual([4])
    await Promise.all(all.map((key) => backend.read(key)))
    expect(table.reads).toEqual([1, 1, 1])
  })

  test('are none in SQLite, where a statement costs no round trip', async () => {
    const table = new FakeTable(columnsOf({ key: 'text', text: 'text', number: 'int' }))
    const backend = new SqliteBackend(table)
    await backend.ready()
    await Promise.all(filledWith(table, 3).map((key) => backend.read(key)))
    expect(table.reads).toEqual([1, 1, 1])
  })
})
