/**
 * Sessions in PostgreSQL, MySQL, MariaDB or SQLite.
 *
 * @module ingot/sql
 */
export type { SqlClient, SqlResult, SqlValue } from './clients/sql-client.js'
export { connectMysql, mysql, MysqlBackend, MysqlStore, type MysqlOptions } from './mysql.js'
export {
  connectPostgres,
  postgres,
  PostgresBackend,
  PostgresStore,
  type PostgresOptions,
} from './postgres.js'
export { sqlSchema } from './schema.js'
export type { SqlBackendOptions } from './sql-options.js'
export { SqlStoreError } from './sql-store-error.js'
export { connectSqlite, sqlite, SqliteBackend, SqliteStore, type SqliteOptions } from './sqlite.js'
export { SqlTableError } from './table-check.js'
export type { SqlTableOptions } from './table.js'
