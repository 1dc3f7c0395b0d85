import { token, value } from 'ingot'
import { connectMysql, mysql, MysqlBackend, MysqlStore, sqlSchema } from 'ingot/sql'
import { createPool as createPlainPool, type Pool as PlainPool } from 'mysql2'
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import { startMariadb } from '../../support/mariadb-server.js'
import { describeDatabase } from './database-suite.js'

let url = ''

describeDatabase(
  'MariaDB',
  async () => {
    const server = await startMariadb(['--max-connections=300'])
    url = server.url
    const admin = createPool(url)
    return {
      connect: (options) => connectMysql(url, options),
      component: (options) => mysql(url, options),
      Backend: MysqlBackend,
      store: (options) => new MysqlStore(options),
      run: async (text) => {
        const [rows] = await admin.query<RowDataPacket[]>(text)
        return Array.isArray(rows) ? rows : []
      },
      keyless: (table) => sqlSchema('mysql', { table }).replace(' PRIMARY KEY', ''),
      longTypes: {
        key: 'varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
        text: 'longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
        version: 'bigint',
      },
      stop: async () => {
        await admin.end()
        await server.stop()
      },
    }
  },
  {
    'a pool of mysql2': (options) => {
      const pool = createPlainPool(url)
      const OwnPool = token<PlainPool>('pool')
      return {
        components: [mysql(OwnPool, options), value(OwnPool, pool)],
        use: () => pool.promise().query('SELECT 1'),
        close: () => pool.promise().end(),
      }
    },
    'a pool of mysql2/promise': (options) => {
      const pool = createPool(url)
      const OwnPool = token<Pool>('pool')
      return {
        components: [mysql(OwnPool, options), value(OwnPool, pool)],
        use: () => pool.query('SELECT 1'),
        close: () => pool.end(),
      }
    },
  },
)
