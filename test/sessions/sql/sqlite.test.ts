import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { token, value } from 'ingot'
import { connectSqlite, sqlite, SqliteBackend, SqliteStore, sqlSchema } from 'ingot/sql'
import { describeDatabase } from './database-suite.js'
import { openAdmin } from './sqlite-admin.js'

let path = ''

describeDatabase(
  'SQLite',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ingot-sqlite-'))
    path = join(folder, 'sessions.db')
    const admin = await openAdmin(path)
    return {
      connect: (options) => connectSqlite(path, options),
      component: (options) => sqlite(path, options),
      Backend: SqliteBackend,
      store: (options) => new SqliteStore(options),
      run: admin.run,
      keyless: (table) => sqlSchema('sqlite', { table }).replace(' PRIMARY KEY', ''),
      longTypes: { key: 'varchar(43)', text: 'CLOB', version: 'BIGINT' },
      stop: async () => {
        admin.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
  {
    'a database': async (options) => {
      const { database, run, close } = await openAdmin(path)
      const Database = token<typeof database>('database')
      return {
        components: [sqlite(Database, options), value(Database, database)],
        use: () => run('SELECT 1'),
        close: async () => close(),
      }
    },
  },
)
