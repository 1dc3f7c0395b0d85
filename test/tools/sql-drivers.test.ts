import { delimiter } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { Consumer } from '../package/consumer.js'

/** Other versions of Node, where they are there. */
const newer = (process.env['INGOT_NODES'] ?? '').split(delimiter).filter(Boolean)
/** Milliseconds. A compiler takes a minute for SQLite, and longer on a busy machine. */
const COMPILING = 900_000
let consumer: Consumer

beforeAll(async () => {
  consumer = await withDrivers('better-sqlite3@12', '@electric-sql/pglite', '@libsql/client')
}, COMPILING)
afterAll(() => consumer.remove())

test.each(['better-sqlite3', '@libsql/client', '@electric-sql/pglite'])(
  'the kit for session stores passes with %s',
  async (client) => {
    expect(await consumer.execute(process.execPath, ['kit.js', client])).toBe(PASSED)
  },
)

test.runIf(newer.length > 0)(
  'it passes with better-sqlite3 13, which needs Node 22 or later',
  async () => {
    const later = await withDrivers('better-sqlite3@13')
    onTestFinished(() => later.remove())
    for (const node of newer)
      expect(await later.execute(node, ['kit.js', 'better-sqlite3']), node).toBe(PASSED)
  },
)

/** Compiles where there is no binary of a package for this machine. */
async function withDrivers(...packages: readonly string[]): Promise<Consumer> {
  const made = await Consumer.create()
  made.write('drivers/package.json', '{ "private": true }')
  await made.execute('npm', ['install', '--no-audit', '--no-fund', ...packages], 'drivers')
  made.linkAll('drivers/node_modules')
  made.write('kit.js', KIT)
  return made
}

const PASSED = 'all cases passed\n'

/** Prints what failed. */
const KIT = `
import { token, value } from 'ingot'
import { postgres, PostgresStore, sqlite, SqliteStore } from 'ingot/sql'
import { sessionStoreCases } from 'ingot/testing'

const [name] = process.argv.slice(2)
const Client = token('client')
let tables = 0
const options = () => ({ migrate: true, timeoutMs: 20_000, table: 't' + (tables += 1) })
const clients = {
  'better-sqlite3': async () => (conditions) => ({
    store: new SqliteStore(conditions),
    components: [sqlite('sessions.db', { ...options(), driver: 'better-sqlite3' })],
  }),
  '@libsql/client': async () => {
    const client = (await import('@libsql/client')).createClient({ url: 'file:libsql.db' })
    return (conditions) => ({
      store: new SqliteStore(conditions),
      components: [sqlite(Client, options()), value(Client, client)],
    })
  },
  '@electric-sql/pglite': async () => {
    const client = new (await import('@electric-sql/pglite')).PGlite()
    return (conditions) => ({
      store: new PostgresStore(conditions),
      components: [postgres(Client, options()), value(Client, client)],
    })
  },
}
const open = await clients[name]()
const cases = sessionStoreCases(async (conditions) => open(conditions))
let failures = 0
for (const { name, run } of cases)
  await run().catch((error) => {
    failures += 1
    console.log(name + ': ' + error.stack)
  })
console.log(cases.length > 30 && failures === 0 ? 'all cases passed' : cases.length + ' cases, ' + failures + ' failed')
process.exit()
`
