import type { Column, Table } from '../table.js'

/** A statement, and what it is run for: `row` is one row at most, which drivers of SQLite give in half the time. */
export interface Statement {
  readonly text: string
  readonly gives: 'row' | 'rows' | 'count'
}

/** What a database is asked about a table: a row for each column, with `name`, `type` and `is_key`. */
export interface TableQuestion {
  readonly statement: Statement
  readonly values: readonly (string | null)[]
}

/** What differs from one database to another, as data. */
export interface Dialect {
  /** In messages. */
  readonly name: 'PostgreSQL' | 'SQLite' | 'MySQL'
  /** The name that `npx ingot schema` takes. */
  readonly command: 'postgres' | 'sqlite' | 'mysql'
  readonly quote: '"' | '`'
  /** The default type of each column. */
  readonly types: Readonly<Record<Column, string>>
  /** What a type has to be, as `tableQuestion` gives it, for the promises to hold. */
  readonly fits: Readonly<Record<Column, RegExp>>
  /** Milliseconds since 1970, whole, on the clock of the database at the time of evaluation. */
  readonly clock: string
  /** The same, but one moment for a whole statement, so that an index can be used. */
  readonly clockOfStatement: string
  /** What a SELECT without a table reads from. */
  readonly noTable: string
  /** The parameters of a statement, in their order: `?` is a text, `#` a whole number. */
  parameter(kind: '?' | '#', index: number): string
  /** After INSERT: writes nothing when the key is there. Empty where that is an error, one of `duplicates`. */
  readonly ifAbsent: string
  /** Whether reads of one turn of the event loop share a statement: where each is a round trip. */
  readonly readsTogether: boolean
  /** Whether DELETE can give back what it removed. */
  readonly returns: boolean
  /** Deletes at most so many rows of which the condition holds, without waiting for locks of others. */
  deleteSome(table: string, key: string, condition: string, order: string, count: number): string
  /** Whether indexes are part of CREATE TABLE. */
  readonly inlineIndexes: boolean
  /** After the columns of CREATE TABLE. */
  readonly tableSuffix: string
  tableQuestion(table: Table): TableQuestion
  /** Errors after which the same statement may be sent again: nothing of it was done. */
  readonly retryable: ReadonlySet<string>
  /**
   * The code of the error of a write whose deadline has passed, where the database looks at its clock only before it
   * waits for a row: there the write fails when it has the row. Elsewhere it changes nothing.
   */
  readonly late: string | undefined
  /** Errors of an INSERT whose key is there. */
  readonly duplicates: ReadonlySet<string>
  /** Errors of CREATE when another process was first. */
  readonly alreadyThere: ReadonlySet<string>
  /** A text as it is stored, and back. */
  pack(text: string): string
  unpack(stored: string): string
  /** What the code of an error means, and what to do. */
  readonly explanations: Readonly<Record<string, string>>
}
