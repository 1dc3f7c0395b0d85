import {
  Inject,
  noteRemedy,
  oneOf,
  type Component,
  type OptionRules,
  type Token,
} from '../../di/index.js'
import { type Cookie, Cookies } from '../../http/index.js'
import { ServerStore } from '../server-store/server-store.js'
import type { MaybePromise } from '../backend/session-backend.js'
import { Session } from '../session/session.js'
import type { UserSessions } from '../store/sessions-of-user.js'
import { PromiseClient } from './clients/promise-client.js'
import type { SqlClient, SqlResult, SqlValue } from './clients/sql-client.js'
import { openSqlite, SQLITE_DRIVERS, type SqliteDriver } from './clients/sqlite-drivers.js'
import { sqliteCode, SqliteFile, type SqliteDatabase } from './clients/sqlite-file.js'
import { SQLITE } from './dialects/sqlite-dialect.js'
import { SqlBackend } from './sql-backend.js'
import { provideConnected, provideOver, unknownClient } from './sql-component.js'
import { SqlStoreError } from './sql-store-error.js'
import { checkSqlOptions, SQL_BACKEND_RULES, type SqlBackendOptions } from './sql-options.js'

/** How sessions are kept in SQLite. */
export interface SqliteOptions extends SqlBackendOptions {
  /** Which driver opens the file, of `sqlite(path)`. Default: the first of these that is there. */
  readonly driver?: SqliteDriver
  /**
   * When a write is acknowledged. `normal`: the operating system has it, so that it outlives the process; a loss of
   * power may take the last ones. `full`: the disk has it. Default: `normal`.
   */
  readonly synchronous?: 'normal' | 'full'
}

/** Keeps records in a table of SQLite. */
export class SqliteBackend extends SqlBackend {
  /** @throws SessionOptionError when an option cannot work. */
  constructor(client: SqlClient, options: SqliteOptions = {}) {
    checkSqlOptions(options, RULES)
    super(client, SQLITE, options)
  }
}

/** Keeps sessions in one file of SQLite, in the table that `sqlite(path)` provides. */
export class SqliteStore extends ServerStore {
  @Inject(Cookies, SqliteBackend)
  override load(cookies: Cookies, backend: SqliteBackend): MaybePromise<Session> {
    return this.loadFrom(backend, cookies)
  }

  @Inject(Session, SqliteBackend)
  override dump(session: Session, backend: SqliteBackend): MaybePromise<Cookie | undefined> {
    return this.dumpTo(backend, session)
  }

  @Inject(Session, SqliteBackend)
  override userSessions(session: Session, backend: SqliteBackend): UserSessions {
    return this.userSessionsIn(backend, session)
  }
}

/**
 * Provides the table of sessions in SQLite for `SqliteStore`: a durable store that needs no server. Several processes
 * of one machine may share the file; it must not be on a network file system.
 *
 * @param place the path of the file, which is made when it is missing, or `:memory:`; or the token of a client that
 *   the application provides: a database of `better-sqlite3`, `libsql` or `node:sqlite`, or a client of
 *   `@libsql/client`.
 * @throws TypeError when the path is empty.
 * @throws SessionOptionError when an option cannot work.
 */
export function sqlite<Client extends object>(
  place: string | Token<Client>,
  options: SqliteOptions = {},
): Component<SqliteBackend> {
  checkSqlOptions(options, RULES)
  if (typeof place === 'function' || (typeof place === 'object' && place !== null)) {
    const over = (given: Client) => new SqliteBackend(clientOver(given), options)
    return provideOver(SqliteBackend, place, options, over)
  }
  checkPath(place)
  return provideConnected(SqliteBackend, options, () => connectSqlite(place, options))
}

/**
 * Makes the backend that `sqlite(path)` provides, for programs that keep it themselves; `close()` ends it. A table
 * that is missing is made, unless `migrate` is false.
 *
 * @throws TypeError when the path is empty, or no driver is there.
 * @throws SqlStoreError when the file cannot be opened.
 */
export async function connectSqlite(
  path: string,
  options: SqliteOptions = {},
): Promise<SqliteBackend> {
  const { timeoutMs } = checkSqlOptions(options, RULES)
  checkPath(path)
  const { synchronous = 'normal', driver } = options
  const database = await openSqlite(path, { driver, synchronous, timeoutMs }).catch((error) => {
    throw error instanceof TypeError ? error : cannotOpen(error, path)
  })
  return new SqliteBackend(new SqliteFile(database, path, true), { migrate: true, ...options })
}

/** Some drivers say no more than that it failed. */
function cannotOpen(error: unknown, path: string): SqlStoreError {
  const reason = sqliteCode(error) ?? 'SQLITE_CANTOPEN'
  return new SqlStoreError('open the file', reason, path, SQLITE)
}

function checkPath(path: unknown): asserts path is string {
  if (typeof path === 'string' && path !== '') return
  const given = path === '' ? "''" : String(path)
  throw new TypeError(
    `sqlite: the path is ${given}. Write sqlite('sessions.db'), and check the variable that it comes from.`,
  )
}

/** A client of `@libsql/client`. */
interface LibsqlClient {
  execute(statement: {
    readonly sql: string
    readonly args: readonly SqlValue[]
  }): Promise<{ readonly rows: SqlResult['rows']; readonly rowsAffected: number }>
}

function clientOver(given: object): SqlClient {
  const client = given as Partial<SqliteDatabase & LibsqlClient>
  const address = 'the client of the application'
  if (typeof client.prepare === 'function' && typeof client.exec === 'function')
    return new SqliteFile(client as SqliteDatabase, address, false)
  if (typeof client.execute !== 'function')
    throw unknownClient(
      'sqlite',
      given,
      'a database of better-sqlite3, libsql or node:sqlite, or a client of @libsql/client',
    )
  return new PromiseClient(address, async ({ text }, values) => {
    const { rows, rowsAffected } = await (client as LibsqlClient).execute({
      sql: text,
      args: values,
    })
    return { rows, count: rowsAffected }
  })
}

const RULES: OptionRules<SqliteOptions> = {
  ...SQL_BACKEND_RULES,
  driver: oneOf(...SQLITE_DRIVERS),
  synchronous: oneOf('normal', 'full'),
}

noteRemedy(
  SqliteBackend,
  "Add `sqlite('sessions.db')` of ingot/sql to the `components` of the application, with the path of a file.",
)
