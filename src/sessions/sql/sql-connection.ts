import { CorruptRecordError } from '../backend/session-backend.js'
import { ServerClock } from '../calls/server-clock.js'
import { SessionStoreError } from '../errors/errors.js'
import type { SqlClient, SqlResult, SqlValue } from './clients/sql-client.js'
import type { Dialect, Statement } from './dialects/dialect.js'
import { reasonOf, SqlStoreError } from './sql-store-error.js'

/** What a connection is told. */
export interface SqlConnectionRules {
  readonly client: SqlClient
  readonly dialect: Dialect
  /** Milliseconds for one operation. */
  readonly timeout: number
  /** Asks the time of the database. */
  readonly clock: Statement
  /** Looks at the table, and may make it. */
  readonly prepare: () => Promise<void>
  /** Nothing is under way. */
  readonly idle: () => void
}

/** Sends statements within a deadline, which they compare with the clock of the database. */
export class SqlConnection {
  readonly #rules: SqlConnectionRules
  readonly #clock = new ServerClock()
  #prepared: Promise<void> | undefined
  #isPrepared = false
  #underWay = 0

  constructor(rules: SqlConnectionRules) {
    this.#rules = rules
  }

  get address(): string {
    return this.#rules.client.address
  }

  close(): Promise<void> {
    return this.#rules.client.close()
  }

  /** @throws SqlTableError, or SqlStoreError when the database cannot be asked. */
  async ready(): Promise<void> {
    this.#prepared ??= this.#rules.prepare()
    try {
      await this.#prepared
      this.#isPrepared = true
    } catch (error) {
      this.#prepared = undefined
      throw this.#failed('look at the table of sessions', error)
    }
  }

  /** What is left of the caller's time, and no more than the timeout, on the clock of `performance.now`. */
  until(deadline = Infinity): number {
    return Math.min(deadline, performance.now() + this.#rules.timeout)
  }

  /**
   * Runs a statement; one that the database has undone as a whole, such as in a deadlock, is sent again. What
   * reads gives the time of the database in each row, as `clock`.
   *
   * @throws SqlStoreError when it fails, or has no answer by then.
   */
  async run(
    operation: string,
    statement: Statement,
    values: readonly SqlValue[],
    until: number,
  ): Promise<SqlResult> {
    if (!this.#isPrepared) await this.ready()
    const { client, idle } = this.#rules
    this.#underWay += 1
    try {
      for (;;) {
        const sentAt = performance.now()
        try {
          const result = await client.query(statement, values, until)
          const clock = result.rows[0]?.['clock']
          if (clock !== undefined) this.#clock.learn(client.server, Number(clock), sentAt)
          return result
        } catch (error) {
          if (!this.#isSentAgain(error, until)) throw this.#failed(operation, error)
        }
        await new Promise((resolve) => setTimeout(resolve, Math.random() * RETRY))
      }
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) idle()
    }
  }

  /**
   * Attempts a write, which gives `undefined` when the database found that its deadline had passed. In time by the
   * clock of this process, that means that the database's clock was estimated too early, or set: it is asked.
   *
   * @param attempt gets the deadline on the clock of the database.
   */
  async write<Result>(
    operation: string,
    until: number,
    attempt: (limit: number) => Promise<Result | undefined>,
  ): Promise<Result> {
    const { client, clock, dialect } = this.#rules
    for (let count = 1; count <= 3; count++) {
      if (count > 1 || !this.#clock.knows(client.server))
        await this.run(operation, clock, [], until)
      try {
        const result = await attempt(this.#clock.at(until))
        if (result !== undefined) return result
      } catch (error) {
        const isLate = error instanceof SqlStoreError && error.reason === dialect.late
        if (!isLate) throw error
      }
    }
    throw this.#failure(operation, 'timeout')
  }

  #isSentAgain(error: unknown, until: number): boolean {
    const { dialect } = this.#rules
    return dialect.retryable.has(reasonOf(error, dialect)) && performance.now() + RETRY < until
  }

  #failed(operation: string, error: unknown): unknown {
    if (error instanceof SessionStoreError || error instanceof CorruptRecordError) return error
    return this.#failure(operation, reasonOf(error, this.#rules.dialect))
  }

  #failure(operation: string, reason: string): SqlStoreError {
    return new SqlStoreError(operation, reason, this.address, this.#rules.dialect)
  }
}

/** Milliseconds at most before a statement is sent again. */
const RETRY = 10
