import type { Socket } from 'node:net'
import {
  aBoolean,
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
import { PgPool, type PgPoolLike } from './clients/pg-pool.js'
import { PooledClient } from './clients/pooled-client.js'
import { PromiseClient } from './clients/promise-client.js'
import type { SqlClient, SqlResult, SqlValue } from './clients/sql-client.js'
import { POSTGRES } from './dialects/postgres-dialect.js'
import { SqlBackend } from './sql-backend.js'
import { provideConnected, provideOver, unknownClient } from './sql-component.js'
import {
  checkSqlOptions,
  connectTimeout,
  SQL_BACKEND_RULES,
  type SqlBackendOptions,
} from './sql-options.js'

/** How sessions are kept in PostgreSQL. */
export interface PostgresOptions extends SqlBackendOptions {
  /** Connections at most, of `postgres(url)`. Default: 10. */
  readonly connections?: number
  /**
   * Whether statements are prepared once for each connection, so that the server reads each once. Turn it off for a
   * PgBouncer older than 1.21 that pools transactions. Default: true.
   */
  readonly preparedStatements?: boolean
}

/** Keeps records in a table of PostgreSQL (13 or later). */
export class PostgresBackend extends SqlBackend {
  /** @throws SessionOptionError when an option cannot work. */
  constructor(client: SqlClient, options: PostgresOptions = {}) {
    checkSqlOptions(options, RULES)
    super(client, POSTGRES, options)
  }
}

/** Keeps sessions in PostgreSQL, in the table that `postgres(url)` provides. */
export class PostgresStore extends ServerStore {
  @Inject(Cookies, PostgresBackend)
  override load(cookies: Cookies, backend: PostgresBackend): MaybePromise<Session> {
    return this.loadFrom(backend, cookies)
  }

  @Inject(Session, PostgresBackend)
  override dump(session: Session, backend: PostgresBackend): MaybePromise<Cookie | undefined> {
    return this.dumpTo(backend, session)
  }

  @Inject(Session, PostgresBackend)
  override userSessions(session: Session, backend: PostgresBackend): UserSessions {
    return this.userSessionsIn(backend, session)
  }
}

/**
 * Provides the table of sessions in PostgreSQL for `PostgresStore`, with settings that never hang. When PostgreSQL is
 * down, the application starts without it; a table that is missing or wrong is told by `ready()`.
 *
 * @param place `postgres://user:password@host:5432/database`, for which `pg` has to be installed; or the token of
 *   a client that the application provides: a `Pool` of `pg`, the `sql` of `postgres`, or a PGlite.
 * @throws TypeError when the URL is none, without anything of it.
 * @throws SessionOptionError when an option cannot work.
 */
export function postgres<Client extends object>(
  place: string | Token<Client>,
  options: PostgresOptions = {},
): Component<PostgresBackend> {
  checkSqlOptions(options, RULES)
  if (typeof place === 'function' || (typeof place === 'object' && place !== null)) {
    const over = (given: Client) => new PostgresBackend(clientOver(given, options), options)
    return provideOver(PostgresBackend, place, options, over)
  }
  checkDatabaseUrl('postgres', place, PROTOCOLS)
  return provideConnected(PostgresBackend, options, () => connectPostgres(place, options))
}

/**
 * Makes the backend that `postgres(url)` provides, for programs that keep it themselves; `close()` ends it.
 *
 * @throws TypeError as `postgres` does, and when `pg` is not installed.
 */
export async function connectPostgres(
  url: string,
  options: PostgresOptions = {},
): Promise<PostgresBackend> {
  const { timeoutMs } = checkSqlOptions(options, RULES)
  checkDatabaseUrl('postgres', url, PROTOCOLS)
  const { connections = 10, preparedStatements = true } = options
  checkNumber('connections', connections, { unit: 'connections' })
  const { Pool } = await importDriver<PgModule>('pg', 'postgres(url)')
  const { Socket: NetSocket } = await import('node:net')
  const sockets = new Set<Socket>()
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeout(timeoutMs),
    statement_timeout: timeoutMs,
    fallback_application_name: 'ingot',
    stream: () => {
      const socket = new NetSocket()
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
  })
  // An idle connection that ends is no error: the next call opens another.
  pool.on('error', () => {})
  const client = new PooledClient(
    new PgPool(pool, preparedStatements, sockets),
    addressIn(url, 5432),
  )
  return new PostgresBackend(client, options)
}

const PROTOCOLS = ['postgres:', 'postgresql:']

interface PgModule {
  readonly Pool: new (settings: object) => PgPoolLike & {
    on(event: 'error', listener: () => void): void
  }
}

/** The `sql` of `postgres`. */
interface PostgresJs {
  unsafe(
    text: string,
    values: readonly SqlValue[],
    options: { readonly prepare: boolean },
  ): Promise<SqlResult['rows'] & { readonly count?: number }>
}

/** PGlite, and whatever else runs one statement. */
interface Querying {
  query(
    text: string,
    values: readonly SqlValue[],
  ): Promise<{ readonly rows: SqlResult['rows']; readonly affectedRows?: number }>
}

function clientOver(given: object, { preparedStatements = true }: PostgresOptions): SqlClient {
  const client = given as Partial<PgPoolLike & PostgresJs & Querying & { totalCount: number }>
  const address = 'the client of the application'
  if (typeof client.unsafe === 'function') {
    return new PromiseClient(address, async ({ text }, values) => {
      const rows = await (client as PostgresJs).unsafe(text, values, {
        prepare: preparedStatements,
      })
      return { rows, count: rows.count ?? 0 }
    })
  }
  if (typeof client.connect === 'function' && typeof client.totalCount === 'number')
    return new PooledClient(new PgPool(client as PgPoolLike, preparedStatements), address)
  if (typeof client.query !== 'function' || 'connect' in client)
    throw unknownClient('postgres', given, 'a Pool of pg, the sql of postgres, or a PGlite')
  return new PromiseClient(address, async ({ text }, values) => {
    const { rows, affectedRows = 0 } = await (client as Querying).query(text, values)
    return { rows, count: Math.max(affectedRows, rows.length) }
  })
}

const RULES: OptionRules<PostgresOptions> = {
  ...SQL_BACKEND_RULES,
  connections: checkedElsewhere,
  preparedStatements: aBoolean,
}

noteRemedy(
  PostgresBackend,
  "Add `postgres('postgres://localhost/shop')` of ingot/sql to the `components` of the application, with the URL of your database, or postgres(Pool) with a pool of your own.",
)
