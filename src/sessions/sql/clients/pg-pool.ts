import type { Socket } from 'node:net'
import type { Statement } from '../dialects/dialect.js'
import { CLOSE_TIMEOUT, type Pool } from './pooled-client.js'
import type { SqlResult, SqlValue } from './sql-client.js'

/** What is used of a connection of `pg`. */
interface PgConnection {
  query(
    query: { readonly name?: string; readonly text: string; readonly values: readonly SqlValue[] },
    done: (error: unknown, result?: PgResult) => void,
  ): void
  release(destroy?: boolean): void
  on(event: 'error', listener: () => void): void
}

interface PgResult {
  readonly rows: SqlResult['rows']
  readonly rowCount: number | null
}

/** What is used of a `Pool` of `pg`. */
export interface PgPoolLike {
  connect(done: (error: unknown, connection?: PgConnection) => void): void
  end(): Promise<void>
}

/** A `Pool` of `pg`, of ours or of the application. */
export class PgPool implements Pool<PgConnection> {
  readonly #pool: PgPoolLike
  readonly #isPrepared: boolean
  /** The sockets of a pool that we made. */
  readonly #sockets: ReadonlySet<Socket> | undefined
  readonly #known = new WeakSet<PgConnection>()

  constructor(pool: PgPoolLike, isPrepared: boolean, sockets?: ReadonlySet<Socket>) {
    this.#pool = pool
    this.#isPrepared = isPrepared
    this.#sockets = sockets
  }

  acquire(done: (error: unknown, connection?: PgConnection) => void): void {
    this.#pool.connect((error, connection) => {
      if (connection) this.#listen(connection)
      done(error, connection)
    })
  }

  /** One that is cut tells it beside the statement, and without a listener that would end the process. */
  #listen(connection: PgConnection): void {
    if (this.#known.has(connection)) return
    this.#known.add(connection)
    connection.on('error', () => {})
  }

  run(
    connection: PgConnection,
    { text }: Statement,
    values: readonly SqlValue[],
    done: (error: unknown, result?: SqlResult) => void,
  ): void {
    const query = this.#isPrepared ? { name: nameOf(text), text, values } : { text, values }
    connection.query(query, (error, result) => {
      if (!result) return done(error)
      done(undefined, { rows: result.rows, count: result.rowCount ?? 0 })
    })
  }

  release(connection: PgConnection): void {
    connection.release()
  }

  destroy(connection: PgConnection): void {
    connection.release(true)
  }

  /** With an SQLSTATE the server has answered, and goes on unless it is one of its ends. */
  isUsableAfter(error: unknown): boolean {
    const { code } = Object(error) as { code?: unknown }
    return typeof code === 'string' && /^(?!08|57P)[0-9A-Z]{5}$/.test(code)
  }

  async end(): Promise<void> {
    const sockets = this.#sockets
    if (!sockets) return
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, CLOSE_TIMEOUT)
    // It waits for connections, and a server that hangs closes none.
    await this.#pool.end().catch(() => {})
    clearTimeout(timer)
  }
}

/** A prepared statement is known by a name, the same in all connections; two tables have two. */
const names = new Map<string, string>()

function nameOf(text: string): string {
  let name = names.get(text)
  if (name === undefined) names.set(text, (name = `ingot_${names.size}`))
  return name
}
