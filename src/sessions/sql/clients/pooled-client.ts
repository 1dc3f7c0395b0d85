import type { Statement } from '../dialects/dialect.js'
import {
  SqlSilence,
  timeUntil,
  type SqlClient,
  type SqlResult,
  type SqlValue,
} from './sql-client.js'

type Done<Value> = (error: unknown, value?: Value) => void

/** A pool of connections, as the drivers for servers have it. */
export interface Pool<Connection> {
  /** Calls back once: with a connection that nobody else has, or with why there is none. */
  acquire(done: Done<Connection>): void
  run(
    connection: Connection,
    statement: Statement,
    values: readonly SqlValue[],
    done: Done<SqlResult>,
  ): void
  /** Gives a connection back that can be used again. */
  release(connection: Connection): void
  /** Cuts a connection. */
  destroy(connection: Connection): void
  /** Whether the connection is still good after an error of a statement. */
  isUsableAfter(error: unknown): boolean
  /** Closes the idle connections, and cuts those that do not close at once. */
  end(): Promise<void>
}

/**
 * Sends statements over a pool. Drivers have timeouts of their own, but leave the connection with the statement that
 * hangs in the pool, where it hangs for the next request as well: here it is cut.
 */
export class PooledClient<Connection> implements SqlClient {
  readonly address: string
  server: object = {}
  readonly #pool: Pool<Connection>

  constructor(pool: Pool<Connection>, address: string) {
    this.#pool = pool
    this.address = address
  }

  query(statement: Statement, values: readonly SqlValue[], deadline: number): Promise<SqlResult> {
    const pool = this.#pool
    return new Promise((resolve, reject) => {
      let isOver = false
      let connection: Connection | undefined
      const fail = (error: unknown): void => {
        isOver = true
        clearTimeout(timer)
        if (!pool.isUsableAfter(error)) this.server = {}
        reject(error instanceof Error ? error : new SqlSilence('unavailable'))
      }
      // After a stall of the event loop the timer fires before a reply that has already arrived is read; the
      // reply is read before `setImmediate`, and wins.
      const timer = setTimeout(() => setImmediate(late), timeUntil(deadline))
      const late = (): void => {
        if (isOver) return
        if (connection !== undefined) pool.destroy(connection)
        fail(new SqlSilence('timeout'))
      }
      pool.acquire((noConnection, acquired) => {
        if (acquired === undefined) return isOver ? undefined : fail(noConnection)
        // What was not sent in time is not sent any more.
        if (isOver) return pool.release(acquired)
        if (performance.now() >= deadline) {
          pool.release(acquired)
          return fail(new SqlSilence('timeout'))
        }
        connection = acquired
        pool.run(acquired, statement, values, (error, result) => {
          if (isOver) return
          if (result === undefined && !pool.isUsableAfter(error)) pool.destroy(acquired)
          else pool.release(acquired)
          if (result === undefined) return fail(error)
          isOver = true
          clearTimeout(timer)
          resolve(result)
        })
      })
    })
  }

  close(): Promise<void> {
    return this.#pool.end()
  }
}

/** Milliseconds that connections have to close, before they are cut. */
export const CLOSE_TIMEOUT = 250
