import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { connectMysql, MysqlBackend, MysqlStore } from '../../src/sessions/sql/index.js'
import type { DatabaseServer } from '../support/database-server.js'
import { startMariadb } from '../support/mariadb-server.js'
import { describeFaults } from './support/sql-fault-suite.js'

const connected = async (url: string) => {
  const connection = await createConnection(url)
  connection.on('error', () => {})
  return connection
}

describeFaults('MariaDB', {
  // One more is for an administrator.
  start: () => startMariadb(['--max-connections=20']),
  connect: (port, options) => connectMysql(urlFor('shop', port), { ...options, connections: 4 }),
  Backend: MysqlBackend,
  store: () => new MysqlStore(),
  heldReason: /^ER_LOCK_WAIT_TIMEOUT$/,
  admin: async (server: DatabaseServer) => {
    const connection = await connected(server.url)
    const run = async (text: string) => {
      const [rows] = await connection.query<RowDataPacket[]>(text)
      return Array.isArray(rows) ? rows : []
    }
    return {
      run,
      prepare: async () => {
        await run("CREATE USER shop@'%'")
        await run("GRANT ALL ON shop.* TO shop@'%'")
      },
      readOnly: async (isOn) => {
        await run(`SET GLOBAL read_only = ${isOn ? 1 : 0}`)
      },
      hold: async (table) => {
        const holder = await connected(server.url)
        await holder.query('BEGIN')
        await holder.query(`SELECT * FROM ${table} FOR UPDATE`)
        return async () => {
          await holder.query('ROLLBACK')
          await holder.end()
        }
      },
      change: async (table) => {
        const holder = await connected(server.url)
        await holder.query('BEGIN')
        await holder.query(`UPDATE ${table} SET user_key = 'somebody'`)
        return async () => {
          await holder.query('COMMIT')
          await holder.end()
        }
      },
      isolate: async (isStrict) => {
        await run(
          `SET GLOBAL TRANSACTION ISOLATION LEVEL ${isStrict ? 'SERIALIZABLE' : 'REPEATABLE READ'}`,
        )
      },
      entangle: async (table) => {
        const holder = await connected(server.url)
        await holder.query('CREATE TABLE IF NOT EXISTS weights (weight int)')
        await holder.query('BEGIN')
        // The transaction that has changed less is the victim.
        await holder.query(`INSERT INTO weights VALUES ${Array(100).fill('(1)').join()}`)
        // A write waits for the rows; who wants to write them, too, then waits for the write.
        await holder.query(`SELECT * FROM ${table} LOCK IN SHARE MODE`)
        return async () => {
          await holder.query(`SELECT * FROM ${table} FOR UPDATE`)
          await holder.query('ROLLBACK')
          await holder.end()
        }
      },
      waiting: async () => {
        const text = "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
        return (await run(text)).length
      },
      deadlocks: async () => {
        const [row] = await run("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
        return Number(row?.['Value'])
      },
      owner: 'root',
      toDisk: async (table, { folder }) => {
        const [row] = await run(`SHOW CREATE TABLE ${table}`)
        await run(`DROP TABLE ${table}`)
        await run(`${row?.['Create Table']} DATA DIRECTORY = '${folder}'`)
      },
      occupy: async () => {
        const taken: Connection[] = []
        for (;;) {
          const one = await connected(urlFor('shop', server.port)).catch(() => undefined)
          if (!one) break
          taken.push(one)
        }
        return async () => {
          await Promise.all(taken.map((one) => one.end()))
        }
      },
      close: () => connection.end(),
    }
  },
})

function urlFor(user: string, port: number): string {
  return `mysql://${user}@127.0.0.1:${port}/shop`
}
