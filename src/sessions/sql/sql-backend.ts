import {
  CorruptRecordError,
  type BackendRecord,
  type ReplaceResult,
  type SessionBackend,
  type SessionIndex,
} from '../backend/session-backend.js'
import type { SqlClient, SqlResult, SqlValue } from './clients/sql-client.js'
import type { Dialect } from './dialects/dialect.js'
import { statementsFor, type Statements } from './dialects/statements.js'
import { BATCH, ExpiredRows } from './expired-rows.js'
import { SqlConnection } from './sql-connection.js'
import { RowReads } from './row-reads.js'
import { checkedRules, type SqlBackendOptions } from './sql-options.js'
import { SqlStoreError } from './sql-store-error.js'
import { prepareTable } from './table-check.js'

type Row = SqlResult['rows'][number]

/**
 * Keeps each record as one row of a table. A read is one statement, a write one more; each compares the version, and
 * its deadline with the clock of the database. Made by `connectPostgres`, `connectMysql` and `connectSqlite`.
 */
export abstract class SqlBackend implements SessionBackend {
  readonly index: SessionIndex
  readonly #dialect: Dialect
  readonly #statements: Statements
  readonly #connection: SqlConnection
  readonly #reads: RowReads | undefined

  protected constructor(client: SqlClient, dialect: Dialect, options: SqlBackendOptions) {
    const { table, timeoutMs, sweepInterval, now, migrate } = checkedRules(options)
    this.#dialect = dialect
    this.#statements = statementsFor(dialect, table)
    const sweep = () => this.#sweepSome()
    const expired = new ExpiredRows({ interval: sweepInterval * 1000, now, sweep })
    this.#connection = new SqlConnection({
      client,
      dialect,
      timeout: timeoutMs,
      clock: this.#statements.clock,
      prepare: () => prepareTable(client, dialect, table, migrate),
      idle: () => expired.idle(),
    })
    if (dialect.readsTogether) {
      const several = (keys: readonly string[]) => this.#select(keys)
      this.#reads = new RowReads({ one: (key) => this.#selectOne(key), several })
    }
    this.index = { list: (user, offset, limit) => this.#list(user, offset, limit) }
  }

  /** Where the database is: for messages, without user and password. */
  get address(): string {
    return this.#connection.address
  }

  /**
   * Checks that the table is there and keeps the promises; with `migrate` makes it when it is missing. The first
   * statement does so where nobody has.
   *
   * @throws SqlTableError when it cannot be used, with the remedy.
   * @throws SqlStoreError when the database cannot be asked.
   */
  ready(): Promise<void> {
    return this.#connection.ready()
  }

  /** Deletes all rows that have expired, in small batches, and says how many: for a job, where no visitor comes. */
  async sweep(): Promise<number> {
    let count = 0
    for (let deleted = BATCH; deleted === BATCH; count += deleted) deleted = await this.#sweepSome()
    return count
  }

  /** Closes the connections that it has opened itself. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    const row = this.#reads ? await this.#reads.read(key) : await this.#selectOne(key)
    return row && this.#checked(row)
  }

  create(
    key: string,
    text: string,
    ttl: number,
    deadline?: number,
    user?: string,
  ): Promise<boolean> {
    const until = this.#connection.until(deadline)
    return this.#connection.write(CREATE, until, async (limit) => {
      const values = [key, this.#dialect.pack(text), ttl, blockMask(ttl), user ?? null, limit]
      if ((await this.#insert(values, until)) > 0) return true
      if (await this.#find(key, until)) return false
      // There is a row that has expired, or the deadline has passed.
      await this.#connection.run(CREATE, this.#statements.clear, [key], until)
      return undefined
    })
  }

  replace(
    key: string,
    version: number,
    text: string,
    ttl: number,
    deadline?: number,
  ): Promise<ReplaceResult> {
    const until = this.#connection.until(deadline)
    return this.#connection.write(REPLACE, until, async (limit) => {
      const values = [this.#dialect.pack(text), ttl, blockMask(ttl), key, version, limit]
      const { count } = await this.#connection.run(REPLACE, this.#statements.replace, values, until)
      if (count > 0) return 'applied'
      const found = await this.#find(key, until)
      if (!found) return 'missing'
      return found.version === version ? undefined : found
    })
  }

  touch(
    key: string,
    version: number,
    text: string,
    ttl: number,
    deadline?: number,
  ): Promise<boolean> {
    const until = this.#connection.until(deadline)
    return this.#connection.write(TOUCH, until, async (limit) => {
      const values = [this.#dialect.pack(text), ttl, blockMask(ttl), key, version, limit]
      const { count } = await this.#connection.run(TOUCH, this.#statements.touch, values, until)
      if (count > 0) return true
      return (await this.#find(key, until))?.version === version ? undefined : false
    })
  }

  async destroy(key: string, deadline?: number): Promise<BackendRecord | undefined> {
    const until = this.#connection.until(deadline)
    const destroyed = await this.#connection.write(DESTROY, until, (limit) =>
      this.#dialect.returns
        ? this.#destroyed(key, limit, until)
        : this.#destroyedAsRead(key, limit, until),
    )
    return destroyed === 'missing' ? undefined : destroyed
  }

  async #destroyed(
    key: string,
    limit: number,
    until: number,
  ): Promise<BackendRecord | 'missing' | undefined> {
    const { destroy } = this.#statements
    const { rows } = await this.#connection.run(DESTROY, destroy, [key, limit], until)
    // What was no session is gone as well.
    if (rows[0]) return this.#recordOf(rows[0]) ?? 'missing'
    return (await this.#find(key, until)) ? undefined : 'missing'
  }

  /** Deletes the version that it has read, so that what it gives back is what was deleted. */
  async #destroyedAsRead(
    key: string,
    limit: number,
    until: number,
  ): Promise<BackendRecord | 'missing' | undefined> {
    let found = await this.#find(key, until)
    for (;;) {
      if (!found) return 'missing'
      const values = [key, limit, found.version]
      const { count } = await this.#connection.run(DESTROY, this.#statements.destroy, values, until)
      if (count > 0) return found
      const { version } = found
      found = await this.#find(key, until)
      if (found?.version === version) return undefined
    }
  }

  async #find(key: string, until: number): Promise<BackendRecord | undefined> {
    const row = await this.#selectOne(key, until)
    return row && this.#checked(row)
  }

  async #selectOne(key: string, until = this.#connection.until()): Promise<Row | undefined> {
    const { rows } = await this.#connection.run(READ, this.#statements.read, [key], until)
    return rows[0]
  }

  async #select(keys: readonly string[]): Promise<readonly Row[]> {
    const statement = this.#statements.readAll(keys.length)
    return (await this.#connection.run(READ, statement, keys, this.#connection.until())).rows
  }

  /** @throws CorruptRecordError when no backend wrote the row. */
  #checked(row: Row): BackendRecord {
    const record = this.#recordOf(row)
    if (record) return record
    throw new CorruptRecordError('the row of a session holds something else than a session')
  }

  async #list(user: string, offset: number, limit: number): Promise<string[]> {
    const list = this.#statements.list(offset, limit)
    const until = this.#connection.until()
    const { rows } = await this.#connection.run('list sessions', list, [user], until)
    return rows.map((row) => String(row['record']))
  }

  async #sweepSome(): Promise<number> {
    const sweep = this.#statements.sweep(BATCH)
    const until = this.#connection.until()
    return (await this.#connection.run('delete expired sessions', sweep, [], until)).count
  }

  /** @returns how many rows were inserted; none when the key is there. */
  async #insert(values: readonly SqlValue[], until: number): Promise<number> {
    try {
      return (await this.#connection.run(CREATE, this.#statements.create, values, until)).count
    } catch (error) {
      if (error instanceof SqlStoreError && this.#dialect.duplicates.has(error.reason)) return 0
      throw error
    }
  }

  /** `undefined` when no backend wrote the row. */
  #recordOf(row: Row): BackendRecord | undefined {
    const { text } = row
    const version = Number(row['version'])
    if (typeof text !== 'string' || !Number.isSafeInteger(version) || version < 1) return undefined
    return { text: this.#dialect.unpack(text), version }
  }
}

/** The bits over which an end is rounded up: the largest power of two within a sixteenth of the time to live, minus one. */
function blockMask(ttl: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(ttl / 16))) - 1
}

const READ = 'read a session'
const CREATE = 'create a session'
const REPLACE = 'replace a session'
const TOUCH = 'touch a session'
const DESTROY = 'destroy a session'
