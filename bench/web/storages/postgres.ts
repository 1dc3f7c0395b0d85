import { Client } from 'pg'
import {
  installPostgres,
  startPostgres as startServer,
} from '../../../test/support/postgres-server.js'
import { pin, REST } from '../worker.js'
import type { Storage } from './storage.js'

/**
 * A PostgreSQL of this run alone, which does not wait for the disk: that would be what is measured.
 *
 * @throws Error when PostgreSQL is not installed.
 */
export async function startPostgres(): Promise<Storage> {
  installPostgres()
  const server = await startServer([
    'fsync=off',
    'synchronous_commit=off',
    'max_connections=300',
    'shared_preload_libraries=pg_stat_statements',
  ])
  // Its connections are processes and threads of these.
  for (const pid of server.processes()) pin(pid, REST)
  const client = new Client({ connectionString: server.url })
  await client.connect()
  await client.query('CREATE EXTENSION pg_stat_statements')
  const count = async (): Promise<number> => {
    const { rows } = await client.query<{ count: string }>(
      "SELECT sum(calls) AS count FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'",
    )
    return Number(rows[0]!.count)
  }
  return {
    url: server.url,
    commandsDuring: async (_server, work) => {
      const before = await count()
      await work()
      return (await count()) - before
    },
    processes: () => server.processes(),
    stop: async () => {
      await client.end()
      await server.stop()
    },
  }
}
