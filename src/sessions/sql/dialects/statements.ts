import type { Column, Table } from '../table.js'
import type { Dialect, Statement } from './dialect.js'

/** What a backend sends, for one table of one kind of database. Values come in the order of the comments. */
export interface Statements {
  readonly clock: Statement
  /** key */
  readonly read: Statement
  /** so many keys */
  readAll(count: number): Statement
  /** key, text, ttl, mask, user, deadline */
  readonly create: Statement
  /** text, ttl, mask, key, version, deadline */
  readonly replace: Statement
  /** text, ttl, mask, key, version, deadline */
  readonly touch: Statement
  /** key, deadline; and the version where the database cannot give back what it deleted */
  readonly destroy: Statement
  /** key: only what has ended */
  readonly clear: Statement
  /** user */
  list(offset: number, limit: number): Statement
  sweep(count: number): Statement
}

/** Makes the statements: one for each verb, and each compares the deadline with the clock of the database. */
export function statementsFor(dialect: Dialect, table: Table): Statements {
  const { clock, clockOfStatement } = dialect
  const name = quotedTable(dialect, table)
  const { key, text, version, endsAt, user } = quotedColumns(dialect, table)
  const row = (sql: string): Statement => ({ text: numbered(dialect, sql), gives: 'row' })
  const rows = (sql: string): Statement => ({ text: numbered(dialect, sql), gives: 'rows' })
  const count = (sql: string): Statement => ({ text: numbered(dialect, sql), gives: 'count' })
  const isLive = `${endsAt} > ${clock}`
  // Rounded up to the end of a block, so that most writes leave the column and its index as they are.
  const end = `(${clock} + #) | #`
  const record = `${text} AS text, ${version} AS version`
  // What RETURNING gives is computed when the row is held and changed, and an error undoes the change.
  const inTime = dialect.late === undefined ? ` AND ${clock} < #` : ''
  const orFails = `1 / (${clock} < #)::integer`
  const returning = dialect.late === undefined ? '' : ` RETURNING ${orFails}`
  const readsOf = new Map<number, Statement>()
  return {
    clock: row(`SELECT ${clock} AS clock`),
    read: row(`SELECT ${record}, ${clock} AS clock FROM ${name} WHERE ${key} = ? AND ${isLive}`),
    readAll: (size) => {
      const known = readsOf.get(size)
      if (known) return known
      const parameters = Array.from({ length: size }, () => '?').join(', ')
      const statement = rows(
        `SELECT ${key} AS record, ${record}, ${clock} AS clock FROM ${name} WHERE ${key} IN (${parameters}) AND ${isLive}`,
      )
      readsOf.set(size, statement)
      return statement
    },
    create: count(
      `INSERT INTO ${name} (${key}, ${text}, ${version}, ${endsAt}, ${user}) SELECT ?, ?, 1, ${end}, ? ${dialect.noTable} WHERE ${clock} < # ${dialect.ifAbsent}`,
    ),
    replace: count(
      `UPDATE ${name} SET ${text} = ?, ${version} = ${version} + 1, ${endsAt} = ${end} WHERE ${key} = ? AND ${version} = # AND ${isLive}${inTime}${returning}`,
    ),
    touch: count(
      `UPDATE ${name} SET ${text} = ?, ${endsAt} = ${end} WHERE ${key} = ? AND ${version} = # AND ${isLive}${inTime}${returning}`,
    ),
    destroy: dialect.returns
      ? rows(
          `DELETE FROM ${name} WHERE ${key} = ? AND ${isLive}${inTime} RETURNING ${record}${dialect.late === undefined ? '' : `, ${orFails}`}`,
        )
      : count(`DELETE FROM ${name} WHERE ${key} = ? AND ${isLive}${inTime} AND ${version} = #`),
    clear: count(`DELETE FROM ${name} WHERE ${key} = ? AND ${endsAt} <= ${clock}`),
    list: (offset, limit) =>
      rows(
        `SELECT ${key} AS record FROM ${name} WHERE ${user} = ? AND ${isLive} ORDER BY ${key} LIMIT ${limit} OFFSET ${offset}`,
      ),
    sweep: (most) =>
      count(dialect.deleteSome(name, key, `${endsAt} <= ${clockOfStatement}`, endsAt, most)),
  }
}

/** The statements that make the table, in their order. */
export function schemaFor(dialect: Dialect, table: Table): readonly string[] {
  const name = quotedTable(dialect, table)
  const columns = quotedColumns(dialect, table)
  const type = (column: Column) => table.types[column] ?? dialect.types[column]
  const indexes = [
    { name: `${table.name}_user`, column: columns.user },
    { name: `${table.name}_ends`, column: columns.endsAt },
  ].map((index) => ({ ...index, name: quoted(dialect, index.name) }))
  const lines = [
    `${columns.key} ${type('key')} NOT NULL PRIMARY KEY`,
    `${columns.text} ${type('text')} NOT NULL`,
    `${columns.version} ${type('version')} NOT NULL`,
    `${columns.endsAt} ${type('endsAt')} NOT NULL`,
    `${columns.user} ${type('user')}`,
    ...(dialect.inlineIndexes
      ? indexes.map((index) => `INDEX ${index.name} (${index.column})`)
      : []),
  ]
  const create = `CREATE TABLE IF NOT EXISTS ${name} (\n  ${lines.join(',\n  ')}\n)${dialect.tableSuffix}`
  if (dialect.inlineIndexes) return [create]
  return [create, ...indexes.map((index) => createIndex(dialect, table, index))]
}

/** In SQLite the schema stands before the index, elsewhere before the table. */
function createIndex(
  dialect: Dialect,
  table: Table,
  { name, column }: { readonly name: string; readonly column: string },
): string {
  const isBeforeIndex = dialect.name === 'SQLite' && table.schema !== undefined
  const index = isBeforeIndex ? `${quoted(dialect, table.schema)}.${name}` : name
  const on = isBeforeIndex ? quoted(dialect, table.name) : quotedTable(dialect, table)
  return `CREATE INDEX IF NOT EXISTS ${index} ON ${on} (${column})`
}

/** Every parameter is used once, so that all databases take the same values in the same order. */
function numbered(dialect: Dialect, sql: string): string {
  let index = 0
  return sql.replaceAll(/[?#]/g, (kind) => dialect.parameter(kind as '?' | '#', (index += 1)))
}

function quotedTable(dialect: Dialect, { schema, name }: Table): string {
  const table = quoted(dialect, name)
  return schema === undefined ? table : `${quoted(dialect, schema)}.${table}`
}

function quotedColumns(dialect: Dialect, { columns }: Table): Readonly<Record<Column, string>> {
  const entries = Object.entries(columns).map(([column, name]) => [column, quoted(dialect, name)])
  return Object.fromEntries(entries) as Record<Column, string>
}

/** Names hold no quotes: `tableOf` has checked them. */
function quoted({ quote }: Dialect, name: string): string {
  return quote + name + quote
}
