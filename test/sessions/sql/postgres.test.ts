import { connectPostgres, postgres, PostgresBackend, PostgresStore, sqlSchema } from 'ingot/sql'
import { Pool } from 'pg'
import { startPostgres } from '../../support/postgres-server.js'
import { describeDatabase } from './database-suite.js'

describeDatabase('PostgreSQL', async () => {
  const server = await startPostgres(['max_connections=300', 'fsync=off'])
  const admin = new Pool({ connectionString: server.url })
  return {
    connect: (options) => connectPostgres(server.url, options),
    component: (options) => postgres(server.url, options),
    Backend: PostgresBackend,
    store: (options) => new PostgresStore(options),
    run: async (text) => (await admin.query(text)).rows,
    keyless: (table) => sqlSchema('postgres', { table }).replace(' PRIMARY KEY', ''),
    longTypes: { key: 'text', text: 'varchar', version: 'bigint', user: 'varchar(100)' },
    stop: async () => {
      await admin.end()
      await server.stop()
    },
  }
})
