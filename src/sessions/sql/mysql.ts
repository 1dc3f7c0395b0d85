import {
  checkedElsewhere,
  Inject,
  noteRemedy,
  type Component,
  type OptionRules,
  type Token,
} from '../../di/index.js'
import { type Cookie, Cookies } from '../../http/index.js'
import { checkNumber } from '../errors/options.js'
import { ServerStore } from '../server-store/server-store.js'
import type { MaybePromise } from '../backend/session-backend.js'
import { Session } from '../session/session.js'
import type { UserSessions } from '../store/sessions-of-user.js'
import { addressIn, checkDatabaseUrl } from './clients/database-url.js'
import { importDriver } from './clients/driver.js'
import { MysqlPool, type MysqlPoolLike } from './clients/mysql-pool.js'
import { PooledClient } from './clients/pooled-client.js'
import type { SqlClient } from './clients/sql-client.js'
import { MYSQL } from './dialects/mysql-dialect.js'
import { SqlBackend } from './sql-backend.js'
import { provideConnected, provideOver, unknownClient } from './sql-component.js'
import {
  checkSqlOptions,
  connectTimeout,
  SQL_BACKEND_RULES,
  type SqlBackendOptions,
} from './sql-options.js'

/** How sessions are kept in MySQL or MariaDB. */
export interface MysqlOptions extends SqlBackendOptions {
  /** Connections at most, of `mysql(url)`. Default: 10. */
  readonly connections?: number
}

/** Keeps records in a table of MySQL (8 or later) or MariaDB (10.6 or later). */
export class MysqlBackend extends SqlBackend {
  /** @throws SessionOptionError when an option cannot work. */
  constructor(client: SqlClient, options: MysqlOptions = {}) {
    checkSqlOptions(options, RULES)
    super(client, MYSQL, options)
  }
}

/** Keeps sessions in MySQL or MariaDB, in the table that `mysql(url)` provides. */
export class MysqlStore extends ServerStore {
  @Inject(Cookies, MysqlBackend)
  override load(cookies: Cookies, backend: MysqlBackend): MaybePromise<Session> {
    return this.loadFrom(backend, cookies)
  }

  @Inject(Session, MysqlBackend)
  override dump(session: Session, backend: MysqlBackend): MaybePromise<Cookie | undefined> {
    return this.dumpTo(backend, session)
  }

  @Inject(Session, MysqlBackend)
  override userSessions(session: Session, backend: MysqlBackend): UserSessions {
    return this.userSessionsIn(backend, session)
  }
}

/**
 * Provides the table of sessions in MySQL or MariaDB for `MysqlStore`, with settings that never hang. When the database
 * is down, the application starts without it; a table that is missing or wrong is told by `ready()`.
 *
 * @param place `mysql://user:password@host:3306/database`, for which `mysql2` has to be installed; or the token of
 *   a pool that the application provides: of `mysql2`, or of `mysql2/promise`.
 * @throws TypeError when the URL is none, without anything of it.
 * @throws SessionOptionError when an option cannot work.
 */
export function mysql<Client extends object>(
  place: string | Token<Client>,
  options: MysqlOptions = {},
): Component<MysqlBackend> {
  checkSqlOptions(options, RULES)
  if (typeof place === 'function' || (typeof place === 'object' && place !== null)) {
    const over = (given: Client) => new MysqlBackend(clientOver(given), options)
    return provideOver(MysqlBackend, place, options, over)
  }
  checkDatabaseUrl('mysql', place, PROTOCOLS)
  return provideConnected(MysqlBackend, options, () => connectMysql(place, options))
}

/**
 * Makes the backend that `mysql(url)` provides, for programs that keep it themselves; `close()` ends it.
 *
 * @throws TypeError as `mysql` does, and when `mysql2` is not installed.
 */
export async function connectMysql(url: string, options: MysqlOptions = {}): Promise<MysqlBackend> {
  const { timeoutMs } = checkSqlOptions(options, RULES)
  checkDatabaseUrl('mysql', url, PROTOCOLS)
  const { connections = 10 } = options
  checkNumber('connections', connections, { unit: 'connections' })
  const mysql2 = await importDriver<MysqlModule>('mysql2', 'mysql(url)')
  const pool = mysql2.createPool({
    uri: url.replace(/^mariadb:/, 'mysql:'),
    connectionLimit: connections,
    connectTimeout: connectTimeout(timeoutMs),
    charset: 'utf8mb4',
    enableKeepAlive: true,
  })
  const settings = [
    'autocommit = 1',
    // Whole seconds, and the shortest.
    'innodb_lock_wait_timeout = 1',
    // MariaDB has the one, in seconds, and MySQL the other, for reads.
    `max_statement_time = ${timeoutMs / 1000}`,
    `max_execution_time = ${timeoutMs}`,
  ]
  return new MysqlBackend(
    new PooledClient(new MysqlPool(pool, settings), addressIn(url, 3306)),
    options,
  )
}

const PROTOCOLS = ['mysql:', 'mariadb:']

interface MysqlModule {
  createPool(settings: object): MysqlPoolLike
}

function clientOver(given: object): SqlClient {
  const { pool = given } = given as { readonly pool?: object }
  if (typeof (pool as Partial<MysqlPoolLike>).getConnection !== 'function')
    throw unknownClient('mysql', given, 'a pool of mysql2 or mysql2/promise')
  return new PooledClient(new MysqlPool(pool as MysqlPoolLike), 'the client of the application')
}

const RULES: OptionRules<MysqlOptions> = {
  ...SQL_BACKEND_RULES,
  connections: checkedElsewhere,
}

noteRemedy(
  MysqlBackend,
  "Add `mysql('mysql://localhost/shop')` of ingot/sql to the `components` of the application, with the URL of your database, or mysql(Pool) with a pool of your own.",
)
