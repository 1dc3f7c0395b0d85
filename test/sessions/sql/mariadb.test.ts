import { connectMysql, mysql, MysqlBackend, MysqlStore, sqlSchema } from 'ingot/sql'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import { startMariadb } from '../../support/mariadb-server.js'
import { describeDatabase } from './database-suite.js'

describeDatabase('MariaDB', async () => {
  const server = await startMariadb(['--max-connections=300'])
  const admin = createPool(server.url)
  return {
    connect: (options) => connectMysql(server.url, options),
    component: (options) => mysql(server.url, options),
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
})
