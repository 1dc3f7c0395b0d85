import type { Dialect } from './dialects/dialect.js'
import { MYSQL } from './dialects/mysql-dialect.js'
import { POSTGRES } from './dialects/postgres-dialect.js'
import { SQLITE } from './dialects/sqlite-dialect.js'
import { schemaFor } from './dialects/statements.js'
import { tableOf, type SqlTableOptions } from './table.js'

const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgres: POSTGRES,
  sqlite: SQLITE,
  mysql: MYSQL,
}

/**
 * The statements that make the table of sessions, as `npx ingot schema` prints them: for a migration of your own.
 *
 * @throws SessionOptionError when a name or a type cannot work.
 */
export function sqlSchema(
  database: 'postgres' | 'sqlite' | 'mysql',
  options: SqlTableOptions = {},
): string {
  const statements = schemaFor(DIALECTS[database] as Dialect, tableOf(options))
  return statements.map((statement) => `${statement};`).join('\n')
}
