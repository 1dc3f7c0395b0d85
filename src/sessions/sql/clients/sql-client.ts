import type { Statement } from '../dialects/dialect.js'

/** What a statement may be given. */
export type SqlValue = string | number | null

/** What came of a statement: its rows, or how many rows it changed. */
export interface SqlResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly count: number
}

/** Sends statements to a database: all that a backend needs of a driver. */
export interface SqlClient {
  /** Where the database is: for messages, without user and password. */
  readonly address: string
  /** Stands for the server: another object once a connection has failed, because the next may lead elsewhere. */
  readonly server: object
  /**
   * Runs one statement in a transaction of its own.
   *
   * @param deadline on the clock of `performance.now`, in milliseconds. By then it settles; what had not been sent
   *   is not sent any more, and the connection that has not answered is given up.
   * @throws SqlSilence when there was no connection, or no answer by then; else what the driver throws.
   */
  query(statement: Statement, values: readonly SqlValue[], deadline: number): Promise<SqlResult>
  /** Ends what it has opened itself, within a fraction of a second. */
  close(): Promise<void>
}

/** There was no answer in time, or no connection. */
export class SqlSilence extends Error {
  readonly reason: 'timeout' | 'unavailable'

  constructor(reason: 'timeout' | 'unavailable') {
    super(reason)
    this.reason = reason
  }
}

/** The milliseconds until a deadline. Timers may fire up to a millisecond early. */
export function timeUntil(deadline: number): number {
  return Math.max(0, Math.ceil(deadline - performance.now()) + 1)
}
