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
  start: () => startPostgres([`max_connections=${MOST + 3}`, 'superuser_reserved_connections=3']),
  connect: (port, options) => connectPostgres(urlFor('shop', port), { ...options, connections: 4 }),
  Backend: PostgresBackend,
  store: () => new PostgresStore(),
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
      hold: async (table) => {
        const holder = await connected(server.url)
        await holder.query('BEGIN')
        await holder.query(`UPDATE ${table} SET version = version`)
        return async () => {
          await holder.query('ROLLBACK')
          await holder.end()
        }
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

function urlFor(user: string, port: number): string {
  return `postgres://${user}@127.0.0.1:${port}/postgres`
}
