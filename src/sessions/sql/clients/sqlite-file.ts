import { Batch, type Group, type Waiting as InBatch } from '../../calls/batch.js'
import type { Statement } from '../dialects/dialect.js'
import { SqlSilence, type SqlClient, type SqlResult, type SqlValue } from './sql-client.js'

/** What is used of a database of `better-sqlite3`, `libsql` and `node:sqlite`: they have the same methods. */
export interface SqliteDatabase {
  prepare(text: string): SqliteStatement
  exec(text: string): unknown
  close(): void
  /** Of `better-sqlite3` and `libsql`. */
  readonly inTransaction?: boolean
}

interface SqliteStatement {
  /** Of `libsql` alone. */
  interrupt?(): unknown
  get(...values: readonly SqlValue[]): unknown
  all(...values: readonly SqlValue[]): unknown
  run(...values: readonly SqlValue[]): { readonly changes: number | bigint }
}

/**
 * Runs statements on a file, in this process. While another process writes, statements are tried again until their
 * deadline, and the event loop goes on: `busy_timeout` would stop it. They wait in one line, of which the first is
 * tried, so that none is overtaken until its time is up, and that a busy file is not asked by all of them. In a file of
 * ours, the reads of one turn of the event loop share a transaction, and its writes another, which locks the file and
 * writes its log once. A database of the application may be in a transaction of its own.
 */
export class SqliteFile implements SqlClient {
  readonly address: string
  readonly server = {}
  readonly #database: SqliteDatabase
  readonly #isOurs: boolean
  readonly #statements = new Map<string, SqliteStatement>()
  readonly #reads = this.#together('BEGIN')
  readonly #writes = this.#together('BEGIN IMMEDIATE')
  #line: Waiting[] = []

  constructor(database: SqliteDatabase, address: string, isOurs: boolean) {
    this.#database = database
    this.address = address
    this.#isOurs = isOurs
  }

  async query(
    statement: Statement,
    values: readonly SqlValue[],
    deadline: number,
  ): Promise<SqlResult> {
    const item = { statement, values, deadline }
    if (this.#isOurs) return (isRead(statement) ? this.#reads : this.#writes).add(item)
    return new Promise((resolve, reject) => this.#runOrWait({ item, resolve, reject }))
  }

  #together(begin: Begin): Batch<Query, SqlResult> {
    return new Batch((groups) => {
      for (const group of groups) this.#runTogether(group, begin)
    })
  }

  #runTogether(group: Group<Query, SqlResult>, begin: Begin): void {
    if (group.length > 1 && (this.#line.length === 0 || begin === 'BEGIN')) {
      try {
        const work = () => group.map(({ item }) => this.#runInTime(item))
        const results = this.#inTransaction(work, begin)
        for (const [index, { resolve }] of group.entries()) resolve(results[index] as SqlResult)
        return
      } catch {
        // Nothing of it was done: each is tried alone, and fails alone.
      }
    }
    for (const one of group) this.#runOrWait(one)
  }

  #runOrWait(waiting: Waiting): void {
    const { item, resolve, reject } = waiting
    if (this.#line.length === 0 || isRead(item.statement)) {
      try {
        return resolve(this.#runInTime(item))
      } catch (error) {
        if (!isBusy(error) || isOver(item.deadline)) return reject(error)
      }
    }
    this.#line.push(waiting)
    if (this.#line.length === 1) void this.#serveLine()
  }

  #runInTime({ statement, values, deadline }: Query): SqlResult {
    if (performance.now() >= deadline) throw new SqlSilence('timeout')
    return this.#run(statement, values)
  }

  async #serveLine(): Promise<void> {
    while (this.#line.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * LONGEST_PAUSE))
      // Once the file is free, several in a row, but other processes wait as well.
      const until = performance.now() + LONGEST_TURN
      while (this.#serveFirst() && performance.now() < until);
    }
  }

  /** @returns whether the next one may be tried. */
  #serveFirst(): boolean {
    const [first] = this.#line
    if (!first) return false
    try {
      first.resolve(this.#run(first.item.statement, first.item.values))
    } catch (error) {
      if (isBusy(error)) {
        this.#refuseLate(error)
        return false
      }
      first.reject(error)
    }
    this.#line.shift()
    return true
  }

  #refuseLate(error: unknown): void {
    const late = this.#line.filter(({ item }) => isOver(item.deadline))
    if (late.length === 0) return
    this.#line = this.#line.filter((one) => !late.includes(one))
    for (const one of late) one.reject(error)
  }

  #run(given: Statement, values: readonly SqlValue[]): SqlResult {
    const statement = this.#prepared(given.text)
    const leavesOpen = statement.interrupt !== undefined && !isRead(given)
    if (!leavesOpen || this.#database.inTransaction) return resultOf(statement, given, values)
    // `libsql` leaves a statement open that found the file busy, and with it the moment that this connection reads at:
    // what other processes write meanwhile it would not see. So the file is taken first, by a statement that ends.
    return this.#inTransaction(() => resultOf(statement, given, values), 'BEGIN IMMEDIATE')
  }

  #inTransaction<Result>(work: () => Result, begin: Begin): Result {
    const database = this.#database
    database.exec(begin)
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // After some errors SQLite has done so itself, and there is no transaction any more.
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

function resultOf(
  statement: SqliteStatement,
  { gives }: Statement,
  values: readonly SqlValue[],
): SqlResult {
  if (gives === 'row') {
    const row = statement.get(...values) as SqlResult['rows'][number] | undefined
    return { rows: row ? [row] : [], count: 0 }
  }
  if (gives === 'rows') return { rows: statement.all(...values) as SqlResult['rows'], count: 0 }
  return { rows: [], count: Number(statement.run(...values).changes) }
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

type Begin = 'BEGIN' | 'BEGIN IMMEDIATE'

interface Query {
  readonly statement: Statement
  readonly values: readonly SqlValue[]
  readonly deadline: number
}

/** What waits for the file. */
type Waiting = InBatch<Query, SqlResult>

/** Who reads does not wait for who writes. */
function isRead({ text }: Statement): boolean {
  return text.startsWith('SELECT')
}

/** Whether there is no time for another attempt. */
function isOver(deadline: number): boolean {
  return performance.now() + MARGIN >= deadline
}

/** Milliseconds. */
const MARGIN = 10
/** Milliseconds beyond the first, never the same, so that processes do not meet again and again. */
const LONGEST_PAUSE = 2
/** Milliseconds. */
const LONGEST_TURN = 4
