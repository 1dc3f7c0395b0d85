import type { Statement } from '../dialects/dialect.js'
import { SqlSilence, type SqlClient, type SqlResult, type SqlValue } from './sql-client.js'

/** What is used of a database of `better-sqlite3`, `libsql` and `node:sqlite`: they have the same methods. */
export interface SqliteDatabase {
  prepare(text: string): SqliteStatement
  exec(text: string): unknown
  close(): void
}

interface SqliteStatement {
  get(...values: readonly SqlValue[]): unknown
  all(...values: readonly SqlValue[]): unknown
  run(...values: readonly SqlValue[]): { readonly changes: number | bigint }
}

/**
 * Runs statements on a file, in this process. While another process writes, a statement is tried again until its
 * deadline, and the event loop goes on: `busy_timeout` would stop it.
 */
export class SqliteFile implements SqlClient {
  readonly address: string
  readonly server = {}
  readonly #database: SqliteDatabase
  readonly #isOurs: boolean
  readonly #statements = new Map<string, SqliteStatement>()

  constructor(database: SqliteDatabase, address: string, isOurs: boolean) {
    this.#database = database
    this.address = address
    this.#isOurs = isOurs
  }

  async query(
    { text, gives }: Statement,
    values: readonly SqlValue[],
    deadline: number,
  ): Promise<SqlResult> {
    for (let attempt = 1; ; attempt++) {
      if (performance.now() >= deadline) throw new SqlSilence('timeout')
      try {
        const statement = this.#prepared(text)
        if (gives === 'row') {
          const row = statement.get(...values) as SqlResult['rows'][number] | undefined
          return { rows: row ? [row] : [], count: 0 }
        }
        if (gives === 'rows')
          return { rows: statement.all(...values) as SqlResult['rows'], count: 0 }
        return { rows: [], count: Number(statement.run(...values).changes) }
      } catch (error) {
        if (!isBusy(error) || performance.now() + LONGEST_PAUSE >= deadline) throw error
      }
      await pause(attempt)
    }
  }

  async close(): Promise<void> {
    if (this.#isOurs) this.#database.close()
  }

  #prepared(text: string): SqliteStatement {
    const known = this.#statements.get(text)
    if (known) return known
    const statement = this.#database.prepare(text)
    this.#statements.set(text, statement)
    return statement
  }
}

/** The code of an error of SQLite as a word; `node:sqlite` has it as a number (sqlite.org/rescode.html). */
export function sqliteCode(error: unknown): string | undefined {
  const { code, errcode } = Object(error) as { code?: unknown; errcode?: unknown }
  if (typeof errcode === 'number') return CODES[errcode & 0xff] ?? 'SQLITE_ERROR'
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined
}

export function isBusy(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/.test(sqliteCode(error) ?? '')
}

const CODES: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
}

/** Milliseconds. */
const LONGEST_PAUSE = 10

/** Longer from one attempt to the next, and never the same, so that processes do not meet again and again. */
function pause(attempt: number): Promise<void> {
  const milliseconds = Math.min(LONGEST_PAUSE, attempt) * (0.5 + Math.random() / 2)
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
