import { createConnection, type RowDataPacket } from 'mysql2/promise'
import {
  installMariadb,
  startMariadb as startServer,
} from '../../../test/support/mariadb-server.js'
import { pin, REST } from '../worker.js'
import type { Storage } from './storage.js'

/**
 * A MariaDB of this run alone, which does not wait for the disk: that would be what is measured.
 *
 * @throws Error when MariaDB is not installed.
 */
export async function startMariadb(): Promise<Storage> {
  installMariadb()
  const server = await startServer([
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-flush-method=nosync',
    '--max-connections=300',
  ])
  // Its connections are processes and threads of these.
  for (const pid of server.processes()) pin(pid, REST)
  const connection = await createConnection(server.url)
  const count = async (): Promise<number> => {
    const [rows] = await connection.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Questions'")
    return Number(rows[0]!['Value'])
  }
  return {
    url: server.url,
    commandsDuring: async (_server, work) => {
      const before = await count()
      await work()
      // The question itself is one.
      return (await count()) - before - 1
    },
    processes: () => server.processes(),
    stop: async () => {
      await connection.end()
      await server.stop()
    },
  }
}
