import { SessionStoreError } from '../errors/errors.js'
import type { SqlClient } from './clients/sql-client.js'
import type { Dialect } from './dialects/dialect.js'
import { schemaFor } from './dialects/statements.js'
import { reasonOf } from './sql-store-error.js'
import { COLUMNS, type Column, type Table } from './table.js'

/** The table of sessions is missing, old, or cannot keep the promises. */
export class SqlTableError extends SessionStoreError {
  override readonly code = 'SESSION_SQL_TABLE'

  constructor(dialect: Dialect, address: string, table: Table, problem: string) {
    const name = table.schema === undefined ? table.name : `${table.schema}.${table.name}`
    super(
      `sessions cannot be kept in the table ${name} of ${dialect.name} at ${address}: ${problem}`,
      {
        reason: 'table',
      },
    )
  }
}

/**
 * Looks whether the table is as sessions need it, and makes one that is missing if it may.
 *
 * @throws SqlTableError when it cannot be used, with the remedy.
 */
export async function prepareTable(
  client: SqlClient,
  dialect: Dialect,
  table: Table,
  migrate: boolean,
): Promise<void> {
  let found = await columnsOf(client, dialect, table)
  if (found.size === 0 && migrate) {
    await makeTable(client, dialect, table)
    found = await columnsOf(client, dialect, table)
  }
  const problem = problemOf(dialect, table, found)
  if (problem !== undefined) throw new SqlTableError(dialect, client.address, table, problem)
}

interface FoundColumn {
  readonly type: string
  readonly isKey: boolean
}

async function columnsOf(
  client: SqlClient,
  dialect: Dialect,
  table: Table,
): Promise<ReadonlyMap<string, FoundColumn>> {
  const { statement, values } = dialect.tableQuestion(table)
  const { rows } = await client.query(statement, values, performance.now() + PATIENCE)
  return new Map(
    rows.map(({ name, type, is_key: isKey }) => [
      String(name),
      { type: String(type), isKey: isKey === true || Number(isKey) === 1 },
    ]),
  )
}

/** Every process may do so at once: all but one find that the table is there by then. */
async function makeTable(client: SqlClient, dialect: Dialect, table: Table): Promise<void> {
  for (const text of schemaFor(dialect, table)) await make(client, dialect, text)
}

async function make(client: SqlClient, dialect: Dialect, text: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query({ text, gives: 'count' }, [], performance.now() + PATIENCE)
      return
    } catch (error) {
      const reason = reasonOf(error, dialect)
      const isRaced = dialect.alreadyThere.has(reason) || dialect.retryable.has(reason)
      if (!isRaced || attempt === 10) throw error
    }
  }
}

function problemOf(
  dialect: Dialect,
  table: Table,
  found: ReadonlyMap<string, FoundColumn>,
): string | undefined {
  const print = `npx ingot schema ${dialect.command}`
  if (found.size === 0)
    return `there is no such table. Run what \`${print}\` prints, or give \`migrate: true\`.`
  for (const column of COLUMNS) {
    const name = table.columns[column]
    const there = found.get(name)
    if (!there)
      return `it has no column ${name}. It is another table, or an old one: name another with \`table\`, or compare it with what \`${print}\` prints.`
    if (!dialect.fits[column].test(there.type))
      return `its column ${name} is ${there.type.trim()}, and has to be ${dialect.types[column]}. ${alter(dialect, table, column)}`
  }
  const { key } = table.columns
  if (found.get(key)?.isKey !== true)
    return `its column ${key} is no primary key, so two sessions could begin under one id. Run ALTER TABLE ${table.name} ADD PRIMARY KEY (${key}).`
  return undefined
}

function alter(dialect: Dialect, { name, columns, types }: Table, column: Column): string {
  const type = types[column] ?? dialect.types[column]
  const change =
    dialect.name === 'PostgreSQL'
      ? `ALTER COLUMN ${columns[column]} TYPE ${type}`
      : `MODIFY ${columns[column]} ${type}`
  return dialect.name === 'SQLite' ? 'Make the table anew.' : `Run ALTER TABLE ${name} ${change}.`
}

/** Milliseconds for one statement about the table: several processes may make it at once. */
const PATIENCE = 5000
