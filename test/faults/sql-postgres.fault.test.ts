import { Client } from 'pg'
import { connectPostgres, PostgresBackend, PostgresStore } from '../../src/sessions/sql/index.js'
import type { DatabaseServer } from '../support/database-server.js'
import { startPostgres } from '../support/postgres-server.js'
import { describeFaults } from './support/sql-fault-suite.js'

const connected = async (url: string) => {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Connections that users may have; three more are for administrators. */
const MOST = 20

describeFaults('PostgreSQL', {
  start: () =>
    startPostgres([
      `max_connections=${MOST + 3}`,
      'superuser_reserved_connections=3',
      // Whoever waits first must still wait when the other one begins.
      'deadlock_timeout=2s',
    ]),
  connect: (port, options) => connectPostgres(urlFor('shop', port), { ...options, connections: 4 }),
  Backend: PostgresBackend,
  store: () => new PostgresStore(),
  // The server cancels the statement, or the client cuts its connection.
  heldReason: /^(?:57014|timeout)$/,
  admin: async (server: DatabaseServer) => {
    const client = await connected(server.url)
    const run = async (text: string) => (await client.query(text)).rows
    return {
      run,
      prepare: async () => {
        await run('CREATE USER shop')
        await run('GRANT CREATE, USAGE ON SCHEMA public TO shop')
      },
      readOnly: async (isOn) => {
        await run(`ALTER SYSTEM SET default_transaction_read_only = ${isOn ? 'on' : 'off'}`)
        await run('SELECT pg_reload_conf()')
        // Its own connection may be the last one that learns of it.
        await client.query('SELECT pg_sleep(0.3)')
      },
      hold: (table) => held(server.url, table, 'ROLLBACK'),
      change: (table) => held(server.url, table, 'COMMIT'),
      isolate: async (isStrict) => {
        await run(
          `ALTER ROLE shop SET default_transaction_isolation = '${isStrict ? 'serializable' : 'read committed'}'`,
        )
      },
      entangle: async (table) => {
        const holder = await connected(server.url)
        // The other one looks for a deadlock, and finds that it is in one.
        await holder.query("SET deadlock_timeout = '60s'")
        await holder.query('BEGIN')
        await holder.query(`UPDATE ${table} SET version = version`)
        return async () => {
          await holder.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
          await holder.query('ROLLBACK')
          await holder.end()
        }
      },
      waiting: async () =>
        (await run("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).length,
      deadlocks: async () => {
        const [row] = await run('SELECT sum(deadlocks) AS count FROM pg_stat_database')
        return Number(row['count'])
      },
      owner: 'postgres',
      toDisk: async (table, { folder }) => {
        await run(`CREATE TABLESPACE of_${table} LOCATION '${folder}'`)
        await run(`ALTER TABLE ${table} SET TABLESPACE of_${table}`)
      },
      occupy: async () => {
        const clients: Client[] = []
        for (;;) {
          const taken = await connected(urlFor('shop', server.port)).catch(() => undefined)
          if (!taken) break
          clients.push(taken)
        }
        return async () => {
          await Promise.all(clients.map((taken) => taken.end()))
        }
      },
      close: () => client.end(),
    }
  },
})

/** Changes all rows of a table, and ends the transaction when it is told. */
async function held(url: string, table: string, end: 'ROLLBACK' | 'COMMIT') {
  const holder = await connected(url)
  await holder.query('BEGIN')
  await holder.query(`UPDATE ${table} SET version = version`)
  return async () => {
    await holder.query(end)
    await holder.end()
  }
}

function urlFor(user: string, port: number): string {
  return `postgres://${user}@127.0.0.1:${port}/postgres`
}
