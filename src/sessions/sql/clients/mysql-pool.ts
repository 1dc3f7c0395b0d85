import type { Statement } from '../dialects/dialect.js'
import { CLOSE_TIMEOUT, type Pool } from './pooled-client.js'
import type { SqlResult, SqlValue } from './sql-client.js'

/** What is used of a connection of `mysql2`. */
interface MysqlConnection {
  execute(
    text: string,
    values: readonly SqlValue[],
    done: (error: unknown, result: unknown) => void,
  ): void
  query(text: string, done: (error: unknown) => void): void
  on(event: 'error' | 'end', listener: () => void): void
  release(): void
  destroy(): void
}

/** What is used of a pool of `mysql2`; the one of `mysql2/promise` has it as `pool`. */
export interface MysqlPoolLike {
  getConnection(done: (error: unknown, connection?: MysqlConnection) => void): void
  end(done: (error: unknown) => void): void
  on(event: 'connection', listener: (connection: MysqlConnection) => void): void
}

/** A pool of `mysql2`, of ours or of the application. */
export class MysqlPool implements Pool<MysqlConnection> {
  readonly #pool: MysqlPoolLike
  /** The connections of a pool that we made. */
  readonly #connections: Set<MysqlConnection> | undefined

  /** @param settings what each connection of a pool of ours is told first; one that the server does not know is left out. */
  constructor(pool: MysqlPoolLike, settings?: readonly string[]) {
    this.#pool = pool
    if (!settings) return
    const connections = (this.#connections = new Set<MysqlConnection>())
    pool.on('connection', (connection) => {
      connections.add(connection)
      connection.on('end', () => connections.delete(connection))
      // It tells of its end; the statement that it ran gets the error.
      connection.on('error', () => {})
      for (const setting of settings) connection.query(`SET SESSION ${setting}`, () => {})
    })
  }

  acquire(done: (error: unknown, connection?: MysqlConnection) => void): void {
    this.#pool.getConnection((error, connection) => done(error, connection))
  }

  run(
    connection: MysqlConnection,
    { text, gives }: Statement,
    values: readonly SqlValue[],
    done: (error: unknown, result?: SqlResult) => void,
  ): void {
    connection.execute(text, values, (error, result) => {
      if (error) return done(error)
      if (gives !== 'count') return done(undefined, { rows: result as SqlResult['rows'], count: 0 })
      done(undefined, { rows: [], count: (result as { affectedRows: number }).affectedRows })
    })
  }

  release(connection: MysqlConnection): void {
    connection.release()
  }

  destroy(connection: MysqlConnection): void {
    this.#connections?.delete(connection)
    connection.destroy()
  }

  /** mysql2 says of an error whether the connection is gone. */
  isUsableAfter(error: unknown): boolean {
    const { fatal, errno } = Object(error) as { fatal?: unknown; errno?: unknown }
    return fatal !== true && typeof errno === 'number' && errno > 0
  }

  async end(): Promise<void> {
    const connections = this.#connections
    if (!connections) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        for (const connection of connections) connection.destroy()
        resolve()
      }, CLOSE_TIMEOUT)
      this.#pool.end(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}
