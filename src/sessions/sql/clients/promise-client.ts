import { systemTimer, within } from '../../calls/deadline.js'
import type { Statement } from '../dialects/dialect.js'
import {
  SqlSilence,
  timeUntil,
  type SqlClient,
  type SqlResult,
  type SqlValue,
} from './sql-client.js'

/**
 * Sends statements by a function of the application's own client, which returns a promise. One that has no answer in
 * time is given up here, and may still wait there: its statement compares the deadline with the database's clock.
 */
export class PromiseClient implements SqlClient {
  readonly address: string
  server: object = {}
  readonly #send: (statement: Statement, values: readonly SqlValue[]) => Promise<SqlResult>

  constructor(
    address: string,
    send: (statement: Statement, values: readonly SqlValue[]) => Promise<SqlResult>,
  ) {
    this.address = address
    this.#send = send
  }

  async query(
    statement: Statement,
    values: readonly SqlValue[],
    deadline: number,
  ): Promise<SqlResult> {
    try {
      const work = this.#send(statement, values)
      const late = () => new SqlSilence('timeout')
      return await within(work, timeUntil(deadline), TIMER, late)
    } catch (error) {
      this.server = {}
      throw error
    }
  }

  /** It is the application's. */
  async close(): Promise<void> {}
}

const TIMER = systemTimer()
