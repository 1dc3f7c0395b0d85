import { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { token, value } from 'ingot'
import { connectPostgres, postgres, PostgresBackend, PostgresStore, sqlSchema } from 'ingot/sql'
import { Pool } from 'pg'
import connectSql, { type Sql } from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { startPostgres } from '../../support/postgres-server.js'
import { describeDatabase } from './database-suite.js'

let url = ''

describeDatabase(
  'PostgreSQL',
  async () => {
    const server = await startPostgres(['max_connections=300', 'fsync=off'])
    url = server.url
    const admin = new Pool({ connectionString: url })
    return {
      connect: (options) => connectPostgres(url, options),
      component: (options) => postgres(url, options),
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
  },
  {
    'a Pool': (options) => {
      const pool = new Pool({ connectionString: url, max: 4 })
      return {
        components: [postgres(Pool, options), value(Pool, pool)],
        use: () => pool.query('SELECT 1'),
        close: () => pool.end(),
      }
    },
    'the sql of postgres': (options) => {
      const sql = connectSql(url, { max: 4, onnotice: () => {} })
      const SqlToken = token<Sql>('sql')
      return {
        components: [postgres(SqlToken, options), value(SqlToken, sql)],
        use: () => sql`SELECT 1`,
        close: () => sql.end(),
      }
    },
  },
)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('a connection that PostgreSQL ends while it is idle fails nothing, and the next call opens another', async () => {
  const server = await startPostgres(['fsync=off'])
  const admin = new Pool({ connectionString: server.url })
  await admin.query('SELECT 1')
  const opened: WeakRef<Socket>[] = []
  const { connect } = Socket.prototype
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    opened.push(new WeakRef(this))
    return Reflect.apply(connect, this, given)
  }
  onTestFinished(() => void (Socket.prototype.connect = connect))
  const backend = await connectPostgres(server.url)
  await admin.query(sqlSchema('postgres'))
  const read = () => backend.read('a')
  expect(await read()).toBeUndefined()
  const { rows } = await admin.query(
    "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE application_name = 'ingot'",
  )
  expect(rows).toEqual([{ ended: true }])
  await expect.poll(() => read().catch(() => 'failed')).toBeUndefined()
  // Nothing is kept of the one that has ended.
  const first = opened[0]!
  await expect.poll(() => (collect(), first.deref())).toBeUndefined()
  await backend.close()
  await admin.end()
  await server.stop()
})
